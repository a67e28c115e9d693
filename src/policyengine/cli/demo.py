"""`demo`: the whole story in a few seconds, on a small ledger of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from policyengine.cli.call import (
    DATABASE_OF_DEMO,
    FOLDER,
    POLICIES_OF_DEMO,
    Call,
    Format,
    make_folder,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from policyengine.app.demo import Story

LABEL_WIDTH: Final = 11
MIDDLE_WIDTH: Final = 36
ARROW: Final = "→"
NEXT: Final = (
    "policyengine explain ana:3 --demo",
    "policyengine history ana --conversation c-1 --demo",
    "policyengine report ana:3 --demo",
)


def demo(
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
) -> int:
    """Tell the whole story: a plan, a pack, an estimate, a charge, a retry, a failure, an audit.

    It writes only into ./.policyengine, afresh each time, and needs no network.

    Example: policyengine demo
    """
    from policyengine.app.demo import forget, tell

    call = Call(output=output, demo=True)
    policies = call.load_policies()
    make_folder()
    forget(Path(FOLDER) / "demo.db")
    story = tell(DATABASE_OF_DEMO, policies)
    call.answer(lambda: _parts(story), lambda: _form(story))
    return 0


def _parts(story: "Story") -> "Iterator[RenderableType]":
    from rich.text import Text

    from policyengine.cli.screen import QUIET

    yield from _beginning(story)
    yield from _requests(story)
    yield from _ending(story)
    yield ""
    yield Text("Next, on this ledger:")
    for command in NEXT:
        yield Text.assemble("  ", command)
    yield Text("Your own policies: policyengine init my-prices", style=QUIET)


def _line(sign: str, label: str, middle: str, result: str = "", style: str = "") -> "Text":
    from rich.text import Text

    from policyengine.cli.screen import STRONG

    text = Text.assemble((sign, "green" if sign == "✓" else style), " ", label.ljust(LABEL_WIDTH))
    text.append(middle.ljust(MIDDLE_WIDTH) if result else middle)
    if result:
        text.append(f" {ARROW} ")
        text.append(result, style=style or STRONG)
    return text


def _more(text: str) -> "Text":
    from rich.text import Text

    from policyengine.cli.screen import QUIET

    return Text.assemble(" " * (LABEL_WIDTH + 2), (text, QUIET))


def _beginning(story: "Story") -> "Iterator[RenderableType]":
    from policyengine.app.sentences import source_text, time_text
    from policyengine.values.amounts import credits_text

    policy = story.policy
    yield _line(
        "✓",
        "policies",
        f"{policy.name}: {story.versions} versions, {len(policy.models)} models, "
        f"{len(policy.plans)} plans, {len(policy.packs)} pack",
    )
    yield _line("✓", "ledger", f"{DATABASE_OF_DEMO}, policy hash {policy.sha256[:12]}")
    plan, pack = (
        next(lot for lot in story.balance.lots if lot.terms.source == source)
        for source in ("plan", "pack")
    )
    yield _line(
        "✓",
        "wallet",
        f"{story.balance.wallet_id} joins {source_text(plan.terms)}",
        f"{credits_text(plan.terms.granted_micro)} credits",
    )
    yield _more(f"for one cycle, until {time_text(plan.terms.expires_at)}")
    yield _line(
        " ",
        "",
        f"{story.balance.wallet_id} buys {source_text(pack.terms)}",
        f"{credits_text(pack.terms.granted_micro)} credits",
    )


def _requests(story: "Story") -> "Iterator[RenderableType]":
    from policyengine.app.demo import MODEL, SENT, TOO_MUCH, USED
    from policyengine.app.sentences import price_sentence
    from policyengine.values.amounts import credits_text

    estimate = story.estimate
    low, high = credits_text(estimate.low_micro), credits_text(estimate.high_micro)
    yield _line(
        " ",
        "estimate",
        f"{MODEL}, {SENT['text_input']:,} tokens in",
        f"{credits_text(estimate.expected_micro)} ({low} to {high})",
    )
    charge = story.charged.charge
    if charge is not None:
        yield _line(
            " ",
            "charge",
            f"{USED['text_input']:,} tokens in, {USED['text_output']:,} out",
            f"{credits_text(charge.charged_micro)} credits",
        )
        yield _more(f"{price_sentence(story.policy, charge)}, paid by the plan: it expires first")
    yield _line(
        " ",
        "retry",
        "the same idempotency key",
        "replayed, charged once" if story.retried.is_replay else "charged twice",
    )
    set_aside = credits_text(sum(move.amount_micro for move in story.held.transaction.moves))
    yield _line(
        " ",
        "failure",
        f"{set_aside} held, the model fails",
        f"{credits_text(story.failed.charged_micro)} credits, all given back",
    )
    refusal = story.refused.refusal
    if refusal is not None:
        yield _line(
            " ",
            "too much",
            f"{MODEL}, {TOO_MUCH['text_input']:,} tokens in",
            "refused",
            style="red",
        )
        yield _more(_refusal_text(dict(refusal.details)))


def _refusal_text(details: dict[str, Any]) -> str:
    from policyengine.values.amounts import credits_text

    short = credits_text(details["short_micro"])
    ways = {
        "buy_pack": "buy a pack",
        "upgrade": "upgrade",
        "wait": "wait",
        "use_model": "take a cheaper model",
    }
    found = list(dict.fromkeys(ways[way["way"]] for way in details["ways_out"]))
    return f"{short} short: {', '.join(found[:-1])} or {found[-1]}"


def _ending(story: "Story") -> "Iterator[RenderableType]":
    from policyengine.app.sentences import source_text
    from policyengine.values.amounts import credits_text

    parts = " + ".join(
        f"{credits_text(lot.remaining)} {source_text(lot.terms)}" for lot in story.balance.lots
    )
    yield _line("✓", "balance", f"{credits_text(story.balance.available_micro)} = {parts}")
    audit = story.audit
    sound = "hashes, sums and prices are right" if audit.is_sound else str(audit.faults[0])
    yield _line(
        "✓" if audit.is_sound else "✗",
        "audit",
        f"{audit.transactions} transactions, {audit.moves} moves: {sound}",
    )


def _form(story: "Story") -> dict[str, Any]:
    from policyengine.app.demo import SENT
    from policyengine.app.forms import balance_form, estimate_form, receipt_form

    return {
        "ledger": DATABASE_OF_DEMO,
        "policies": POLICIES_OF_DEMO,
        "subscribed": receipt_form(story.subscribed),
        "bought": receipt_form(story.bought),
        "estimate": estimate_form(story.estimate, SENT),
        "charged": receipt_form(story.charged),
        "retried": receipt_form(story.retried),
        "held": receipt_form(story.held),
        "failed": receipt_form(story.failed),
        "refused": receipt_form(story.refused),
        "balance": balance_form(story.balance),
        "sound": story.audit.is_sound,
        "next": list(NEXT),
    }
