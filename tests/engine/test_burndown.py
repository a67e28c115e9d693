"""Burn-down: a total order, restricted lots for what they may pay, as much paid as can be."""

from dataclasses import replace
from itertools import permutations, product
from typing import Final, TypeAlias, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.engine.burndown import (
    Bill,
    BurnOrder,
    Source,
    available_sources,
    first_in_burn_order,
    in_burn_order,
    needs_shares,
    pay,
    pay_from,
    shared_out,
)
from policyengine.ledger.holds import Draw
from policyengine.ledger.lots import UNRESTRICTED, Lot, LotEnd, LotSource, LotTerms, Restriction
from policyengine.policy.document.plans import BurnKey
from policyengine.values.calendar import NEVER

IMAGES: Final = Restriction(units=("image",))
LITE: Final = Restriction(models=("lite",))


def lot(
    number: int,
    source: LotSource = "grant",
    priority: int = 50,
    expires_at: int = NEVER,
    effective_at: int = 0,
    restricted_to: Restriction = UNRESTRICTED,
) -> Lot:
    terms = LotTerms(number, 1, source, "", 100, effective_at, expires_at, priority, restricted_to)
    return Lot(terms, 100)


def begun(number: int, granted: int, *, left: int) -> Lot:
    terms = replace(lot(number).terms, granted_micro=granted)
    return Lot(terms, left, consumed=granted - left)


def numbers(lots: list[Lot]) -> list[int]:
    return [each.terms.no for each in lots]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("priority",), [6, 2, 4, 1, 3, 5, 7]),
        (("soonest_expiry",), [6, 3, 5, 4, 1, 2, 7]),
        (("plan_before_pack",), [6, 1, 2, 4, 5, 7, 3]),
        (("pack_before_plan",), [6, 3, 1, 2, 4, 5, 7]),
        (("free_before_bought",), [6, 2, 4, 7, 1, 3, 5]),
        (("oldest",), [6, 4, 5, 2, 1, 3, 7]),
        (("newest",), [6, 7, 3, 1, 2, 5, 4]),
        (("general_first", "priority"), [2, 4, 1, 3, 5, 7, 6]),
        (("soonest_expiry", "restricted_first"), [3, 5, 4, 6, 1, 2, 7]),
        ((), [6, 1, 2, 3, 4, 5, 7]),
    ],
)
def test_each_key_of_the_burn_order(order: BurnOrder, expected: list[int]) -> None:
    lots = [
        lot(1, "plan", effective_at=9),
        lot(2, "gift", priority=1, effective_at=8),
        lot(3, "pack", expires_at=5, effective_at=9),
        lot(4, "grant", priority=1, expires_at=7),
        lot(5, "carried", expires_at=5, effective_at=7),
        lot(6, restricted_to=LITE),
        lot(7, "adjustment", effective_at=10),
    ]
    for turn in range(len(lots)):
        turned = [*lots[turn:], *lots[:turn]]
        assert expected == numbers(in_burn_order(turned, order))
        assert expected == numbers(in_burn_order(reversed(turned), order))


@pytest.mark.parametrize(
    ("order", "expected"), [("larger_first", [2, 3, 1]), ("smaller_first", [1, 2, 3])]
)
def test_lots_are_ordered_by_what_they_began_with(order: BurnKey, expected: list[int]) -> None:
    lots = [begun(1, 50, left=50), begun(2, 90, left=1), begun(3, 90, left=90)]
    assert expected == numbers(in_burn_order(lots, (order, "oldest")))


orders = st.lists(st.sampled_from(get_args(BurnKey)), unique=True, max_size=4).map(tuple)
"""Few values for each thing that is compared, so that many lots are alike in it."""
general_terms = st.builds(
    LotTerms,
    no=st.just(0),
    opened_by=st.just(1),
    source=st.sampled_from(get_args(LotSource)),
    rule=st.just(""),
    granted_micro=st.integers(10, 12),
    effective_at=st.integers(0, 2),
    expires_at=st.integers(5, 7),
    priority=st.integers(1, 2),
)
some_terms = st.lists(
    general_terms
    | st.builds(replace, general_terms, restricted_to=st.sampled_from([IMAGES, LITE])),
    max_size=6,
)


def lots_of(terms: list[LotTerms], left: list[int]) -> list[Lot]:
    """Number lots backwards, so that the order of the list is not that of the numbers."""
    numbered = enumerate(zip(terms, left, strict=False))
    return [
        Lot(replace(each, no=len(terms) - index), amount, consumed=each.granted_micro - amount)
        for index, (each, amount) in numbered
    ]


@given(st.lists(general_terms, min_size=1, max_size=6), orders)
def test_the_first_lot_is_found_without_ordering_the_others(
    terms: list[LotTerms], order: BurnOrder
) -> None:
    lots = lots_of(terms, [1] * len(terms))
    assert in_burn_order(lots, order)[0] is first_in_burn_order(lots, order)


@given(some_terms, st.lists(st.integers(0, 9), min_size=6, max_size=6), orders, st.integers(0, 30))
def test_a_bill_is_paid_as_if_all_lots_had_been_ordered(
    terms: list[LotTerms], left: list[int], order: BurnOrder, amount: int
) -> None:
    lots = lots_of(terms, left)
    bill = Bill(amount, "lite", (("image", amount // 2), ("text", amount - amount // 2)))
    assert pay(bill, available_sources(lots, order)) == pay_from(bill, lots, order)


def test_published_example_of_priorities_and_expiries() -> None:
    # A (priority 1, expires 10, 50), B (priority 1, expires 20, 80), C (priority 2, never, 100):
    # a charge of 90 takes 50 of A and 40 of B.
    lots = [
        replace(lot(3, priority=2), remaining=100),
        replace(lot(2, priority=1, expires_at=20), remaining=80),
        replace(lot(1, priority=1, expires_at=10), remaining=50),
    ]
    order: BurnOrder = ("priority", "soonest_expiry", "oldest")
    assert pay_from(Bill(90), lots, order).draws == (Draw(1, 50), Draw(2, 40))


def test_closed_and_ended_lots_are_no_sources() -> None:
    ended = replace(lot(2), end=LotEnd("withdrawn", 0))
    empty = replace(lot(3), remaining=0, consumed=100)
    assert available_sources([lot(1), ended, empty], ()) == [(1, 100, UNRESTRICTED)]


def test_a_bill_needs_shares_only_where_a_lot_asks_for_units() -> None:
    assert not needs_shares([lot(1), lot(2, restricted_to=LITE)])
    assert needs_shares([lot(1), lot(2, restricted_to=IMAGES)])


def test_lots_pay_in_order_and_the_rest_is_short() -> None:
    sources = [(7, 10, UNRESTRICTED), (8, 5, UNRESTRICTED)]
    assert pay(Bill(12), sources).draws == (Draw(7, 10), Draw(8, 2))
    assert pay(Bill(20), sources).short_micro == 5
    assert pay(Bill(0), sources).draws == ()
    assert pay(Bill(3), []).short_micro == 3


def test_a_lot_restricted_to_models_pays_for_these_only() -> None:
    sources = [(1, 10, LITE), (2, 10, UNRESTRICTED)]
    assert pay(Bill(12, "lite"), sources).draws == (Draw(1, 10), Draw(2, 2))
    assert pay(Bill(12, "frontier"), sources).draws == (Draw(2, 10),)
    assert pay(Bill(12), sources).short_micro == 2


def test_a_lot_restricted_to_units_pays_their_share_only() -> None:
    sources = [(1, 50, IMAGES), (2, 100, UNRESTRICTED)]
    bill = Bill(60, "lite", (("text", 40), ("image", 20)))
    assert pay(bill, sources).draws == (Draw(1, 20), Draw(2, 40))


def test_a_lot_restricted_to_units_pays_nothing_of_a_bill_without_shares() -> None:
    sources = [(1, 50, IMAGES), (2, 30, UNRESTRICTED)]
    assert pay(Bill(60), sources).draws == (Draw(2, 30),)


def test_a_lot_restricted_to_both_pays_where_both_fit() -> None:
    both = Restriction(("lite",), ("image",))
    bill = Bill(60, "lite", (("text", 40), ("image", 20)))
    assert pay(bill, [(1, 50, both)]).draws == (Draw(1, 20),)
    assert pay(replace(bill, model="standard"), [(1, 50, both)]).draws == ()


@pytest.mark.parametrize("shares", list(permutations([("text", 50), ("image", 50)])))
def test_a_general_lot_that_pays_first_leaves_images_to_the_lot_for_images(
    shares: tuple[tuple[str, int], ...],
) -> None:
    sources = [(1, 50, UNRESTRICTED), (2, 50, IMAGES)]
    assert pay(Bill(100, "", shares), sources).short_micro == 0


@pytest.mark.parametrize("shares", list(permutations([("a", 10), ("b", 10), ("c", 10)])))
def test_earlier_lots_change_units_among_themselves_for_a_later_one(
    shares: tuple[tuple[str, int], ...],
) -> None:
    sources = [
        (1, 10, Restriction(units=("a", "b"))),
        (2, 10, Restriction(units=("b", "c"))),
        (3, 10, Restriction(units=("a",))),
    ]
    assert pay(Bill(30, "", shares), sources).draws == (Draw(1, 10), Draw(2, 10), Draw(3, 10))


UNITS: Final = ("a", "b", "c")
restrictions = st.builds(
    Restriction,
    st.sampled_from([(), (), ("m",), ("n",)]),
    st.sets(st.sampled_from(UNITS)).map(lambda each: tuple(sorted(each))),
)
all_sources = st.lists(st.tuples(st.integers(1, 9), restrictions), max_size=4)
all_shares = st.lists(st.integers(0, 6), min_size=3, max_size=3)
Shares: TypeAlias = list[int]


def _feasible(given: tuple[int, ...], sources: list[Source], shares: Shares) -> bool:
    """Ask by brute force whether sources can give so much: no set of units is asked too much."""
    for kept in product((False, True), repeat=len(UNITS)):
        chosen = {unit for unit, is_in in zip(UNITS, kept, strict=True) if is_in}
        asked = sum(
            amount
            for amount, (_, _, restricted) in zip(given, sources, strict=True)
            if _may_pay(restricted) <= chosen
        )
        room = sum(share for unit, share in zip(UNITS, shares, strict=True) if unit in chosen)
        if asked > room:
            return False
    return True


def _may_pay(restricted: Restriction) -> set[str]:
    if restricted.models and "m" not in restricted.models:
        return set()
    return set(restricted.units or UNITS)


@given(all_sources, all_shares)
def test_each_source_in_turn_pays_as_much_as_can_be_paid(
    drawn: list[tuple[int, Restriction]], shares: Shares
) -> None:
    sources: list[Source] = [
        (number, amount, restricted) for number, (amount, restricted) in enumerate(drawn)
    ]
    bill = Bill(sum(shares), "m", tuple(zip(UNITS, shares, strict=True)))
    wanted: tuple[int, ...] = ()
    for number, (_, most, _) in enumerate(sources):
        rest = (0,) * (len(sources) - number - 1)
        wanted += (
            max(
                amount
                for amount in range(most + 1)
                if _feasible((*wanted, amount, *rest), sources, shares)
            ),
        )
    assert list(wanted) == shared_out(bill, sources)
    backwards = replace(bill, shares=tuple(reversed(bill.shares)))
    assert list(wanted) == shared_out(backwards, sources)
