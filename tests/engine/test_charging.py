"""Charging: which version prices, which lots pay, what a shortfall does, what is abnormal."""

from dataclasses import replace
from typing import Any

import pytest

from engine.wallets import CREDIT, DAY, HOUR, MINUTE, START, Wallet, at, policy, spend
from policyengine.engine.charging import CLOCK_SKEW_MAX, usual_charge
from policyengine.engine.commands import (
    Adjust,
    BuyPack,
    Cancel,
    ChangePlan,
    Charge,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    Settle,
    Subscribe,
    Usage,
)
from policyengine.ledger.changes import Charged
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.lots import Restriction
from policyengine.ledger.transactions import Transaction, change_of

LATER = at("2026-10-01")  # version 2 comes into force: frontier costs 5 instead of 6


def charged(transaction: Transaction) -> Charged:
    found = change_of(transaction, Charged)
    assert isinstance(found, Charged), transaction
    return found


def details(transaction: Transaction) -> Any:
    assert transaction.refusal is not None
    return transaction.refusal.details


def with_debt(at_renewal: str = "kept", limit: int = 50) -> dict[str, Any]:
    return {
        "shortfall/after_request": "go_into_debt",
        "shortfall/debt": {"limit": limit, "at_renewal": at_renewal},
    }


def test_a_charge_takes_its_price_from_the_lots_and_says_so() -> None:
    wallet = Wallet()
    answer = wallet.do(
        Charge(spend(3), conversation_id="c1", operation_id="o1", estimate=EstimateNote(1, 2, 3))
    )
    assert wallet.available == 1997 * CREDIT
    assert (answer.conversation_id, answer.operation_id) == ("c1", "o1")
    assert charged(answer) == Charged(
        "standard",
        (("text_input", 30_000),),
        "succeeded",
        START,
        1,
        3 * CREDIT,
        3 * CREDIT,
        None,
        EstimateNote(1, 2, 3),
    )


def test_a_request_that_failed_is_free_and_recorded() -> None:
    wallet = Wallet()
    answer = wallet.do(Charge(spend(3, outcome="failed")))
    assert charged(answer).price_micro == 0
    assert answer.moves == ()
    assert wallet.book.recent_charges == ()


def test_a_charge_may_take_the_last_credit_and_not_one_more() -> None:
    wallet = Wallet()
    assert wallet.refused(Charge(spend(2001))) == "insufficient_credits"
    wallet.do(Charge(spend(2000)))
    assert wallet.available == 0
    assert wallet.refused(Charge(Usage.of("standard", {"text_input": 1}))) == "insufficient_credits"
    assert wallet.do(Charge(Usage.of("standard", {}))).refusal is None


def test_want_of_credits_is_told_with_numbers_and_ways_out() -> None:
    wallet = Wallet()
    answer = wallet.do(Charge(Usage.of("frontier", {"text_output": 802_000})))  # 401 x 6 = 2,406
    assert answer.refusal is not None
    assert answer.refusal.message == "needs 2,406.00, 2,000.00 available in 1 lot, 406.00 short"
    assert details(answer) == {
        "needed_micro": 2406 * CREDIT,
        "available_micro": 2000 * CREDIT,
        "short_micro": 406 * CREDIT,
        "debt_micro": 0,
        "ways_out": [
            {"way": "buy_pack", "pack": "pack_500", "credits_micro": 500 * CREDIT},
            {"way": "upgrade", "plan": "pro_plus", "credits_micro": 6000 * CREDIT},
            {"way": "wait", "until": "2026-03-01T00:00:00Z", "credits_micro": 2000 * CREDIT},
            {"way": "use_model", "model": "lite"},
            {"way": "use_model", "model": "standard"},
        ],
    }


def test_packs_that_suffice_are_offered_first_then_the_smallest() -> None:
    packs = {
        name: {"credits": amount, "expires": "never", "sold_to": ["pro"]}
        for name, amount in (("large", 900), ("small", 10), ("middle", 500), ("tiny", 5))
    }
    wallet = Wallet(policy({"packs": packs}))
    ways = details(wallet.do(Charge(spend(2400))))["ways_out"]
    assert [each["pack"] for each in ways if each["way"] == "buy_pack"] == [
        "middle",
        "large",
        "tiny",
        "small",
    ]


def test_a_plan_without_cycles_has_nothing_to_wait_for() -> None:
    wallet = Wallet(plan="free")
    ways = details(wallet.do(Charge(spend(301))))["ways_out"]
    assert [each["way"] for each in ways] == ["upgrade", "upgrade", "use_model"]


def test_waiting_brings_what_the_next_cycles_plan_gives() -> None:
    wallet = Wallet(policy({"changes/downgrade/unused": "kept"}), plan="pro_plus")
    wallet.do(ChangePlan("pro"))
    ways = details(wallet.do(Charge(spend(7000))))["ways_out"]
    assert [each["credits_micro"] for each in ways if each["way"] == "wait"] == [2000 * CREDIT]
    wallet.do(Cancel())  # to the free plan, with its welcome gift
    ways = details(wallet.do(Charge(spend(7000))))["ways_out"]
    assert [each["credits_micro"] for each in ways if each["way"] == "wait"] == [300 * CREDIT]


def test_waiting_is_no_way_out_where_it_brings_nothing() -> None:
    wallet = Wallet(plan="free")
    wallet.do(ChangePlan("pro"))
    wallet.do(Cancel())
    ways = details(wallet.do(Charge(spend(7000))))["ways_out"]
    assert [each for each in ways if each["way"] == "wait"] == []


def test_a_wallet_without_a_plan_may_join_one() -> None:
    wallet = Wallet(plan="")
    assert wallet.refused(Subscribe("gold")) == "unknown_plan"
    answer = wallet.do(Charge(spend(1)))
    assert answer.refusal is not None
    assert answer.refusal.message == "needs 1.00, 0.00 available, 1.00 short"
    assert [each["plan"] for each in details(answer)["ways_out"] if each["way"] == "upgrade"] == [
        "free",
        "pro",
        "pro_plus",
    ]


def test_a_plan_that_the_version_in_force_no_longer_has_still_renews() -> None:
    later = policy(
        {"plans/pro": None, "packs/pack_500/sold_to": ["pro_plus"]}
        | {"replaces/plans": "new_subscribers_only", "replaces/keep": []},
        version=2,
    )
    wallet = Wallet(policy(), later, start=at("2026-09-15"))
    wallet.now = LATER + DAY
    ways = details(wallet.do(Charge(spend(3000))))["ways_out"]
    assert {
        "way": "wait",
        "until": "2026-10-15T00:00:00Z",
        "credits_micro": 2000 * CREDIT,
    } in ways
    wallet.do(Charge(spend(1)), at("2026-10-15"))
    assert wallet.available == 1999 * CREDIT


def test_after_the_request_what_is_left_is_taken() -> None:
    wallet = Wallet()
    answer = wallet.do(Charge(spend(2500), after_request=True))
    assert (charged(answer).price_micro, charged(answer).charged_micro) == (
        2500 * CREDIT,
        2000 * CREDIT,
    )
    assert (wallet.available, wallet.book.debt_micro) == (0, 0)
    assert charged(wallet.do(Charge(spend(1), after_request=True))).charged_micro == 0


def test_after_the_request_debt_is_made_up_to_its_limit() -> None:
    wallet = Wallet(policy(with_debt()))
    answer = wallet.do(Charge(spend(2030), after_request=True))
    assert (charged(answer).charged_micro, wallet.book.debt_micro) == (2030 * CREDIT, 30 * CREDIT)
    answer = wallet.do(Charge(spend(30), after_request=True))
    assert (charged(answer).charged_micro, wallet.book.debt_micro) == (20 * CREDIT, 50 * CREDIT)
    answer = wallet.do(Charge(spend(1), after_request=True))
    assert (charged(answer).charged_micro, wallet.book.debt_micro) == (0, 50 * CREDIT)
    assert [lot.terms.source for lot in wallet.lots.values()] == ["plan", "debt", "debt"]


def test_a_request_that_has_not_run_makes_no_debt() -> None:
    wallet = Wallet(policy(with_debt()))
    assert wallet.refused(Charge(spend(2030))) == "insufficient_credits"
    assert wallet.book.debt_micro == 0


def test_later_credits_pay_debt_first() -> None:
    wallet = Wallet(policy(with_debt()))
    wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(GiveGrant(20 * CREDIT))
    assert (wallet.available, wallet.book.debt_micro) == (0, 10 * CREDIT)
    wallet.do(BuyPack("pack_500"))
    assert (wallet.available, wallet.book.debt_micro) == (490 * CREDIT, 0)
    wallet.do(Adjust(CREDIT), reason="thanks")
    assert wallet.available == 491 * CREDIT


def test_restricted_credits_pay_no_debt() -> None:
    wallet = Wallet(policy(with_debt()))
    wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(GiveGrant(20 * CREDIT, restricted_to=Restriction(("lite",))))
    assert (wallet.available, wallet.book.debt_micro) == (20 * CREDIT, 30 * CREDIT)


def test_debt_may_be_left_to_adjustments() -> None:
    left = {"shortfall/debt/repaid_by": "adjustments", "plans/pro/balance_at_most": 2000}
    refunds = {"shortfall/in_debt": "refuse_all"}
    wallet = Wallet(policy(with_debt() | left | refunds))
    paid = wallet.do(Charge(spend(40)))
    wallet.do(Charge(spend(1990), after_request=True))
    wallet.do(GiveGrant(20 * CREDIT))
    wallet.do(Refund(paid.seq))
    assert (wallet.available, wallet.book.debt_micro) == (60 * CREDIT, 30 * CREDIT)
    refusal = wallet.do(Charge(spend(1))).refusal
    assert refusal is not None
    assert refusal.message == "the wallet owes 30.00 credits; an adjustment pays them"
    wallet.do(Settle(), START + 28 * DAY)
    assert (wallet.available, wallet.book.debt_micro) == (2000 * CREDIT, 30 * CREDIT)
    wallet.do(Adjust(31 * CREDIT), reason="paid by invoice", when=START + 28 * DAY)
    assert (wallet.available, wallet.book.debt_micro) == (2001 * CREDIT, 0)


def test_carried_credits_pay_no_debt_and_the_new_cycles_do() -> None:
    wallet = Wallet(policy(with_debt()))
    hold = wallet.do(OpenHold(amount_micro=100 * CREDIT))
    wallet.do(Charge(spend(1930), after_request=True))
    wallet.do(Release(hold.seq))
    assert (wallet.available, wallet.book.debt_micro) == (100 * CREDIT, 30 * CREDIT)
    wallet.do(ChangePlan("pro_plus"))
    assert wallet.remaining == {3: 100 * CREDIT, 4: 5970 * CREDIT}
    assert wallet.book.debt_micro == 0


def test_a_newer_version_with_a_lower_limit_lends_nothing_above_it() -> None:
    wallet = Wallet(
        policy(with_debt()), policy(with_debt(limit=10), version=2), start=at("2026-09-15")
    )
    wallet.do(Charge(spend(2030), after_request=True), at("2026-09-15"))
    answer = wallet.do(Charge(spend(1), after_request=True), LATER)
    assert (charged(answer).charged_micro, wallet.book.debt_micro) == (0, 30 * CREDIT)


def test_usage_is_priced_by_the_version_in_force_when_it_started() -> None:
    wallet = Wallet(policy(), policy(version=2), start=at("2026-09-15"))
    early = wallet.do(Charge(spend(1, "frontier", started_at=LATER - 1)), LATER + HOUR)
    assert (charged(early).price_micro, charged(early).rated_by) == (6 * CREDIT, 1)
    assert early.policy.version == 2
    late = wallet.do(Charge(spend(1, "frontier", started_at=LATER)))
    assert (charged(late).price_micro, charged(late).rated_by) == (5 * CREDIT, 2)


def test_usage_may_be_as_late_as_the_policy_says_and_no_later() -> None:
    wallet = Wallet()
    now = START + 20 * DAY
    assert wallet.do(Charge(spend(1, started_at=now - 7 * DAY)), now).refusal is None
    assert wallet.refused(Charge(spend(1, started_at=now - 7 * DAY - 1))) == "usage_too_late"


def test_usage_from_before_the_first_version_has_no_price() -> None:
    wallet = Wallet(start=at("2026-01-28"))
    assert wallet.refused(Charge(spend(1, started_at=wallet.now - 1))) == "no_policy_in_force"


def test_a_clock_a_little_ahead_means_now_and_one_far_ahead_is_refused() -> None:
    wallet = Wallet()
    answer = wallet.do(Charge(spend(1, started_at=START + CLOCK_SKEW_MAX)))
    assert charged(answer).started_at == START
    assert wallet.refused(Charge(spend(1, started_at=START + CLOCK_SKEW_MAX + 1))) == (
        "usage_in_future"
    )


def test_late_usage_draws_on_the_lots_as_they_are_now() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(5 * CREDIT, expires_at=START + DAY))
    answer = wallet.do(Charge(spend(1, started_at=START + HOUR)), START + DAY)
    assert [move.lot_no for move in answer.moves] == [1]


def test_refusals_of_the_price_are_refusals_of_the_charge() -> None:
    wallet = Wallet()
    assert wallet.refused(Charge(Usage.of("gpt", {}))) == "unknown_model"
    assert wallet.refused(Charge(Usage.of("lite", {"text": 1}))) == "unknown_unit"


def test_a_lot_for_images_pays_for_images_only() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(10 * CREDIT, restricted_to=Restriction((), ("image_input",))))
    usage = Usage.of("standard", {"text_input": 10_000, "image_input": 20_000})  # 1 and 3 credits
    answer = wallet.do(Charge(usage))
    assert [(move.lot_no, move.amount_micro) for move in answer.moves] == [
        (2, 3 * CREDIT),
        (1, CREDIT),
    ]
    wallet.do(Charge(Usage.of("standard", {"image_input": 100_000})))  # 15: 7 and 8
    assert wallet.remaining == {1: 1991 * CREDIT}


def test_credits_that_a_request_may_not_use_do_not_count_as_available_to_it() -> None:
    wallet = Wallet(plan="free")
    wallet.do(GiveGrant(1000 * CREDIT, restricted_to=Restriction(("lite",))))
    answer = wallet.do(Charge(spend(400)))
    assert (details(answer)["available_micro"], details(answer)["short_micro"]) == (
        300 * CREDIT,
        100 * CREDIT,
    )


def test_what_is_usual_is_the_median_of_the_latest_charges() -> None:
    wallet = Wallet()
    for credits_ in (1, 1, 9, 2):
        wallet.do(Charge(spend(credits_)))
        assert usual_charge(wallet.book) is None
    wallet.do(Charge(spend(3)))
    assert usual_charge(wallet.book) == 2 * CREDIT
    for _ in range(21):
        wallet.do(Charge(spend(4)))
    assert wallet.book.recent_charges == (4 * CREDIT,) * 21


def test_a_charge_far_above_the_usual_one_is_flagged() -> None:
    wallet = Wallet()
    flags = [charged(wallet.do(Charge(spend(each)))).flags for each in (1, 1, 1, 1, 1, 10, 11)]
    assert flags == [(), (), (), (), (), (), ("charge > 10 * usual_charge",)]
    assert charged(wallet.do(Charge(Usage.of("standard", {})))).flags == ()


def test_abnormal_rules_speak_of_credits() -> None:
    rules = policy({"abnormal": [{"when": "charge > 5 and usual_charge < 2", "then": "flag"}]})
    wallet = Wallet(rules)
    flags = [charged(wallet.do(Charge(spend(each)))).flags for each in (1, 1, 1, 1, 1, 5, 6)]
    assert flags[-2:] == [(), ("charge > 5 and usual_charge < 2",)]


def test_without_abnormal_rules_nothing_is_flagged() -> None:
    wallet = Wallet(policy({"abnormal": []}))
    assert [charged(wallet.do(Charge(spend(1)))).flags for _ in range(7)] == [()] * 7


@pytest.mark.parametrize("at_renewal", ["kept", "forgiven", "invoiced"])
def test_debt_at_a_renewal_is_kept_forgiven_or_invoiced(at_renewal: str) -> None:
    wallet = Wallet(policy(with_debt(at_renewal)))
    wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(Charge(Usage.of("standard", {})), START + 28 * DAY)
    assert wallet.book.debt_micro == 0
    assert wallet.available == (1970 if at_renewal == "kept" else 2000) * CREDIT
    renewal = next(each for each in wallet.transactions if each.kind == "renew")
    references = [each.reference for each in renewal.changes if each.kind == "referenced"]
    assert references == (["debt:ana:3"] if at_renewal == "invoiced" else [])


def test_a_renewal_without_debt_invoices_nothing() -> None:
    wallet = Wallet(policy(with_debt("invoiced")))
    wallet.do(Charge(Usage.of("standard", {})), START + 28 * DAY)
    assert [each.kind for each in wallet.transactions] == ["subscribe", "expire", "renew", "charge"]
    assert wallet.available == 2000 * CREDIT


def test_a_hold_counts_as_spent() -> None:
    wallet = Wallet()
    wallet.do(OpenHold(amount_micro=1999 * CREDIT))
    assert wallet.refused(Charge(spend(2))) == "insufficient_credits"
    wallet.do(Charge(spend(2)), START + 15 * MINUTE)
    assert wallet.available == 1998 * CREDIT


def test_a_pending_upgrade_changes_nothing_of_the_present_price() -> None:
    wallet = Wallet(policy({"changes/upgrade/when": "end_of_cycle"}))
    wallet.do(ChangePlan("pro_plus"))
    usage = replace(spend(1), started_at=START)
    assert charged(wallet.do(Charge(usage))).price_micro == CREDIT
