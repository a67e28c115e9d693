"""Giving: what a plan's grants give at the start of a cycle, on their own clocks, within caps."""

from typing import Any

from engine.wallets import CREDIT, DAY, START, Wallet, at, policy, spend
from policyengine.engine.commands import Cancel, ChangePlan, Charge, Settle
from policyengine.ledger.lots import Restriction
from policyengine.ledger.subscriptions import Given, Series
from policyengine.policy.policy import Policy
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.calendar import parse_span

MARCH = at("2026-03-01")


def monthly(**answers: Any) -> dict[str, Any]:
    plain = {"credits": 2000, "given": "each_cycle", "expires": "end_of_cycle"}
    return {**plain, "carry_over": "none", **answers}


def clock(every: str, **answers: Any) -> dict[str, Any]:
    return monthly(given="each_period", every=every, expires="end_of_period", **answers)


def with_grant(grant: dict[str, Any], **plan: Any) -> Policy:
    changes = {"plans/pro/grants/monthly": grant}
    return policy({**changes, **{f"plans/pro/{key}": value for key, value in plan.items()}})


def given(wallet: Wallet) -> tuple[Given, ...]:
    assert wallet.book.subscription is not None
    return wallet.book.subscription.given


def test_a_grant_has_its_priority_and_restriction() -> None:
    only = {"models": ["lite"], "units": ["text_input"]}
    wallet = Wallet(with_grant(monthly(priority=7, only_for=only)))
    terms = wallet.lots[1].terms
    assert (terms.priority, terms.restricted_to) == (7, Restriction(("lite",), ("text_input",)))


def test_a_clock_is_a_series_that_the_cycle_ends() -> None:
    wallet = Wallet(with_grant(clock("1 week")))
    (series,) = wallet.book.series.values()
    rule = "v1.plans.pro.grants.monthly"
    week = parse_span("1 week")
    first = START + 7 * DAY
    assert series == Series(1, 1, rule, 2000 * CREDIT, START, first, MARCH, 1, week)
    wallet.do(Settle(), MARCH - 1)
    assert (wallet.available, wallet.book.series) == (2000 * CREDIT, {})
    wallet.do(Settle(), MARCH)
    assert list(wallet.book.series) == [2]


def test_a_series_of_a_plan_ends_with_the_plan() -> None:
    wallet = Wallet(with_grant(clock("1 week")))
    wallet.do(ChangePlan("pro_plus"), START + DAY)
    assert wallet.book.series == {}


def test_a_cap_of_a_clock_counts_what_was_given_and_cuts_the_last() -> None:
    cap = {"credits": 5000, "per": "cycle"}
    wallet = Wallet(with_grant(clock("1 week", at_most=cap)))
    assert given(wallet) == (Given("monthly", START, 2000 * CREDIT),)
    wallet.do(Settle(), START + 21 * DAY)
    assert given(wallet) == (Given("monthly", START, 5000 * CREDIT),)
    assert [lot.terms.granted_micro // CREDIT for lot in wallet.lots.values()] == [2000, 2000, 1000]


def test_nothing_is_noted_where_nothing_counts_it() -> None:
    assert given(Wallet(with_grant(clock("1 week")))) == ()


def test_use_that_may_count_later_is_noted() -> None:
    wallet = Wallet(policy({"changes/upgrade/new_credits": "less_used"}))
    assert given(wallet) == (Given("monthly", START, 2000 * CREDIT),)
    wallet.do(Settle(), MARCH)
    assert given(wallet) == (Given("monthly", MARCH, 2000 * CREDIT),)


def test_a_pair_that_counts_use_is_enough_to_note_it() -> None:
    upgrade = {"when": "now", "new_cycle": "starts_now", "unused": "lost"}
    rule = {**upgrade, "carried_expires": "as_before", "new_credits": "less_used"}
    pairs = [{"from": "pro", "to": "pro_plus", "upgrade": rule}]
    wallet = Wallet(policy({"changes/pairs": pairs}))
    wallet.do(Charge(spend(500)))
    wallet.do(ChangePlan("pro_plus"))
    assert wallet.available == 5500 * CREDIT
    assert given(wallet) == (Given("monthly", START, 6000 * CREDIT),)


def test_a_clock_outside_its_promotion_gives_nothing_and_goes_on() -> None:
    between = {"from": "2026-02-05T00:00:00Z", "until": "2026-02-12T00:00:00Z"}
    wallet = Wallet(with_grant(clock("1 week", between=between)))
    assert wallet.available == 0
    wallet.do(Settle(), START + 7 * DAY)
    assert wallet.available == 2000 * CREDIT
    wallet.do(Settle(), START + 14 * DAY)
    assert (wallet.available, len(wallet.book.series)) == (0, 1)


def test_a_gift_comes_with_the_first_renewal_of_its_promotion() -> None:
    gift = {"credits": 30, "given": "once", "expires": "never"}
    between = {"from": "2026-03-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"}
    wallet = Wallet(with_grant({**gift, "between": between}))
    assert (wallet.available, wallet.book.gifts) == (0, ())
    for month in ("2026-03-01", "2026-04-01"):
        wallet.do(Settle(), at(month))
        assert wallet.available == 30 * CREDIT


def test_a_gift_that_a_cap_cuts_to_nothing_was_given_all_the_same() -> None:
    free = {"plans/free/balance_at_most": 1000}
    wallet = Wallet(policy({**free, "changes/cancel/when": "now", "changes/cancel/unused": "kept"}))
    wallet.do(Cancel())
    assert (wallet.available, len(wallet.book.gifts)) == (2000 * CREDIT, 1)


def test_a_cap_on_the_balance_leaves_room_for_what_pays_debt() -> None:
    debt: dict[str, Any] = {"shortfall/after_request": "go_into_debt"}
    debt |= {"shortfall/debt": {"limit": 50, "at_renewal": "kept"}}
    wallet = Wallet(policy({**debt, "plans/pro/balance_at_most": 2000}))
    wallet.do(Charge(spend(2050), after_request=True))
    wallet.do(Settle(), MARCH)
    assert (wallet.available, wallet.book.debt_micro) == (1950 * CREDIT, 0)


def test_a_wallet_with_all_that_a_ledger_accounts_for_renews_and_is_given_what_fits() -> None:
    half = 6 * 10**11
    wallet = Wallet(with_grant(monthly(credits=half, carry_over="all")))
    assert wallet.available == half * CREDIT
    wallet.do(Charge(spend(10)), at("2026-03-10"))
    assert wallet.available == AMOUNT_MICRO_MAX - 10 * CREDIT
    wallet.do(Settle(), at("2026-04-10"))
    assert wallet.available == AMOUNT_MICRO_MAX
