"""Whether scenarios that are well formed make sense: names, times, verbs, and what is expected."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from policyengine.app.scenarios.document import VERBS, WALLET_USUAL, Scenario, ScenarioFile, Step
from policyengine.policy.hints import nearest
from policyengine.policy.reading import Fault, finding_of
from policyengine.policy.source import Source
from policyengine.values.calendar import Instant, instant_text
from policyengine.values.diagnostics import Diagnostic, sorted_findings

OF_CHARGES: Final = (
    "price",
    "charged",
    "uncollected",
    "fell_back_from",
    "price_lines",
    "tier",
    "modifiers",
    "rated_by",
    "flagged",
    "paid_by",
)
"""What can be expected of a charge or capture only."""
OF_REFUSALS: Final = ("message", "needed", "available", "blocked_by")
OF_SHORTFALLS: Final = ("short", "ways_out")
"""What can be expected of a refusal, and of an estimate."""

_CHARGING: Final = {"charge", "capture", "again"}
_WITHOUT_NUMBER: Final = {None, "estimate", "again"}
"""Steps whose transaction, if any, is not new, so that no other step can refer to it."""


@dataclass(slots=True)
class _Scene:
    """What is known while a scenario is read from top to bottom."""

    wallet: str
    at: Instant | None
    names: dict[str, str] = field(default_factory=dict)


def check_meaning(source: Source, document: ScenarioFile) -> tuple[Diagnostic, ...]:
    """Check what the shape of a file cannot say."""
    return sorted_findings(
        finding_of(source, fault) for check in (_titles, _scenarios) for fault in check(document)
    )


def slug(title: str) -> str:
    """Give the name of a title's snapshot: its words, with hyphens for everything between them."""
    return re.sub(r"\W+", "-", title).strip("-")


def _titles(document: ScenarioFile) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, scenario in enumerate(document.scenarios):
        name = slug(scenario.title)
        if name in seen:
            yield (
                f"/scenarios/{index}/title",
                "SC204",
                f"`{scenario.title}` is the title of another scenario in this file",
                "say what is different here",
            )
        seen.add(name)


def _scenarios(document: ScenarioFile) -> Iterator[Fault]:
    for index, scenario in enumerate(document.scenarios):
        yield from _scenario(scenario, f"/scenarios/{index}")


def _scenario(scenario: Scenario, place: str) -> Iterator[Fault]:
    given = scenario.given
    scene = _Scene(
        WALLET_USUAL if given is None else given.wallet, None if given is None else given.at
    )
    for number, step in enumerate(scenario.steps):
        here = f"{place}/steps/{number}"
        for check in _STEP_CHECKS:
            yield from check(step, here, scene)
        if step.named is not None:
            scene.names.setdefault(step.named, step.wallet or scene.wallet)
    if not any(step.then is not None and step.then.model_fields_set for step in scenario.steps):
        yield (
            f"~{place}/steps",
            "SC207",
            "the scenario expects nothing",
            "add `then:` to a step, such as `then: {balance: 200}`",
        )


def _time(step: Step, place: str, scene: _Scene) -> Iterator[Fault]:
    if step.at is None:
        if scene.at is None:
            yield place, "SC203", "the first step has no time", "add `at: 2026-02-01T00:00:00Z`"
        return
    if scene.at is not None and step.at < scene.at:
        before = instant_text(scene.at)
        yield (
            f"{place}/at",
            "SC203",
            f"the step is before the one above it, which is at {before}",
            "put the steps in order of time",
        )
    scene.at = step.at


def _verbs(step: Step, place: str, _scene: _Scene) -> Iterator[Fault]:
    verbs = [verb for verb in VERBS if getattr(step, verb) is not None]
    if len(verbs) > 1:
        yield (
            f"~{place}/{verbs[1]}",
            "SC200",
            f"a step does one thing, and this one has `{'`, `'.join(verbs)}`",
            "make it two steps; they may be at the same instant",
        )


def _company(step: Step, place: str, _scene: _Scene) -> Iterator[Fault]:
    """Check keys that go with certain verbs only."""
    verb = step.verb
    if step.reference is not None and verb not in {"buy_pack", "convert", "top_up"}:
        message = "`reference` goes with `buy_pack`, `convert` and `top_up`"
        yield f"~{place}/reference", "SC201", message, "delete it"
    if step.named is not None and (verb in _WITHOUT_NUMBER or step.times is not None):
        yield (
            f"~{place}/as",
            "SC201",
            "this step leads to no single transaction that another step could name",
            "delete `as`",
        )
    if step.key is not None and (verb in _WITHOUT_NUMBER or step.times is not None):
        yield (
            f"~{place}/key",
            "SC201",
            "this step has no key of its own to choose",
            "delete `key`; `again` sends the key of the step that it names",
        )
    if step.times is not None and verb in _WITHOUT_NUMBER:
        yield f"~{place}/times", "SC201", "there is nothing to do several times", "delete `times`"


def _amounts(step: Step, place: str, _scene: _Scene) -> Iterator[Fault]:
    """Check verbs that take either an amount or usage, either a charge or a conversation."""
    for verb, part in (("hold", step.hold), ("capture", step.capture)):
        if part is None:
            continue
        is_usage = part.model is not None and part.used is not None
        is_half = (part.model is None) != (part.used is None)
        if is_half or is_usage == (part.credits is not None):
            yield (
                f"~{place}/{verb}",
                "SC205",
                f"a {verb} is either of `credits`, or of a `model` and what is `used`",
                "give one of the two",
            )
    if step.top_up is not None:
        answer = step.top_up
        ways = (answer.allowed, answer.paid, answer.failed)
        if sum(each is not None for each in ways) != 1:
            yield (
                f"~{place}/top_up",
                "SC205",
                "a top-up is either `allowed`, or `paid`, or `failed`",
                "give one of the three",
            )
    asked = step.estimate
    if asked is not None and (asked.sent is None) == (asked.text is None and not asked.images):
        yield (
            f"~{place}/estimate",
            "SC205",
            "an estimate is either of what is `sent`, by unit, or of a `text` and `images`",
            "give one of the two",
        )
    if step.report is not None and (step.report.about is None) == (
        step.report.conversation is None
    ):
        yield (
            f"~{place}/report",
            "SC205",
            "a report is either `about` a step or of a `conversation`",
            "give one of the two",
        )


_REFERENCES: Final = (
    ("void",),
    ("release",),
    ("again",),
    ("capture", "hold"),
    ("extend", "hold"),
    ("refund", "of"),
    ("refund", "case"),
    ("report", "about"),
    ("resolve", "case"),
    ("top_up", "paid"),
    ("top_up", "failed"),
)


def references(step: Step) -> Iterator[tuple[str, str]]:
    """Give the names of other steps in a step, each with its place below the step."""
    for path in _REFERENCES:
        value: object = step
        for key in path:
            value = getattr(value, key, None)
        if isinstance(value, str):
            yield "/".join(path), value
    holds = step.then.holds if step.then is not None else None
    for index, hold in enumerate(holds or ()):
        if hold.hold is not None:
            yield f"then/holds/{index}/hold", hold.hold


def _names(step: Step, place: str, scene: _Scene) -> Iterator[Fault]:
    wallet = step.wallet or scene.wallet
    for where, name in references(step):
        is_itself = where.startswith("then/") and name == step.named
        owner = wallet if is_itself else scene.names.get(name)
        if owner is None:
            near = nearest(name, scene.names)
            meant = f"did you mean `{near}`?" if near else f"add `as: {name}` to the step meant"
            yield f"{place}/{where}", "SC202", f"no step above is named `{name}`", meant
        elif owner != wallet:
            yield (
                f"{place}/{where}",
                "SC202",
                f"`{name}` is a step of wallet `{owner}`, not of `{wallet}`",
                "name a step of the same wallet",
            )
    if step.named in scene.names:
        yield f"{place}/as", "SC204", f"`{step.named}` names a step above", "choose another name"


def _expectations(step: Step, place: str, _scene: _Scene) -> Iterator[Fault]:
    then = step.then
    if then is None:
        return
    given = then.model_fields_set
    verb = step.verb
    wrong: list[tuple[list[str], bool, str]] = [
        (
            [key for key in OF_CHARGES if key in given],
            verb not in _CHARGING or then.refused is not None,
            "can be expected of a charge or capture that is accepted",
        ),
        (
            [key for key in OF_REFUSALS if key in given],
            then.refused is None,
            "can be expected of a refusal: add `refused` and its code",
        ),
        (
            [key for key in OF_SHORTFALLS if key in given],
            then.refused is None and verb != "estimate",
            "can be expected of a refusal or an estimate",
        ),
        (
            [key for key in ("estimated",) if key in given],
            verb != "estimate" or then.refused is not None,
            "can be expected of an estimate that is not refused",
        ),
        (
            [key for key in ("refused",) if key in given],
            verb is None,
            "can be expected of a step that does something",
        ),
        (
            [key for key in ("decided_by",) if key in given],
            verb in {None, "estimate"},
            "can be expected of a step that leads to a transaction",
        ),
        (
            [key for key in ("accepted",) if key in given],
            step.times is None,
            "can be expected of a step with `times`",
        ),
    ]
    for keys, is_wrong, why in wrong:
        for key in keys if is_wrong else ():
            yield f"~{place}/then/{key}", "SC206", f"`{key}` {why}", "delete it"
    yield from _counted(step, place)


def _counted(step: Step, place: str) -> Iterator[Fault]:
    """Check the number of accepted attempts, and that the others' refusal is named."""
    then = step.then
    if then is None or then.accepted is None or step.times is None:
        return
    if then.accepted > step.times:
        message = f"no more than the {step.times} attempts can be accepted"
        yield f"{place}/then/accepted", "SC206", message, "write a smaller number"
    if then.accepted < step.times and then.refused is None:
        yield (
            f"{place}/then/accepted",
            "SC206",
            "the other attempts are refused, and nothing says with which code",
            "add `refused`, such as `refused: insufficient_credits`",
        )


_STEP_CHECKS: Final[tuple[Callable[[Step, str, _Scene], Iterator[Fault]], ...]] = (
    _time,
    _verbs,
    _company,
    _amounts,
    _names,
    _expectations,
)
