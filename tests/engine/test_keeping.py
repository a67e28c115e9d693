"""Keeping: how much of unused credits is kept when their grant comes again."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wallets import CREDIT, START, Wallet, at, policy, spend
from policyengine.engine.commands import ChangePlan, Charge, OpenHold, Release, Settle
from policyengine.engine.keeping import kept_of
from policyengine.ledger.lots import Lot, LotTerms
from policyengine.policy.policy import KeptRule, Policy
from policyengine.values.calendar import NEVER, parse_span

MARCH = at("2026-03-01")
AMOUNTS = st.integers(0, 10**9)


def keeping(**rollover: Any) -> Policy:
    return policy(
        {
            "plans/pro/grants/monthly/carry_over": "some",
            "plans/pro/grants/monthly/rollover": rollover,
        }
    )


def lot(remaining: int, times_kept: int = 0) -> Lot:
    terms = LotTerms(1, 1, "plan", "r", remaining, 0, NEVER, times_kept=times_kept)
    return Lot(terms, remaining)


def left_in_march(spent: int, **rollover: Any) -> int:
    """Spend so much of 2,000 in February; give what March begins with besides its own 2,000."""
    wallet = Wallet(keeping(**rollover))
    wallet.do(Charge(spend(spent)))
    wallet.do(Settle(), MARCH)
    return wallet.available // CREDIT - 2000


@pytest.mark.parametrize(
    ("rollover", "spent", "expected"),
    [
        ({"at_most": 500}, 0, 500),
        ({"at_most": 500}, 1800, 200),
        ({"at_most_times": 1}, 500, 1500),
        ({"at_least": 300}, 1900, 300),
        ({"at_least": 300}, 2000, 300),
        ({"at_least": 300, "share": "10%", "of": "remaining"}, 0, 300),
        ({"at_least": 100, "share": "10%", "of": "remaining"}, 0, 200),
        ({"share": "50%", "of": "remaining"}, 500, 750),
        ({"share": "50%", "of": "granted"}, 500, 1000),
        ({"share": "50%", "of": "granted"}, 1500, 500),
    ],
)
def test_what_is_kept(rollover: dict[str, Any], spent: int, expected: int) -> None:
    assert left_in_march(spent, **rollover) == expected


@given(
    st.fractions(Fraction(1, 100), Fraction(1)),
    st.sampled_from(["remaining", "granted"]),
    AMOUNTS,
    st.none() | AMOUNTS,
    st.lists(AMOUNTS, max_size=4),
)
def test_kept_credits_are_within_their_limits_and_never_minted(
    share: Fraction, of: Any, at_least: int, at_most: int | None, remaining: list[int]
) -> None:
    rule = KeptRule(share, of, at_least, at_most, None, renewed=True)
    (grant,) = policy().plans["pro"].grants
    left = sum(remaining)
    kept = kept_of(rule, grant, [lot(each) for each in remaining], 100)
    base = min(Fraction(left), share * (left if of == "remaining" else grant.amount_micro))
    assert 0 <= kept <= left
    assert kept <= (left if at_most is None else at_most)
    assert kept >= min(left, at_least, left if at_most is None else at_most)
    if at_most is None and at_least <= base:
        assert base - 100 < kept <= base


def test_credits_that_were_kept_often_enough_are_not_left() -> None:
    rule = KeptRule(Fraction(1), "remaining", 0, None, 2, renewed=True)
    (grant,) = policy().plans["pro"].grants
    assert kept_of(rule, grant, [lot(5, 1), lot(7, 2)], 1) == 5


def test_what_is_added_to_the_least_amount_names_its_rule() -> None:
    wallet = Wallet(keeping(at_least=300))
    wallet.do(Charge(spend(2000)))
    wallet.do(Settle(), MARCH)
    terms = wallet.lots[2].terms
    assert (terms.source, terms.rule) == ("plan", "v1.plans.pro.grants.monthly")
    assert (terms.granted_micro, terms.times_kept) == (300 * CREDIT, 1)


def test_a_renewal_follows_the_terms_of_the_cycle_that_ends() -> None:
    second = policy({"replaces/keep": []}, version=2)
    wallet = Wallet(keeping(at_most=500), second, start=at("2026-09-15"))
    wallet.do(Settle(), at("2026-10-15"))
    assert wallet.available == (500 + 2400) * CREDIT
    wallet.do(Settle(), at("2026-11-15"))
    assert wallet.available == 2400 * CREDIT


def test_an_upgrade_does_not_count_as_a_cycle() -> None:
    wallet = Wallet(keeping(cycles=1))
    wallet.do(ChangePlan("pro_plus"), START)
    assert [each.terms.times_kept for each in wallet.lots.values()] == [0, 0, 0]
    wallet.do(Settle(), MARCH)
    assert wallet.available == 8000 * CREDIT
    wallet.do(Settle(), at("2026-04-01"))
    assert wallet.available == 6000 * CREDIT


def test_all_that_outlasts_the_cycle_stays_where_it_is() -> None:
    answers = {"carry_over": "all", "expires": "2 months"}
    changes = {f"plans/pro/grants/monthly/{key}": value for key, value in answers.items()}
    wallet = Wallet(policy(changes))
    wallet.do(Settle(), MARCH)
    assert wallet.remaining == {1: 2000 * CREDIT, 2: 2000 * CREDIT}
    wallet.do(Settle(), at("2026-04-01"))
    assert [lot.terms.source for lot in wallet.lots.values()] == ["plan", "plan", "carried", "plan"]


def test_kept_credits_may_have_a_priority_of_their_own() -> None:
    wallet = Wallet(keeping(at_most=500, priority=5))
    wallet.do(Settle(), MARCH)
    shown = {each.terms.source: each.terms.priority for each in wallet.book.lots.values()}
    assert (shown["carried"], shown["plan"]) == (5, 50)
    wallet.do(Settle(), at("2026-04-01"))
    carried = [each for each in wallet.book.lots.values() if each.terms.source == "carried"]
    assert {each.terms.priority for each in carried if each.is_open} == {5}


@pytest.mark.parametrize("moment", ["2026-02-20", "2026-03-05", "2026-04-05", "2026-05-05"])
@pytest.mark.parametrize("expires", ["end_of_cycle", "10 days"])
def test_where_all_is_kept_what_a_hold_gives_back_is_kept_over_any_number_of_renewals(
    moment: str, expires: str
) -> None:
    rules = policy(
        {
            "plans/pro/grants/monthly/carry_over": "all",
            "plans/pro/grants/monthly/expires": expires,
            "estimate/longest_hold": "200 days",
        }
    )
    held, free = Wallet(rules), Wallet(rules)
    hold = held.do(OpenHold(100 * CREDIT, life=parse_span("150 days")))
    held.do(Release(hold.seq), at(moment))
    free.do(Settle(), at(moment))
    assert held.available == free.available
    ends = {each.terms.expires_at for each in held.lots.values() if each.remaining}
    assert ends == {each.terms.expires_at for each in free.lots.values() if each.remaining}
