"""Overage: lent at a price up to a limit, by consent, invoiced, never repaid from grants."""

import pytest

from engine.limited import OVERAGE, limited
from engine.wallets import CREDIT, DAY, Wallet, at, policy, spend
from policyengine.engine.commands import (
    Capture,
    ChangePlan,
    Charge,
    OpenHold,
    Refund,
    Release,
    SetOverage,
    VoidGrant,
)
from policyengine.engine.estimating import Estimate, Range, estimate
from policyengine.engine.overage import overage_limit, overage_room
from policyengine.ledger.changes import OverageChanged, Referenced
from policyengine.ledger.limit_state import OverageDue
from policyengine.ledger.transactions import change_of
from policyengine.values.calendar import parse_span

MARCH = at("2026-03-01")
ON = SetOverage(on=True)
RULE = "v1.shortfall.overage"


def allowed(plan: str = "pro") -> Wallet:
    wallet = Wallet(limited(OVERAGE), plan=plan)
    wallet.do(ON)
    return wallet


def test_what_is_due_says_rule_price_and_amount() -> None:
    wallet = allowed()
    wallet.do(Charge(spend(2010)))
    assert wallet.book.limits.overage == (OverageDue(RULE, "0.04", "USD", 10 * CREDIT),)
    assert wallet.book.debt_micro == 0


def test_a_renewal_invoices_with_a_reference_and_leaves_the_grant_alone() -> None:
    wallet = allowed()
    wallet.do(Charge(spend(2010)))
    wallet.do(Charge(spend(1)), MARCH)
    renewal = next(each for each in wallet.transactions if each.kind == "renew")
    assert change_of(renewal, Referenced) == Referenced(f"overage:ana:{renewal.seq}")
    assert change_of(renewal, OverageChanged).by_micro == -10 * CREDIT
    assert wallet.book.limits.overage == ()
    assert wallet.available == 1999 * CREDIT


def test_a_renewal_without_overage_has_no_reference() -> None:
    wallet = allowed()
    wallet.do(Charge(spend(1)), MARCH)
    renewal = next(each for each in wallet.transactions if each.kind == "renew")
    assert change_of(renewal, Referenced) is None


def test_an_upgrade_invoices_once() -> None:
    wallet = allowed()
    wallet.do(Charge(spend(2010)))
    answer = wallet.do(ChangePlan("pro_plus"))
    billed = [each for each in answer.changes if isinstance(each, OverageChanged)]
    assert [each.by_micro for each in billed] == [-10 * CREDIT]


def test_a_pending_change_at_the_renewal_invoices_once() -> None:
    wallet = allowed("pro_plus")
    wallet.do(ChangePlan("pro"))
    wallet.do(Charge(spend(6010)))
    wallet.do(Charge(spend(1)), MARCH)
    renewal = next(each for each in wallet.transactions if each.kind == "renew")
    billed = [each for each in renewal.changes if isinstance(each, OverageChanged)]
    assert [each.by_micro for each in billed] == [-10 * CREDIT]


def test_a_hold_of_overage_that_is_released_is_not_due() -> None:
    wallet = allowed()
    hold = wallet.do(OpenHold(2030 * CREDIT))
    assert wallet.book.limits.overage_micro == 30 * CREDIT
    wallet.do(Release(hold.seq))
    assert wallet.book.limits.overage_micro == 0
    assert wallet.available == 2000 * CREDIT


def test_a_hold_of_overage_that_times_out_is_not_due() -> None:
    wallet = allowed()
    wallet.do(OpenHold(2030 * CREDIT))
    wallet.do(Charge(spend(1)), wallet.now + DAY)
    assert wallet.book.limits.overage_micro == 0


def test_more_than_was_held_may_be_overage() -> None:
    wallet = allowed()
    hold = wallet.do(OpenHold(2000 * CREDIT))
    answer = wallet.do(Capture(hold.seq, amount_micro=2060 * CREDIT))
    assert wallet.book.limits.overage_micro == 50 * CREDIT
    assert [each.charged_micro for each in answer.changes if each.kind == "charged"] == [
        2050 * CREDIT
    ]


def test_what_an_invoice_has_is_given_back_as_credits() -> None:
    wallet = allowed()
    charge = wallet.do(Charge(spend(2010)))
    wallet.do(Charge(spend(2000)), MARCH)
    wallet.do(Refund(charge.seq, 10 * CREDIT))
    assert (wallet.available, wallet.book.limits.overage) == (10 * CREDIT, ())


def test_a_refund_takes_no_more_off_than_is_due_and_not_held() -> None:
    """20 are billed in March; of the 20 due then 15 are held: 5 come off, 5 as credits."""
    wallet = allowed()
    first = wallet.do(Charge(spend(2020)))
    wallet.do(Charge(spend(2005)), MARCH)
    wallet.do(OpenHold(15 * CREDIT))
    assert wallet.book.limits.overage_micro == 20 * CREDIT
    wallet.do(Refund(first.seq, 10 * CREDIT))
    assert wallet.book.limits.overage_micro == 15 * CREDIT
    assert wallet.available == 5 * CREDIT


def test_a_refund_leaves_what_holds_have_alone() -> None:
    wallet = allowed()
    first = wallet.do(Charge(spend(2020)))
    wallet.do(OpenHold(2010 * CREDIT), MARCH)
    wallet.do(Refund(first.seq, 10 * CREDIT))
    assert wallet.book.limits.overage_micro == 10 * CREDIT
    assert wallet.available == 10 * CREDIT


def test_a_newer_version_lends_at_its_own_price_and_both_are_billed() -> None:
    dearer = {**OVERAGE, "shortfall/overage": {**OVERAGE["shortfall/overage"], "price": 1}}  # type: ignore[dict-item]  # a mapping
    wallet = Wallet(limited(OVERAGE), policy(dearer, version=2), start=at("2026-09-20"))
    wallet.do(ON)
    wallet.do(Charge(spend(2010)))
    wallet.do(Charge(spend(5)), at("2026-10-02"))
    assert [(each.rule, each.price) for each in wallet.book.limits.overage] == [
        (RULE, "0.04"),
        ("v2.shortfall.overage", "1"),
    ]
    wallet.do(VoidGrant(9), at("2026-10-21"))
    assert wallet.book.limits.overage == ()


def test_listed_plans_alone_have_overage() -> None:
    terms = {**OVERAGE["shortfall/overage"], "plans": ["pro_plus"]}  # type: ignore[dict-item]  # a mapping
    rules = limited(OVERAGE, {"shortfall/overage": terms})
    wallet = Wallet(rules)
    wallet.do(ON)
    assert overage_limit(rules, wallet.book) == 0
    wallet.do(ChangePlan("pro_plus"))
    assert overage_limit(rules, wallet.book) == 50 * CREDIT


def test_without_need_for_consent_a_wallet_may_still_forbid_it() -> None:
    terms = {**OVERAGE["shortfall/overage"], "opt_in": "not_needed"}  # type: ignore[dict-item]  # a mapping
    rules = limited(OVERAGE, {"shortfall/overage": terms})
    wallet = Wallet(rules)
    assert overage_room(rules, wallet.book) == 50 * CREDIT
    wallet.do(SetOverage(on=False))
    assert overage_room(rules, wallet.book) == 0


@pytest.mark.parametrize("limit", [0, -1, 10**18 + 1])
def test_a_limit_of_its_own_is_an_amount(limit: int) -> None:
    assert Wallet(limited(OVERAGE)).refused(SetOverage(on=True, limit_micro=limit)) == (
        "invalid_amount"
    )


def test_a_policy_without_overage_lends_none() -> None:
    rules = policy()
    wallet = Wallet(rules)
    assert (overage_limit(rules, wallet.book), overage_room(rules, wallet.book)) == (0, 0)
    assert wallet.refused(ON) == "not_offered"


def test_a_shortage_offers_overage_that_would_mend_it() -> None:
    wallet = Wallet(limited(OVERAGE))
    ways = wallet.do(Charge(spend(2050))).refusal
    assert ways is not None
    assert {"way": "allow_overage", "credits_micro": 50 * CREDIT, "price": "0.04 USD"} in (
        ways.details["ways_out"]
    )
    more = wallet.do(Charge(spend(2051))).refusal
    assert more is not None
    assert "allow_overage" not in {each["way"] for each in more.details["ways_out"]}


def test_an_estimate_counts_the_overage_that_a_wallet_may_have() -> None:
    wallet = allowed()
    length = Range(0, 0, 0)
    found = estimate(
        wallet.timeline,
        wallet.book,
        "standard",
        {"text_input": 20_400_000},
        length,
        "caller",
        wallet.now,
    )
    assert isinstance(found, Estimate)
    assert found.suffices
    assert found.expected_micro == 2040 * CREDIT


def test_a_hold_that_outlives_the_renewal_is_billed_by_the_next_one() -> None:
    rules = limited(OVERAGE, {"estimate/longest_hold": "60 days", "charge/late_usage": "60 days"})
    wallet = Wallet(rules)
    wallet.do(ON)
    hold = wallet.do(OpenHold(2020 * CREDIT, life=parse_span("40 days")))
    wallet.do(Capture(hold.seq, amount_micro=2020 * CREDIT), MARCH)
    assert wallet.book.limits.overage_micro == 20 * CREDIT
    wallet.do(Charge(spend(1)), at("2026-04-01"))
    assert wallet.book.limits.overage_micro == 0
