"""Grants by hand: now or later, once or again and again, taken back, corrected."""

from typing import Any

import pytest

from engine.wallets import CREDIT, DAY, HOUR, START, Wallet, at, policy, spend
from policyengine.engine.commands import (
    Adjust,
    BuyPack,
    Charge,
    GiveGrant,
    OpenHold,
    Release,
    Settle,
    VoidGrant,
)
from policyengine.engine.grants import GRANT_RULE
from policyengine.ledger.lots import PRIORITY_MAX, RESTRICTIONS_MAX, Restriction
from policyengine.ledger.subscriptions import Rollover
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.calendar import INSTANT_MAX, NEVER, parse_span

DAILY = parse_span("1 day")
MONTHLY = parse_span("1 month")


def bare() -> Wallet:
    """A wallet without credits: its welcome gift is spent."""
    wallet = Wallet(plan="free")
    wallet.do(Charge(spend(300)))
    return wallet


def test_a_grant_opens_a_lot_with_its_terms() -> None:
    wallet = bare()
    only = Restriction(("lite",), ("text_input",))
    grant = GiveGrant(5 * CREDIT, 7, expires_at=START + DAY, restricted_to=only)
    answer = wallet.do(grant)
    terms = wallet.lots[2].terms
    assert (terms.source, terms.rule, terms.opened_by) == ("grant", GRANT_RULE, answer.seq)
    assert (terms.priority, terms.expires_at, terms.restricted_to) == (7, START + DAY, only)
    assert (terms.effective_at, terms.cycle_bound, terms.rolls) == (START, False, False)


def test_a_grant_without_an_end_never_expires() -> None:
    wallet = bare()
    wallet.do(GiveGrant(CREDIT))
    wallet.do(Settle(), at("2999-01-01"))
    assert wallet.available == CREDIT


def test_a_later_grant_takes_effect_at_its_instant_and_not_before() -> None:
    wallet = bare()
    wallet.do(GiveGrant(5 * CREDIT, effective_at=START + DAY, expires_at=START + 2 * DAY))
    assert wallet.refused(Charge(spend(1)), START + DAY - 1) == "insufficient_credits"
    wallet.do(Charge(spend(1)), START + DAY)
    assert (wallet.available, wallet.book.series) == (4 * CREDIT, {})
    assert wallet.transactions[-2].effective_at == START + DAY
    assert wallet.refused(Charge(spend(1)), START + 2 * DAY) == "insufficient_credits"


def test_a_grant_from_the_past_takes_effect_now() -> None:
    wallet = bare()
    wallet.do(GiveGrant(5 * CREDIT, effective_at=START - DAY))
    assert wallet.lots[2].terms.effective_at == START


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount_micro": 0}, "the amount is not above 0"),
        ({"amount_micro": AMOUNT_MICRO_MAX + 1}, "the amount is not above 0"),
        ({"priority": -1}, f"the priority is not 0 to {PRIORITY_MAX}"),
        ({"priority": PRIORITY_MAX + 1}, f"the priority is not 0 to {PRIORITY_MAX}"),
        ({"expires_at": START}, "it expires before it takes effect"),
        (
            {"effective_at": START + DAY, "expires_at": START + DAY},
            "it expires before it takes effect",
        ),
        ({"rollover": Rollover(0, 1)}, "a rollover needs an interval"),
        ({"anchor_at": START}, "an anchor needs an interval"),
        (
            {"interval": DAILY, "anchor_at": START + 1},
            "the anchor is after the grant takes effect",
        ),
        (
            {"interval": DAILY, "rollover": Rollover(2, 1)},
            "the rollover minimum is above its maximum",
        ),
        (
            {"interval": DAILY, "rollover": Rollover(-1, 1)},
            "the rollover minimum is above its maximum",
        ),
        (
            {"interval": DAILY, "rollover": Rollover(0, AMOUNT_MICRO_MAX + 1)},
            "the rollover minimum is above its maximum",
        ),
        ({"interval": parse_span("59 minutes")}, "it recurs more often than once an hour"),
        ({"effective_at": -1}, "a time is outside the calendar"),
        ({"expires_at": INSTANT_MAX}, "a time is outside the calendar"),
        ({"interval": DAILY, "anchor_at": -(10**30)}, "a time is outside the calendar"),
        (
            {"restricted_to": Restriction(("lite",) * (RESTRICTIONS_MAX + 1))},
            f"it names more than {RESTRICTIONS_MAX} models and units",
        ),
    ],
)
def test_terms_that_contradict_each_other_are_refused(
    changes: dict[str, Any], sentence: str
) -> None:
    answer = Wallet().do(GiveGrant(**{"amount_micro": CREDIT, **changes}))
    assert answer.refusal is not None
    assert answer.refusal.code == "invalid_grant"
    assert answer.refusal.message == f"the grant makes no sense: {sentence}"


def test_a_grant_names_models_and_units_that_there_are() -> None:
    wallet = Wallet()
    assert wallet.refused(GiveGrant(1, restricted_to=Restriction(("gpt",)))) == "unknown_model"
    assert wallet.refused(GiveGrant(1, restricted_to=Restriction((), ("x",)))) == "unknown_unit"


def test_a_wallet_cannot_have_more_than_a_ledger_can_hold() -> None:
    wallet = bare()
    wallet.do(GiveGrant(AMOUNT_MICRO_MAX))
    assert wallet.refused(GiveGrant(1)) == "invalid_amount"
    hold = wallet.do(OpenHold(amount_micro=5))
    assert wallet.refused(Adjust(1), reason="held credits count") == "invalid_amount"
    wallet.do(Release(hold.seq))
    assert wallet.available == AMOUNT_MICRO_MAX


@pytest.mark.parametrize(
    ("rollover", "spent", "after"),
    [
        (None, 30, 100),  # a refill by default
        (Rollover(100 * CREDIT, 100 * CREDIT), 30, 100),
        (Rollover(0, 0), 30, 0),  # use it or lose it
        (Rollover(0, 100 * CREDIT), 30, 70),  # carry everything of this grant
        (Rollover(0, 50 * CREDIT), 30, 50),  # carry at most half
        (Rollover(20 * CREDIT, 50 * CREDIT), 95, 20),  # but never less than 20
        (Rollover(20 * CREDIT, 50 * CREDIT), 60, 40),
        (Rollover(300 * CREDIT, 300 * CREDIT), 0, 300),
    ],
)
def test_after_a_recurrence_is_min_of_maximum_and_max_of_minimum_and_before(
    rollover: Rollover | None, spent: int, after: int
) -> None:
    wallet = bare()
    wallet.do(GiveGrant(100 * CREDIT, interval=DAILY, rollover=rollover))
    wallet.do(Charge(spend(spent)), START + DAY - 1)
    assert wallet.available == (100 - spent) * CREDIT
    wallet.do(Settle(), START + DAY)
    assert wallet.available == after * CREDIT
    assert {lot.terms.expires_at for lot in wallet.lots.values() if lot.remaining} <= {
        START + 2 * DAY
    }


def test_what_a_recurrence_keeps_and_what_it_adds_are_lots_of_their_own() -> None:
    wallet = bare()
    wallet.do(GiveGrant(100 * CREDIT, interval=DAILY))
    wallet.do(Charge(spend(30)))
    wallet.do(Settle(), START + DAY)
    kept, added = wallet.lots[3], wallet.lots[4]
    assert (kept.terms.source, kept.remaining) == ("carried", 70 * CREDIT)
    assert (added.terms.source, added.remaining) == ("grant", 30 * CREDIT)
    assert wallet.lots[2].withdrawn == 70 * CREDIT


def test_a_recurrence_keeps_the_oldest_lots_first_up_to_the_maximum() -> None:
    wallet = bare()
    half = Rollover(0, 50 * CREDIT)
    wallet.do(GiveGrant(100 * CREDIT, interval=DAILY, rollover=half))
    wallet.do(Settle(), START + DAY)
    assert (wallet.lots[2].withdrawn, wallet.lots[2].expired) == (50 * CREDIT, 50 * CREDIT)
    wallet.do(Settle(), START + 5 * DAY)
    assert wallet.available == 50 * CREDIT


def test_held_credits_are_not_counted_at_a_recurrence_and_expire_when_released() -> None:
    wallet = Wallet(policy({"estimate/hold": "2 days", "estimate/longest_hold": "9 days"}))
    wallet.do(GiveGrant(100 * CREDIT, priority=1, interval=DAILY))
    hold = wallet.do(OpenHold(amount_micro=40 * CREDIT))
    wallet.do(Settle(), START + DAY)
    assert wallet.available == 2100 * CREDIT
    wallet.do(Release(hold.seq))
    assert wallet.available == 2100 * CREDIT


def test_a_monthly_grant_from_31_january_keeps_the_end_of_the_month() -> None:
    wallet = Wallet(plan="free", start=at("2026-01-31"))
    wallet.do(GiveGrant(10 * CREDIT, interval=MONTHLY, priority=1))
    wallet.do(Settle(), at("2026-05-01"))
    recurred = [each.effective_at for each in wallet.transactions if each.kind == "recur"]
    assert recurred == [at("2026-02-28"), at("2026-03-31"), at("2026-04-30")]


def test_an_anchor_long_before_the_start_costs_nothing_and_sets_the_rhythm() -> None:
    wallet = bare()
    hourly = parse_span("1 hour")
    wallet.do(GiveGrant(CREDIT, interval=hourly, anchor_at=at("1970-01-01") + 1))
    assert wallet.book.series[1].next_at == START + 1
    wallet.do(Settle(), START + HOUR + 1)
    assert [each.effective_at for each in wallet.transactions if each.kind == "recur"] == [
        START + 1,
        START + HOUR + 1,
    ]


def test_a_later_recurring_grant_starts_at_its_instant() -> None:
    wallet = bare()
    wallet.do(GiveGrant(CREDIT, interval=DAILY, effective_at=START + HOUR, anchor_at=START))
    wallet.do(Settle(), START + DAY)
    recurred = [each.effective_at for each in wallet.transactions if each.kind == "recur"]
    assert recurred == [START + HOUR, START + DAY]


def test_the_last_credits_of_a_recurring_grant_expire_with_it() -> None:
    wallet = bare()
    carry = Rollover(0, 100 * CREDIT)
    end = START + DAY + HOUR
    wallet.do(GiveGrant(100 * CREDIT, interval=DAILY, expires_at=end, rollover=carry))
    wallet.do(Charge(spend(1)), end - 1)
    assert wallet.available == 99 * CREDIT
    assert wallet.refused(Charge(spend(1)), end) == "insufficient_credits"
    assert (wallet.book.series, wallet.remaining) == ({}, {})


def test_a_grant_whose_next_occurrence_is_beyond_the_calendar_occurs_once() -> None:
    wallet = bare()
    wallet.do(GiveGrant(CREDIT, interval=parse_span("100000 years")))
    assert (wallet.book.series, wallet.lots[2].terms.expires_at) == ({}, NEVER)
    wallet.do(GiveGrant(CREDIT, interval=DAILY))
    assert list(wallet.book.series) == [2]
    assert wallet.lots[3].terms.series_no == 2


def test_a_void_takes_back_what_is_unused() -> None:
    wallet = Wallet()
    bought = wallet.do(BuyPack("pack_500", "pay_1"))
    wallet.do(Charge(spend(2100)))
    answer = wallet.do(VoidGrant(bought.seq))
    assert (answer.kind, answer.parent_seq) == ("void", bought.seq)
    assert (wallet.available, wallet.lots[2].withdrawn) == (0, 400 * CREDIT)
    assert wallet.refused(VoidGrant(bought.seq)) == "nothing_to_void"


def test_a_void_ends_the_recurrences_and_their_lots() -> None:
    wallet = bare()
    grant = wallet.do(GiveGrant(100 * CREDIT, interval=DAILY))
    wallet.do(Charge(spend(30)), START + DAY)
    wallet.do(VoidGrant(grant.seq))
    wallet.do(Settle(), START + 9 * DAY)
    assert (wallet.available, wallet.book.series) == (0, {})


def test_a_void_of_one_grant_leaves_the_others() -> None:
    wallet = bare()
    wallet.do(GiveGrant(5 * CREDIT, interval=DAILY))
    wallet.do(GiveGrant(6 * CREDIT))
    voided = wallet.do(GiveGrant(7 * CREDIT, interval=DAILY))
    wallet.do(VoidGrant(voided.seq))
    assert wallet.available == 11 * CREDIT


def test_a_later_grant_can_be_voided_before_and_after_it_takes_effect() -> None:
    for late in (0, 2 * DAY):
        wallet = bare()
        grant = wallet.do(GiveGrant(5 * CREDIT, effective_at=START + DAY))
        wallet.do(VoidGrant(grant.seq), START + late)
        wallet.do(Settle(), START + 3 * DAY)
        assert (wallet.available, wallet.book.series) == (0, {})


def test_only_a_grant_or_a_purchase_can_be_voided() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(1)))
    assert wallet.refused(VoidGrant(2)) == "not_voidable"
    assert wallet.refused(VoidGrant(77)) == "unknown_transaction"
    refused = wallet.do(GiveGrant(0))
    assert wallet.refused(VoidGrant(refused.seq)) == "not_voidable"


def test_an_adjustment_adds_a_lot_or_takes_from_general_lots() -> None:
    wallet = bare()
    wallet.do(Adjust(5 * CREDIT, START + DAY), reason="outage")
    assert wallet.lots[2].terms.source == "adjustment"
    assert wallet.lots[2].terms.expires_at == START + DAY
    wallet.do(GiveGrant(9 * CREDIT, restricted_to=Restriction(("lite",))))
    answer = wallet.do(Adjust(-2 * CREDIT), reason="mistake")
    assert (answer.reason, wallet.lots[2].withdrawn) == ("mistake", 2 * CREDIT)
    answer = wallet.do(Adjust(-4 * CREDIT), reason="too much")
    assert answer.refusal is not None
    assert answer.refusal.message == "needs 4.00, 3.00 available in 1 lot, 1.00 short"


@pytest.mark.parametrize(
    ("body", "reason", "code"),
    [
        (Adjust(CREDIT), "", "invalid_amount"),
        (Adjust(CREDIT), " \t", "invalid_amount"),
        (Adjust(0), "why", "invalid_amount"),
        (Adjust(AMOUNT_MICRO_MAX + 1), "why", "invalid_amount"),
        (Adjust(-AMOUNT_MICRO_MAX - 1), "why", "invalid_amount"),
        (Adjust(CREDIT, START), "why", "invalid_grant"),
        (Adjust(CREDIT, NEVER + 1), "why", "invalid_grant"),
    ],
)
def test_an_adjustment_has_a_reason_an_amount_and_time(
    body: Adjust, reason: str, code: str
) -> None:
    assert Wallet().refused(body, reason=reason) == code
