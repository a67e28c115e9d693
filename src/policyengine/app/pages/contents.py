"""What stands on which page: consumption, models, plans, expiry, questions, changes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from policyengine.app.pages.blocks import Block, Bullets, Heading, Links, Paragraph, Quote
from policyengine.app.pages.changes import change_blocks
from policyengine.app.pages.example import refusal_example
from policyengine.app.pages.tables import model_tables, pack_table, plan_table, refusal_table
from policyengine.policy.policy import Policy
from policyengine.wording.naming import plan_name, readable
from policyengine.wording.refusing import cheaper_models, way_words
from policyengine.wording.sections import section
from policyengine.wording.subjects.plans import one_plan
from policyengine.wording.subjects.prices import (
    cohort_sentences,
    exception_sentences,
    formula_sentences,
    modifier_sentences,
    other_model_sentences,
    rate_sentences,
)
from policyengine.wording.subjects.versions import subscriber_sentences
from policyengine.wording.words import Sentence, Verbatim, When, number, say

Page: TypeAlias = Callable[[Policy], Iterator[Block]]


def _bullets(*groups: Sequence[Sentence]) -> Iterator[Block]:
    sentences = tuple(each for group in groups for each in group)
    if sentences:
        yield Bullets(sentences)


def _sections(policy: Policy, *keys: str) -> Iterator[Block]:
    """Give sections under their titles; those without a sentence are left out."""
    for key in keys:
        sentences = section(policy, key).sentences
        if sentences:
            yield Heading(say(f"section.{key}"))
            yield Bullets(sentences)


def _absent(policy: Policy, *names: str) -> list[Sentence]:
    """Give what is absent, of these."""
    keys = {f"absent.{name}" for name in names}
    return [each for each in section(policy, "absent").sentences if each.key in keys]


def _consumption(policy: Policy) -> Iterator[Block]:
    yield from _bullets([*formula_sentences(policy), *rate_sentences(policy)])
    yield from _sections(
        policy, "rounding", "failures", "estimate", "holds", "caps", "time", "alerts", "abnormal"
    )
    yield from _sections(policy, "refunds")


def _models(policy: Policy) -> Iterator[Block]:
    yield from model_tables(policy)
    yield Heading(say("pages.exceptions"))
    yield from _bullets(
        [*exception_sentences(policy)],
        [*other_model_sentences(policy), *cohort_sentences(policy), *modifier_sentences(policy)],
        _absent(policy, "tiers", "multipliers_by_plan", "modifiers"),
    )


def _plans(policy: Policy) -> Iterator[Block]:
    yield plan_table(policy)
    for plan in policy.plans.values():
        title = say("column.unit", unit=plan_name(policy, plan.name))
        yield Heading(title)
        yield Bullets(tuple(one_plan(policy, plan)))
    yield Heading(say("pages.packs"))
    if policy.packs:
        yield pack_table(policy)
    yield from _bullets(section(policy, "packs").sentences, _absent(policy, "packs"))
    yield from _sections(policy, "top_up", "conversions", "changes")


def _expiry(policy: Policy) -> Iterator[Block]:
    yield from _sections(policy, "expiry", "carry", "burn")


def _faq(policy: Policy) -> Iterator[Block]:
    for key, sentences in _answers(policy):
        yield Heading(say(f"faq.{key}"))
        yield from _bullets(sentences)
        if key == "out":
            yield from _refused(policy)
    yield Heading(say("faq.refusals"))
    yield refusal_table(policy)


def _answers(policy: Policy) -> Iterator[tuple[str, Sequence[Sentence]]]:
    def said(*keys: str) -> list[Sentence]:
        return [each for key in keys for each in section(policy, key).sentences]

    once = [
        each
        for plan in policy.plans.values()
        for each, grant in zip(
            [one for one in one_plan(policy, plan) if one.key.startswith("plans.grant")],
            plan.grants,
            strict=True,
        )
        if grant.given == "once"
    ]
    yield "consume", [*formula_sentences(policy)]
    yield "free", once or [say("faq.no_free")]
    yield "expire", said("expiry")
    yield "carry", said("carry") + _absent(policy, "rollover")
    yield "changes", said("changes")
    yield "buy", said("packs", "top_up") + _absent(policy, "packs", "top_ups")
    yield "out", said("shortfall") + _absent(policy, "overage", "fallback", "debt")
    yield "order", said("burn")
    yield "failed", said("failures")
    yield "estimate", said("estimate", "holds")
    yield "wrong", [*said("abnormal"), say("faq.report"), *said("refunds")]


def _refused(policy: Policy) -> Iterator[Block]:
    """Show a refusal as the engine gives it, with its ways out."""
    example = refusal_example(policy)
    yield Paragraph(say("example.refusal", plan=plan_name(policy, example.plan)))
    yield Quote(example.words)
    if example.ways:
        yield Paragraph(say("example.ways"))
        yield Bullets(tuple(_ways(policy, example.ways)))
    else:
        yield Paragraph(say("example.no_ways"))


def _ways(policy: Policy, ways: Sequence[Mapping[str, Any]]) -> Iterator[Sentence]:
    models = [way["model"] for way in ways if way["way"] == "use_model"]
    yield from (way_words(way, policy) for way in ways if way["way"] != "use_model")
    if models:
        yield cheaper_models(models, policy)


PAGES: Final[dict[str, Page]] = {
    "consumption": _consumption,
    "models": _models,
    "plans": _plans,
    "expiry": _expiry,
    "faq": _faq,
}


def page(policy: Policy, key: str) -> list[Block]:
    """Give a page about one version."""
    return [Heading(say(f"page.{key}"), 1), *PAGES[key](policy)]


def changelog(versions: Sequence[Policy]) -> list[Block]:
    """Give the dated list of versions with what each changes, the newest first."""
    blocks: list[Block] = [Heading(say("page.changelog"), 1)]
    ordered = sorted(versions, key=lambda each: each.version)
    for before, policy in reversed([*zip([None, *ordered], ordered, strict=False)]):
        start = When(policy.effective_at)
        blocks.append(Heading(say("pages.version", version=number(policy.version), start=start)))
        blocks.append(Paragraph(say("head.why", why=Verbatim(policy.document.why.rstrip(".")))))
        if before is not None:
            blocks += change_blocks(before, policy)
            blocks.append(Heading(say("section.versions"), 3))
        blocks.append(Bullets(tuple(subscriber_sentences(policy))))
    return blocks


def index(policy: Policy) -> list[Block]:
    """Give the first page: which version it is, and links to the others."""
    titles = [(f"{key}.md", say(f"page.{key}")) for key in (*PAGES, "changelog")]
    return [
        Heading(say("page.index", policy=Verbatim(readable(policy.name))), 1),
        Paragraph(
            say(
                "pages.made",
                version=number(policy.version),
                start=When(policy.effective_at),
            )
        ),
        Links(tuple(titles)),
    ]
