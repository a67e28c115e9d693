"""What changes at limits is told in a few words, the money of overage exactly."""

import pytest

from engine.limited import FALLBACK, OVERAGE, TOP_UP, caps, limited
from engine.wallets import CREDIT, Wallet, spend
from policyengine.engine.commands import Body, Charge, FailTopUp, SetOverage, SetSeats, SetTopUp
from policyengine.engine.explaining import explain
from policyengine.engine.telling import limit_words, money_text
from policyengine.ledger.changes import (
    CapCounted,
    Change,
    FellBack,
    ForMember,
    GiftGiven,
    OverageChanged,
    OverageSet,
    ReRated,
    ReRateNoted,
    SeatsSet,
    TopUpEnded,
    TopUpRequested,
    TopUpSet,
)
from policyengine.policy.policy import Policy
from policyengine.values.calendar import NEVER

DAY_2 = 86_400_000_000


@pytest.mark.parametrize(
    ("amount", "price", "text"),
    [
        (12_500_000, "0.04", "0.50 USD"),
        (1, "0.000001", "0.000000000001 USD"),
        (0, "1", "0.00 USD"),
        (10**18, "1000", "1,000,000,000,000,000.00 USD"),
    ],
)
def test_money_is_written_exactly(amount: int, price: str, text: str) -> None:
    assert money_text(amount, price, "USD") == text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (ForMember("mia"), "for member mia"),
        (FellBack("a", "b", CREDIT), "priced as b, asked for a at 1.00"),
        (
            CapCounted("member per cycle", "mia", DAY_2, CREDIT),
            "use of mia, member per cycle until 1970-01-02T00:00:00Z: +1.00",
        ),
        (CapCounted("wallet per cycle", "", NEVER, -CREDIT), "use, wallet per cycle: -1.00"),
        (OverageSet(on=False), "overage is not allowed"),
        (OverageSet(on=True), "overage is allowed"),
        (OverageSet(on=True, limit_micro=CREDIT), "overage is allowed up to 1.00 credits"),
        (
            OverageChanged("r", "2", "EUR", -3 * CREDIT, "invoiced"),
            "overage invoiced: 3.00 credits for 6.00 EUR",
        ),
        (TopUpSet(on=True), "top-ups are allowed"),
        (TopUpSet(on=False), "top-ups are not allowed"),
        (TopUpRequested(CREDIT, "p", 1, 2), "top-up asked for: 1.00 credits by pack p"),
        (TopUpRequested(CREDIT, "", 1, 2), "top-up asked for: 1.00 credits"),
        (TopUpEnded(1, "paid"), "top-up paid"),
        (TopUpEnded(1, "failed", DAY_2), "top-up failed, none before 1970-01-02T00:00:00Z"),
        (ReRateNoted("pro", 1, -CREDIT), "for a re-rate to pro: -1.00"),
        (ReRateNoted("pro", 1, CREDIT), "for a re-rate to pro: +1.00"),
        (ReRated("pro", 1, 0, 0, "r"), "earlier use re-rated to pro: no difference"),
        (ReRated("pro", 1, CREDIT, CREDIT, "r"), "earlier use re-rated to pro: 1.00 more"),
        (ReRated("pro", 1, -CREDIT, 0, "r"), "earlier use re-rated to pro: 1.00 less"),
        (
            ReRated("pro", 1, 3 * CREDIT, CREDIT, "r"),
            "earlier use re-rated to pro: 3.00 more, 2.00 not collected",
        ),
        (SeatsSet(2, 2), "2 seats"),
        (SeatsSet(2, 3), "2 seats from the next cycle on, 3 in this one"),
        (GiftGiven("g"), None),
    ],
)
def test_each_change_has_its_words(change: Change, words: str | None) -> None:
    assert limit_words(change) == words


def told(rules: Policy, *bodies: Body) -> list[tuple[str, str]]:
    """Explain the last of some commands: the steps that have a line of the limits."""
    wallet = Wallet(rules)
    for body in bodies:
        answer = wallet.do(body)
    steps = explain(wallet.timeline, answer, wallet.lots).steps
    limits = ("/shortfall", "/top_up", "/caps")
    return [
        (step.label, step.place.pointer)
        for step in steps
        if step.place is not None and step.place.pointer.startswith(limits)
    ]


def test_an_explanation_names_the_line_of_each_limit() -> None:
    assert told(limited(OVERAGE), SetOverage(on=True), Charge(spend(2010)))[0] == (
        "overage lent",
        "/shortfall/overage",
    )
    assert told(limited(FALLBACK), Charge(spend(3000))) == [
        ("priced as lite, asked for standard at 3,000.00", "/shortfall/fallback")
    ]
    cap = caps({"scope": "member", "credits": 50, "per": "cycle"})
    assert [each[1] for each in told(limited(cap), Charge(spend(10)))] == ["/caps/0"]
    assert told(limited(cap), Charge(spend(60))) == [("refused: cap_reached", "/caps/0")]
    assert told(limited(TOP_UP), Charge(spend(1950))) == [("top-up asked for", "/top_up")]
    failed = told(limited(TOP_UP), Charge(spend(1950)), FailTopUp(2))
    assert [each[1] for each in failed] == ["/top_up"]
    assert told(limited(TOP_UP), SetTopUp(on=True)) == []
    assert told(limited(), SetSeats(2)) == []
