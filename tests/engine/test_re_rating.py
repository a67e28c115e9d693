"""Re-rating: an upgrade prices the cycle as if the new plan had held; refunds, shortfalls."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wallets import CREDIT, DAY, START, Wallet, at, policy, spend
from policyengine.engine.commands import (
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    GiveGrant,
    OpenHold,
    Refund,
    Settle,
    Usage,
)
from policyengine.ledger.changes import Charged, ReRated, ReRateNoted
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.lots import Restriction
from policyengine.ledger.transactions import change_of
from policyengine.policy.policy import Policy

RULES: dict[str, Any] = {
    "changes/upgrade/new_cycle": "keeps_date",
    "changes/upgrade/unused": "lost",
    "changes/upgrade/new_credits": "less_used",
    "changes/upgrade/earlier_use": "re_rated",
    "models/lite/multiplier_on_plan": {"pro_plus": Decimal("0.25")},
    "models/standard/multiplier_on_plan": {"pro_plus": 3},
}
"""On pro, lite costs x 0.5 and standard x 1."""

MIDDLE = at("2026-02-15")
MARCH = at("2026-03-01")


def rules(**more: Any) -> Policy:
    return policy({**RULES, **more})


def settled(wallet: Wallet, when: int = MIDDLE) -> ReRated:
    found = change_of(wallet.do(ChangePlan("pro_plus"), when), ReRated)
    assert isinstance(found, ReRated)
    return found


def test_the_difference_is_given_or_taken() -> None:
    wallet = Wallet(rules())
    wallet.do(Charge(spend(400, "lite")))
    assert settled(wallet).by_micro == -100 * CREDIT
    assert wallet.available == (6000 - 100) * CREDIT
    wallet = Wallet(rules())
    wallet.do(Charge(spend(150)))
    assert settled(wallet).taken_micro == 300 * CREDIT
    assert wallet.available == (6000 - 450) * CREDIT


def test_a_charge_notes_what_it_would_have_cost_elsewhere() -> None:
    answer = Wallet(rules()).do(Charge(spend(400, "lite")))
    assert change_of(answer, ReRateNoted) == ReRateNoted("pro_plus", MARCH, -100 * CREDIT)
    assert change_of(Wallet(rules()).do(Charge(spend(5, "frontier"))), ReRateNoted) is None


def test_without_re_rating_or_cycles_nothing_is_noted() -> None:
    plain = policy({key: value for key, value in RULES.items() if "earlier_use" not in key})
    assert change_of(Wallet(plain).do(Charge(spend(9, "lite"))), ReRateNoted) is None
    free = Wallet(rules(), plan="free")
    assert change_of(free.do(Charge(spend(9, "lite"))), ReRateNoted) is None


def test_the_highest_plan_notes_nothing() -> None:
    wallet = Wallet(rules(), plan="pro_plus")
    assert change_of(wallet.do(Charge(spend(9, "lite"))), ReRateNoted) is None


def test_an_amount_that_the_caller_names_is_not_re_rated() -> None:
    wallet = Wallet(rules())
    hold = wallet.do(OpenHold(amount_micro=10 * CREDIT))
    answer = wallet.do(Capture(hold.seq, amount_micro=10 * CREDIT))
    assert change_of(answer, ReRateNoted) is None


def test_what_was_not_collected_is_not_given_back() -> None:
    wallet = Wallet(rules())
    answer = wallet.do(Charge(spend(8000, "lite"), after_request=True))
    assert (price(answer), taken(answer)) == (4000 * CREDIT, 2000 * CREDIT)
    assert settled(wallet).by_micro == 0  # 8000 x 0.25 = 2000, as was taken


def price(answer: Any) -> int:
    found = change_of(answer, Charged)
    assert isinstance(found, Charged)
    return found.price_micro


def taken(answer: Any) -> int:
    found = change_of(answer, Charged)
    assert isinstance(found, Charged)
    return found.charged_micro


def test_what_is_short_is_let_go_or_lent_as_after_a_request() -> None:
    small = {"plans/pro_plus/grants/monthly/credits": 250}
    wallet = Wallet(rules(**small))
    wallet.do(Charge(spend(150)))
    change = settled(wallet)
    assert (change.by_micro, change.taken_micro) == (300 * CREDIT, 100 * CREDIT)
    assert (wallet.available, wallet.book.debt_micro) == (0, 0)
    debt = {
        "shortfall/after_request": "go_into_debt",
        "shortfall/debt": {"limit": 150, "at_renewal": "kept"},
    }
    wallet = Wallet(rules(**small, **debt))
    wallet.do(Charge(spend(150)))
    assert settled(wallet).taken_micro == 250 * CREDIT
    assert wallet.book.debt_micro == 150 * CREDIT


def test_restricted_credits_pay_nothing_that_was_used_before() -> None:
    wallet = Wallet(rules())
    wallet.do(GiveGrant(500 * CREDIT, restricted_to=Restriction(("frontier",))))
    wallet.do(Charge(spend(150)))
    assert settled(wallet).taken_micro == 300 * CREDIT
    assert wallet.available == (6000 - 450 + 500) * CREDIT


def test_a_refund_before_the_upgrade_was_not_used() -> None:
    wallet = Wallet(rules())
    answer = wallet.do(Charge(spend(400, "lite")))
    wallet.do(Refund(answer.seq, 150 * CREDIT))
    assert settled(wallet).by_micro == -25 * CREDIT


def test_a_refund_after_the_upgrade_gives_what_the_charge_costs_since() -> None:
    wallet = Wallet(rules())
    lite = wallet.do(Charge(spend(400, "lite")))
    standard = wallet.do(Charge(spend(150)))
    assert settled(wallet).by_micro == 200 * CREDIT
    before = wallet.available
    wallet.do(Refund(standard.seq, 75 * CREDIT))  # half of 150, and half of 300 more
    assert faults_of(wallet.book) == ()
    back = [lot.remaining for lot in wallet.book.lots.values() if lot.terms.source == "refund"]
    assert sum(back) == (75 + 150) * CREDIT
    wallet.do(Refund(lite.seq))  # 200 were taken, 100 of them were given back at the upgrade
    assert wallet.available == before + (75 + 150 + 100) * CREDIT


def test_a_refund_after_the_cycle_gives_no_more_than_what_is_left_of_the_price() -> None:
    wallet = Wallet(rules(refunds={"expired_lot": "new_lot", "new_lot_expires": "7 days"}))
    lite = wallet.do(Charge(spend(400, "lite")))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    wallet.do(Settle(), MARCH)
    wallet.do(Refund(lite.seq), MARCH)
    assert wallet.available == (6000 + 100) * CREDIT


def test_what_could_not_be_collected_is_not_refunded() -> None:
    wallet = Wallet(rules(**{"plans/pro_plus/grants/monthly/credits": 250}))
    standard = wallet.do(Charge(spend(150)))
    settled(wallet)
    wallet.do(Refund(standard.seq))
    assert wallet.available == 150 * CREDIT


def test_a_price_that_no_ledger_can_hold_makes_no_difference() -> None:
    wallet = Wallet(rules(**{"models/lite/multiplier_on_plan": {"pro_plus": 10**9}}))
    usage = Usage.of("lite", {"text_input": 30_000_000_000})
    wallet.do(GiveGrant(10**7 * CREDIT))
    assert change_of(wallet.do(Charge(usage)), ReRateNoted) is None


def test_another_cycle_begins_anew() -> None:
    wallet = Wallet(rules())
    wallet.do(Charge(spend(400, "lite")))
    wallet.do(Charge(spend(4, "lite")), MARCH)
    assert settled(wallet, MARCH + DAY).by_micro == -CREDIT
    wallet.do(Cancel(), MARCH + DAY)
    assert faults_of(wallet.book) == ()


FACTORS = st.sampled_from(["0", "0.25", "1", "1.5", "4"])
USES = st.lists(st.tuples(st.sampled_from(["lite", "standard"]), st.integers(1, 40)), max_size=5)


def three_plans(factors: list[str], unused: str, new_credits: str) -> Policy:
    monthly = {"given": "each_cycle", "expires": "end_of_cycle", "carry_over": "none"}
    top = {"cycle": "1 month", "grants": {"monthly": {"credits": 20000, **monthly}}}
    on_plan = [
        dict(zip(("pro", "pro_plus", "top"), map(Decimal, part), strict=True))
        for part in (factors[:3], factors[3:])
    ]
    return rules(
        **{
            "plans/top": top,
            "models/lite/multiplier_on_plan": on_plan[0],
            "models/standard/multiplier_on_plan": on_plan[1],
            "changes/upgrade/unused": unused,
            "changes/upgrade/new_credits": new_credits,
        }
    )


@pytest.mark.parametrize(("unused", "new_credits"), [("lost", "less_used"), ("kept", "difference")])
@given(st.lists(FACTORS, min_size=6, max_size=6), USES, USES, USES)
def test_any_steps_come_to_what_the_last_plan_would_have_cost_from_the_start(
    unused: str,
    new_credits: str,
    factors: list[str],
    first: list[tuple[str, int]],
    second: list[tuple[str, int]],
    third: list[tuple[str, int]],
) -> None:
    terms = three_plans(factors, unused, new_credits)
    wallet, whole = Wallet(terms), Wallet(terms, plan="top")
    parts = ((None, first), ("pro_plus", second), ("top", third))
    for number, (plan, uses) in enumerate(parts):
        when = START + number * DAY
        if plan is not None:
            wallet.do(ChangePlan(plan), when)
        for model, amount in uses:
            for each in (wallet, whole):
                each.do(Charge(spend(amount, model)), when)
    assert wallet.available == whole.available
    assert faults_of(wallet.book) == ()
