"""Covering: fallbacks that help, debt that refuses, members that are named."""

from decimal import Decimal

from engine.limited import FALLBACK, IN_DEBT, OVERAGE, caps, limited
from engine.wallets import CREDIT, Wallet, at, policy, spend
from policyengine.engine.commands import Capture, Charge, GiveGrant, OpenHold, SetOverage, Usage
from policyengine.ledger.changes import Charged, FellBack, ForMember
from policyengine.ledger.transactions import change_of


def test_a_fallback_records_what_was_asked_for_and_its_price() -> None:
    wallet = Wallet(limited(FALLBACK))
    answer = wallet.do(Charge(spend(3000)))
    assert change_of(answer, FellBack) == FellBack("standard", "lite", 3000 * CREDIT)
    charge = change_of(answer, Charged)
    assert (charge.model, charge.charged_micro) == ("lite", 1500 * CREDIT)


def test_a_fallback_is_priced_by_the_version_in_force_when_the_request_began() -> None:
    without = policy({"models/lite": None, "models/tiny": {"multiplier": 1}})
    with_it = policy(
        {
            "shortfall/before_request": "fallback",
            "shortfall/fallback": {"model": "lite"},
        },
        version=2,
    )
    wallet = Wallet(without, with_it, start=at("2026-09-30"))
    late = Usage.of("standard", {"text_input": 25_000_000}, at("2026-09-30T12:00:00"))
    assert wallet.refused(Charge(late), at("2026-10-02")) == "insufficient_credits"


def test_a_plan_that_is_not_listed_does_not_fall_back() -> None:
    rules = limited(FALLBACK, {"shortfall/fallback": {"model": "lite", "plans": ["free"]}})
    assert Wallet(rules).refused(Charge(spend(2001))) == "insufficient_credits"


def test_a_request_falls_back_where_overage_has_no_room() -> None:
    both = limited(OVERAGE, {"shortfall/fallback": {"model": "lite"}})
    wallet = Wallet(both)
    refusing = wallet.do(Charge(spend(3000)))
    assert change_of(refusing, FellBack) == FellBack("standard", "lite", 3000 * CREDIT)
    assert wallet.book.limits.overage_micro == 0


def test_overage_comes_before_a_fallback() -> None:
    both = limited(OVERAGE, {"shortfall/fallback": {"model": "lite"}})
    wallet = Wallet(both)
    wallet.do(SetOverage(on=True))
    answer = wallet.do(Charge(spend(2001)))
    assert change_of(answer, FellBack) is None
    assert wallet.book.limits.overage_micro == CREDIT


def test_the_lower_of_balance_and_cap_is_what_a_refusal_names() -> None:
    cap = {"scope": "wallet", "credits": 2000, "per": "cycle"}
    assert Wallet(limited(caps(cap))).refused(Charge(spend(2001))) == "cap_reached"
    higher = {**cap, "credits": Decimal("2000.5")}
    assert Wallet(limited(caps(higher))).refused(Charge(spend(2001))) == "insufficient_credits"


def test_a_hold_of_an_amount_does_not_fall_back() -> None:
    assert Wallet(limited(FALLBACK)).refused(OpenHold(2001 * CREDIT)) == "insufficient_credits"


def test_a_capture_of_a_third_model_is_priced_as_that_one() -> None:
    wallet = Wallet(limited(FALLBACK))
    hold = wallet.do(OpenHold(usage=spend(3000)))
    answer = wallet.do(Capture(hold.seq, usage=spend(10, "frontier")))
    assert change_of(answer, FellBack) is None
    assert change_of(answer, Charged).price_micro == 60 * CREDIT


def test_a_capture_under_the_name_that_was_asked_for_is_priced_as_the_fallback() -> None:
    wallet = Wallet(limited(FALLBACK))
    hold = wallet.do(OpenHold(usage=spend(3000)))
    answer = wallet.do(Capture(hold.seq, usage=spend(100)))
    assert change_of(answer, Charged).price_micro == 50 * CREDIT
    assert change_of(answer, FellBack) == FellBack("standard", "lite", 100 * CREDIT)


def test_a_capture_of_an_amount_names_no_other_model() -> None:
    wallet = Wallet(limited(FALLBACK))
    hold = wallet.do(OpenHold(usage=spend(3000)))
    answer = wallet.do(Capture(hold.seq, amount_micro=CREDIT))
    assert change_of(answer, FellBack) is None


def test_a_capture_whose_asked_model_would_be_out_of_bounds_says_nothing_of_its_price() -> None:
    """lite costs 10^8 x 0.5 credits, frontier 10^8 x 20,000: more than a ledger can hold."""
    rules = limited(FALLBACK, {"models/frontier": {"multiplier": 20_000}})
    wallet = Wallet(rules)
    hold = wallet.do(OpenHold(usage=spend(1, "frontier")))
    huge = Usage.of("lite", {"text_input": 10**12})
    answer = wallet.do(Capture(hold.seq, usage=huge))
    assert answer.refusal is None
    assert change_of(answer, FellBack) is None


def test_what_costs_nothing_goes_ahead_in_debt() -> None:
    rules = limited(IN_DEBT, {"models/lite/multiplier": 0})
    wallet = Wallet(rules)
    wallet.do(Charge(spend(2010), after_request=True))
    assert wallet.book.debt_micro == 10 * CREDIT
    assert wallet.refused(Charge(spend(1))) == "in_debt"
    assert wallet.do(Charge(spend(1, "lite"))).refusal is None
    wallet.do(GiveGrant(11 * CREDIT))
    assert wallet.do(Charge(spend(1))).refusal is None


def test_a_member_is_recorded_with_the_charge_and_the_hold() -> None:
    wallet = Wallet()
    assert change_of(wallet.do(Charge(spend(1), member="mia")), ForMember) == ForMember("mia")
    hold = wallet.do(OpenHold(CREDIT, member="noa"))
    assert wallet.book.holds[hold.seq].member == "noa"
    answer = wallet.do(Capture(hold.seq, amount_micro=CREDIT))
    assert change_of(answer, ForMember) == ForMember("noa")


def test_a_members_name_is_one_that_a_ledger_can_keep() -> None:
    wallet = Wallet(limited(OVERAGE))
    assert wallet.refused(Charge(spend(1), member="a\0b")) == "invalid_text"
    assert wallet.refused(OpenHold(CREDIT, member="m" * 256)) == "invalid_text"
