"""Lots: every granted credit is in exactly one pot."""

from dataclasses import replace

import pytest

from policyengine.ledger.holds import Draw, Hold
from policyengine.ledger.lots import UNRESTRICTED, Lot, LotTerms, Restriction
from policyengine.values.calendar import NEVER

LOT = Lot(LotTerms(1, 1, "grant", "r", 100, 0, NEVER), 40, 30, 15, 10, 5)


def test_a_lot_whose_pots_add_up_is_balanced() -> None:
    assert LOT.is_balanced
    assert not replace(LOT, remaining=41).is_balanced
    assert not replace(LOT, remaining=-10, held=80).is_balanced


@pytest.mark.parametrize(
    ("remaining", "held", "is_open"), [(1, 0, True), (0, 1, True), (0, 0, False)]
)
def test_a_lot_is_open_while_any_of_it_can_be_spent(
    remaining: int, held: int, is_open: bool
) -> None:
    assert replace(LOT, remaining=remaining, held=held).is_open is is_open


def test_a_restriction_of_nothing_is_none() -> None:
    assert not UNRESTRICTED
    assert Restriction(models=("lite",))
    assert Restriction(units=("text_input",))


def test_what_the_burn_order_asks_of_a_lot() -> None:
    terms = LOT.terms
    pack = replace(terms, source="pack", restricted_to=Restriction(("lite",)))
    assert (terms.is_restricted, terms.is_general) == (False, True)
    assert (pack.is_restricted, pack.is_general) == (True, False)
    assert (terms.is_pack, terms.is_no_pack, terms.is_paid_for) == (False, True, False)
    assert (pack.is_pack, pack.is_no_pack, pack.is_paid_for) == (True, False, True)
    assert replace(terms, effective_at=7).newest_first == (-7, -1)


def test_a_hold_holds_the_sum_of_its_draws() -> None:
    assert Hold(1, (Draw(1, 2), Draw(2, 3)), 0, 0).held_micro == 5
