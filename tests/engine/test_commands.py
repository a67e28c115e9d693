"""Commands: a fingerprint is the same for a true retry and for nothing else."""

from dataclasses import replace
from itertools import combinations, permutations

import pytest

from engine.wallets import START, spend
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
    ReportAbnormal,
    ResolveCase,
    Settle,
    Subscribe,
    Usage,
    VoidGrant,
    fingerprint,
)
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.lots import Restriction
from policyengine.ledger.subscriptions import Rollover
from policyengine.values.calendar import parse_span

HOUR = parse_span("1 hour")
BODIES: list[Body] = [
    Subscribe("pro"),
    Subscribe("pro", "codeflicker"),
    ChangePlan("pro"),
    ChangePlan("free"),
    Cancel(),
    Settle(),
    BuyPack("p"),
    BuyPack("p", "r"),
    GiveGrant(1),
    GiveGrant(1, 2),
    GiveGrant(1, effective_at=2),
    GiveGrant(1, expires_at=2),
    GiveGrant(1, interval=HOUR),
    GiveGrant(1, interval=parse_span("1 day")),
    GiveGrant(1, interval=HOUR, rollover=Rollover(0, 1)),
    GiveGrant(1, interval=HOUR, rollover=Rollover(1, 1)),
    GiveGrant(1, restricted_to=Restriction(("a",))),
    GiveGrant(1, restricted_to=Restriction((), ("a",))),
    VoidGrant(1),
    Charge(spend(1)),
    Charge(spend(2)),
    Charge(spend(1, "lite")),
    Charge(spend(1, started_at=1)),
    Charge(spend(1, outcome="failed")),
    Charge(spend(1), after_request=True),
    Charge(spend(1), conversation_id="x"),
    Charge(spend(1), operation_id="x"),
    Charge(Usage.of("standard", {"text_output": 10_000})),
    OpenHold(1),
    OpenHold(usage=spend(1)),
    OpenHold(1, life=HOUR),
    Capture(1),
    Capture(1, usage=spend(1)),
    Capture(1, amount_micro=1),
    Capture(1, final=False),
    Release(1),
    Extend(1, HOUR),
    Refund(1),
    Refund(1, 1),
    Refund(1, None, 1),
    Adjust(1),
    Adjust(1, 1),
    ReportAbnormal(1),
    ReportAbnormal(conversation_id="1"),
    ResolveCase(1, "explained"),
    ResolveCase(1, "refunded"),
]


def command(body: Body) -> Command:
    return Command("ana", "k", START, body)


def test_whatever_is_asked_differently_has_another_fingerprint() -> None:
    prints = [fingerprint(command(body)) for body in BODIES]
    for one, other in combinations(range(len(BODIES)), 2):
        assert prints[one] != prints[other], (BODIES[one], BODIES[other])


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_time_key_and_actor_are_no_part_of_what_is_asked(body: Body) -> None:
    asked = command(body)
    again = replace(asked, key="other", at=START + 1, actor="someone")
    assert fingerprint(asked) == fingerprint(again)
    assert fingerprint(asked) != fingerprint(replace(asked, wallet_id="bo"))
    assert fingerprint(asked) != fingerprint(replace(asked, reason="why"))


def test_a_newer_estimate_is_no_other_request() -> None:
    for make in (Charge(spend(1)), OpenHold(1)):
        noted = replace(make, estimate=EstimateNote(1, 2, 3))
        assert fingerprint(command(make)) == fingerprint(command(noted))


def test_counts_may_come_in_another_order_in_a_retry() -> None:
    counts = [("text_input", 1), ("text_output", 2), ("image_input", 3)]
    prints = {fingerprint(command(Charge(Usage("lite", order)))) for order in permutations(counts)}
    assert len(prints) == 1
