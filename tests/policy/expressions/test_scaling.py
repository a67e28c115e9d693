"""Conditions that hold alike in any unit are told apart, and really do."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.policy.expressions import (
    Dimension,
    Expression,
    is_scale_free,
    parse_expression,
)

NAMES: dict[str, Dimension] = {"charge": "credits", "usual_charge": "credits"}
FREE = [
    "charge > 10 * usual_charge",
    "charge > usual_charge * 3 and not charge >= 2 * (charge - usual_charge) / 4",
    "max(charge, 2 * usual_charge) == charge or -charge < usual_charge",
    "usual_charge < charge <= 5 * usual_charge",
]
BOUND = [
    "charge > 50",
    "charge > 10 * usual_charge + 1",
    "charge > 10 * usual_charge and charge > 1",
    "max(charge, 5) > usual_charge",
    "ceil(charge) > usual_charge",
    "(charge if charge > 5 else usual_charge) > usual_charge",
    "2 * (charge + 1) > usual_charge",
]


def read(text: str) -> Expression:
    found = parse_expression(text, NAMES, "yes_no")
    assert isinstance(found, Expression), found
    return found


@pytest.mark.parametrize("text", FREE)
def test_conditions_of_amounts_among_themselves_are_free(text: str) -> None:
    assert is_scale_free(read(text))


@pytest.mark.parametrize("text", BOUND)
def test_conditions_with_an_amount_of_their_own_are_not(text: str) -> None:
    assert not is_scale_free(read(text))


@given(st.sampled_from(FREE), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_free_condition_is_the_same_in_credits_and_micro_credits(
    text: str, charge: int, usual: int
) -> None:
    expression = read(text)
    values = {"charge": charge, "usual_charge": usual}
    micro = [values[name] for name in expression.names_used]
    exact = [Fraction(each, 10**6) for each in micro]
    assert expression.compiled(*exact) == expression.compiled(*micro)
