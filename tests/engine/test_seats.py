"""Seats: a pool grows at once, shrinks with the next cycle, and gives nothing twice."""

import pytest

from engine.limited import SEATS, limited
from engine.wallets import CREDIT, Wallet, at, policy
from policyengine.engine.commands import ChangePlan, SetSeats, Settle
from policyengine.engine.seats import SEATS_MAX

MARCH = at("2026-03-01")


def test_a_new_seat_gives_its_credits_until_the_end_of_the_cycle() -> None:
    wallet = Wallet(limited(SEATS))
    wallet.do(SetSeats(3))
    assert wallet.available == 6000 * CREDIT
    assert {lot.terms.expires_at for lot in wallet.lots.values()} == {MARCH}
    wallet.do(Settle(), MARCH)
    assert wallet.available == 6000 * CREDIT


def test_a_new_seat_brings_nothing_of_a_grant_that_is_for_the_whole_wallet() -> None:
    whole = {
        "credits": 10,
        "given": "each_cycle",
        "expires": "end_of_cycle",
        "carry_over": "none",
        "at_most": {"credits": 100, "per": "1 year"},  # so the ledger notes what it has given
    }
    wallet = Wallet(limited(SEATS, {"plans/pro/grants/whole": whole}))
    wallet.do(SetSeats(3))
    assert wallet.available == (6000 + 10) * CREDIT


def test_a_new_seat_counts_towards_the_use_of_its_own_grant_only() -> None:
    whole = {"credits": 10, "given": "each_cycle", "expires": "end_of_cycle", "carry_over": "none"}
    rules = {"plans/pro/grants/whole": whole, "changes/upgrade/new_credits": "less_used"}
    wallet = Wallet(limited(SEATS, rules))
    wallet.do(SetSeats(3))
    assert wallet.book.subscription is not None
    given = {each.grant: each.amount_micro for each in wallet.book.subscription.given}
    assert given == {"monthly": 6000 * CREDIT, "whole": 10 * CREDIT}


def test_a_seat_that_goes_gives_less_from_the_next_cycle_on() -> None:
    wallet = Wallet(limited(SEATS))
    wallet.do(SetSeats(3))
    wallet.do(SetSeats(2))
    assert (wallet.book.limits.seats, wallet.book.limits.seats_given) == (2, 3)
    wallet.do(Settle(), MARCH)
    assert wallet.available == 4000 * CREDIT
    assert (wallet.book.limits.seats, wallet.book.limits.seats_given) == (2, 2)


def test_the_seats_of_an_upgrade_are_those_of_the_wallet() -> None:
    rules = limited(SEATS, {"plans/pro_plus/grants/monthly/for_each": "seat"})
    wallet = Wallet(rules)
    wallet.do(SetSeats(2))
    wallet.do(ChangePlan("pro_plus"))
    assert wallet.available == (4000 + 12000) * CREDIT


def test_a_plan_without_seats_and_a_wallet_without_a_plan_have_none() -> None:
    assert Wallet().refused(SetSeats(2)) == "not_offered"


@pytest.mark.parametrize("seats", [0, -1, SEATS_MAX + 1])
def test_the_number_of_seats_is_bounded(seats: int) -> None:
    assert Wallet(limited(SEATS)).refused(SetSeats(seats)) == "invalid_count"


def test_new_terms_of_a_plan_count_seats_from_their_own_renewal_on() -> None:
    second = policy({"plans/pro/grants/monthly/for_each": "seat"}, version=2)
    wallet = Wallet(policy(), second, start=at("2026-09-20"))
    assert wallet.refused(SetSeats(2), at("2026-10-02")) == "not_offered"
    wallet.do(Settle(), at("2026-10-20"))
    assert wallet.do(SetSeats(2)).refusal is None
