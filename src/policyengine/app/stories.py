"""Stories in words, and as scenario files that `policyengine test` runs."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from re import sub
from typing import Any, Final

from policyengine.app.scenarios.words import TITLE_LENGTH_MAX
from policyengine.app.sentences import counts_text, price_sentence, time_text
from policyengine.engine.commands import (
    Body,
    BuyPack,
    Cancel,
    ChangePlan,
    Charge,
    Command,
    GiveGrant,
    SetCohort,
    SetSeats,
    Settle,
    Subscribe,
)
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import change_of
from policyengine.policy.timeline import Timeline
from policyengine.simulate.stories import Line, Play, played
from policyengine.values.amounts import credits_plain, credits_text
from policyengine.values.calendar import instant_text

_BY_THE_CLOCK: Final = {
    "expire": "credits expire",
    "recur": "a grant comes again",
    "adopt": "a newer version's terms begin",
    "time_out": "a hold times out",
}


def words_of(timeline: Timeline, line: Line) -> str:
    """Say what a line of a story is: `moves to plan pro, for 20 USD`."""
    said = _asked(timeline, line) if line.body is not None else _happened(line)
    refusal = line.transaction.refusal
    if refusal is not None:
        return f"{said}: refused, {refusal.code}"
    return f"{said}, for {line.paid}" if line.paid else said


def _happened(line: Line) -> str:
    subscription = line.after.subscription
    if line.transaction.kind == "renew" and subscription is not None:
        return f"a cycle of {subscription.plan} begins"
    return _BY_THE_CLOCK.get(line.transaction.kind, line.transaction.kind)


def _asked(timeline: Timeline, line: Line) -> str:  # noqa: C901, PLR0911  # one case per body
    pending = None if line.after.subscription is None else line.after.subscription.pending
    match line.body:
        case Subscribe(plan):
            return f"joins plan {plan}"
        case ChangePlan(plan) if pending is not None and pending.plan == plan:
            return f"asks for plan {plan} at the end of the cycle"
        case ChangePlan(plan):
            return f"moves to plan {plan}"
        case Cancel():
            return "cancels" + (" for the end of the cycle" if pending is not None else "")
        case BuyPack(pack):
            return f"buys pack {pack}"
        case GiveGrant(amount, expires_at=expires_at):
            until = "" if expires_at is None else f" until {time_text(expires_at)}"
            return f"is given {credits_text(amount)} by hand{until}"
        case SetSeats(seats):
            return f"has {seats} seat{'' if seats == 1 else 's'}"
        case SetCohort(cohort):
            return f"is put into cohort {cohort}"
        case Charge(usage):
            charge: Charged | None = change_of(line.transaction, Charged)
            policy = None if charge is None else timeline.version(charge.rated_by)
            used = f"uses {counts_text(usage.counts)} of {usage.model}"
            if usage.started_at is not None:
                used += f", begun {time_text(usage.started_at)}"
            if charge is None or policy is None:
                return used
            return f"{used}: {price_sentence(policy, charge)}"
        case _:
            return line.transaction.kind


def story_form(timeline: Timeline, commands: Sequence[Command]) -> list[dict[str, Any]]:
    """Give a story as plain data: each transaction, in the order in which they were written."""
    return [
        {
            "at": instant_text(line.transaction.effective_at),
            "wallet": line.transaction.wallet_id,
            "what": words_of(timeline, line),
            "paid": str(line.paid) if line.paid else None,
            "available": credits_plain(line.after.available_micro),
        }
        for line in played(timeline, commands).lines
    ]


def title_of(sentence: str, number: int) -> str:
    """Make a title of a sentence: without signs that a title may not have, and unique."""
    words = sub(r"[^\w ,.;'%+=()&-]", "", sentence)
    tail = f" ({number})"
    return words[: TITLE_LENGTH_MAX - len(tail)].rstrip(" ,.;") + tail


def scenario_file(timeline: Timeline, stories: Sequence[tuple[str, Sequence[Command]]]) -> str:
    """Write stories as a scenario file; each step expects the balance that it leads to.

    Takes: a title and the commands of each story; the timeline on which the file will be run.
    """
    lines = [f"about: Counter-examples for the policy {timeline.name}.", "scenarios:"]
    for number, (sentence, commands) in enumerate(stories, start=1):
        lines += [f"  - title: {title_of(sentence, number)}", "    steps:"]
        play = Play(timeline)
        for command in commands:
            answer = play.do(command.wallet_id, command.at, command.body)
            lines += [
                f"      - at: {instant_text(command.at)}",
                f"        wallet: {command.wallet_id}",
                *(f"        {verb}" for verb in _verb(command.body)),
            ]
            if answer.refusal is not None:
                lines.append(f"        then: {{refused: {answer.refusal.code}}}")
            else:
                balance = credits_plain(play.available(command.wallet_id))
                lines.append(f"        then: {{balance: {balance}}}")
    return "\n".join(lines) + "\n"


def _verb(body: Body) -> Iterator[str]:  # noqa: C901  # one case per body
    """Write what a command asks as the key of a step."""
    match body:
        case Settle():
            return
        case Subscribe(plan):
            yield f"subscribe: {plan}"
        case SetCohort(cohort):
            yield f"set_cohort: {cohort}"
        case ChangePlan(plan):
            yield f"change_plan: {plan}"
        case Cancel():
            yield "cancel: plan"
        case BuyPack(pack):
            yield f"buy_pack: {pack}"
        case SetSeats(seats):
            yield f"seats: {seats}"
        case GiveGrant(amount, expires_at=expires_at):
            until = "" if expires_at is None else f", expires: {instant_text(expires_at)}"
            yield f"grant: {{credits: {Decimal(credits_plain(amount))}{until}}}"
        case Charge(usage, after_request):
            counts = ", ".join(f"{unit}: {count}" for unit, count in usage.counts)
            after = ", after_request: true" if after_request else ""
            began = usage.started_at
            if began is not None:
                after += f", started_at: {instant_text(began)}"
            yield f'charge: {{model: "{usage.model}", used: {{{counts}}}{after}}}'
        case _:
            raise ValueError(f"a story has no step for {type(body).__name__}")
