"""The product and its auditor agree on every answer of a workload, after each command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from auditor.model import FOREVER, Auditor
from auditor.workload import Event, workload
from engine.wallets import policy
from policyengine.engine.commands import (
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Command,
    Extend,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    Settle,
    Subscribe,
    Usage,
    VoidGrant,
)
from policyengine.engine.decide import Decision
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Charged
from policyengine.ledger.lots import Restriction
from policyengine.ledger.transactions import change_of
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.calendar import NEVER, parse_span

FOLDER: Final = Path(__file__).parents[2] / "policies" / "codeflicker"
NO_TRANSACTION: Final = 10**6


BODIES: Final[dict[str, Callable[[Event, int], Body]]] = {
    "subscribe": lambda event, _: Subscribe(event["plan"]),
    "change_plan": lambda event, _: ChangePlan(event["plan"]),
    "cancel": lambda _event, _: Cancel(),
    "buy_pack": lambda event, _: BuyPack(event["pack"]),
    "charge": lambda event, _: Charge(_usage(event["usage"]), event["after"]),
    "hold": lambda event, _: OpenHold(
        event["amount"],
        event["usage"] and _usage(event["usage"]),
        event["life"] and parse_span(event["life"]),
    ),
    "capture": lambda event, of: Capture(
        of, event["usage"] and _usage(event["usage"]), event["amount"], event["final"]
    ),
    "release": lambda _, of: Release(of),
    "extend": lambda event, of: Extend(of, parse_span(event["by"])),
    "refund": lambda event, of: Refund(of, event["amount"]),
    "void": lambda _, of: VoidGrant(of),
    "adjust": lambda event, _: Adjust(event["amount"]),
    "grant": lambda event, _: GiveGrant(
        event["amount"],
        event["priority"],
        event["start"],
        event["expires"],
        restricted_to=Restriction(event["models"]),
    ),
    "settle": lambda _event, _: Settle(),
}


class Desk:
    """The product behind the auditor's events."""

    def __init__(self) -> None:
        timeline = Timeline.of(policy(), policy(version=2))
        self.ledger = MemoryLedger({timeline.name: timeline})
        self.numbers: dict[tuple[str, str], int] = {}

    def hear(self, event: Event) -> Decision:
        reason = "correction" if event["do"] == "adjust" else ""
        command = Command(event["wallet"], event["key"], event["at"], self._body(event), "", reason)
        decision = self.ledger.execute_one(command)
        if decision.recorded and not isinstance(command.body, Settle):
            self.numbers[(event["wallet"], event["key"])] = decision.answer.seq
        return decision

    def _body(self, event: Event) -> Body:
        of = self.numbers.get((event["wallet"], event.get("of", "")), NO_TRANSACTION)
        return BODIES[event["do"]](event, of)


def _usage(usage: Event) -> Usage:
    return Usage.of(usage["model"], usage["counts"], usage["start"], usage["outcome"])


def _said(decision: Decision, event: Event) -> Event:
    answer = decision.answer
    code = answer.refusal.code if answer.refusal else ""
    said: dict[str, Any] = {"code": code}
    charge = change_of(answer, Charged)
    if charge is not None and event["do"] != "settle":
        said |= {"price": charge.price_micro, "charged": charge.charged_micro}
    if code == "insufficient_credits" and answer.kind == "charge" and answer.refusal:
        said["short"] = answer.refusal.details["short_micro"]
    return said


def _state(book: Book) -> Event:
    subscription = book.subscription
    assert subscription is not None
    lots = [
        (
            FOREVER if lot.terms.expires_at == NEVER else lot.terms.expires_at,
            lot.remaining,
            lot.held,
        )
        for lot in book.lots.values()
        if lot.is_open
    ]
    ends = FOREVER if subscription.ends_at == NEVER else subscription.ends_at
    pending = subscription.pending
    return {
        "available": book.available_micro,
        "held": book.held_micro,
        "piles": sorted(lots),
        "plan": subscription.plan,
        "terms": subscription.version,
        "cycle": (subscription.starts_at, ends),
        "pending": "" if pending is None else pending.plan,
    }


def audit(seed: int, wallets: int, count: int) -> dict[str, int]:
    """Run a workload by both; give how often each answer was given."""
    auditor = Auditor(FOLDER / "v1.yaml", FOLDER / "v2.yaml")
    desk = Desk()
    answers: dict[str, int] = {}
    for number, event in enumerate(workload(seed, wallets, count)):
        expected = {name: value for name, value in auditor.hear(event).items() if name != "do"}
        decision = desk.hear(event)
        assert expected == _said(decision, event), (number, event)
        assert auditor.state(event["wallet"]) == _state(desk.ledger.books[event["wallet"]]), (
            number,
            event,
        )
        name = expected["code"] or event["do"]
        answers[name] = answers.get(name, 0) + 1
    return answers


EVERY_ANSWER: Final = {
    *("subscribe", "change_plan", "cancel", "buy_pack", "charge", "hold", "capture", "release"),
    *("extend", "refund", "grant", "void", "adjust", "settle", "insufficient_credits"),
    *("unknown_model", "unknown_unit", "usage_too_late", "usage_in_future", "hold_closed"),
    *("unknown_hold", "hold_too_long", "unknown_transaction", "not_refundable", "not_voidable"),
    *("refund_exceeds_charge", "nothing_to_void", "invalid_grant", "idempotency_key_reused"),
    *("already_subscribed", "already_on_plan", "nothing_to_cancel", "pack_not_sold"),
    "unknown_pack",
}


def test_five_thousand_commands_come_out_as_the_auditor_says() -> None:
    answers = audit(seed=1, wallets=40, count=5_000)
    assert set(answers) - {"no_policy_in_force"} == EVERY_ANSWER


@pytest.mark.soak
def test_a_hundred_thousand_commands_come_out_as_the_auditor_says() -> None:
    answers = audit(seed=2026, wallets=300, count=100_000)
    assert set(answers) - {"no_policy_in_force"} == EVERY_ANSWER
    assert sum(answers.values()) == 100_000
