"""`lower_bound` reads conditions of one name and one number, and no others."""

from fractions import Fraction

import pytest

from policy.expressions.written import NAMES
from policyengine.policy.expressions import Expression, Threshold, lower_bound, parse_expression


def bound_of(text: str) -> Threshold | None:
    expression = parse_expression(text, NAMES, "yes_no")
    assert isinstance(expression, Expression), expression
    return lower_bound(expression)


@pytest.mark.parametrize(
    ("text", "value", "inclusive"),
    [
        ("all_input > 200000", 200000, False),
        ("all_input >= 200000", 200000, True),
        ("200000 < all_input", 200000, False),
        ("200000 <= all_input", 200000, True),
        ("(all_input) > 200 * 1000 + 0.5", Fraction("200000.5"), False),
        ("all_input > -1", -1, False),
    ],
)
def test_a_lower_bound_is_read_from_either_side(
    text: str, value: int | Fraction, inclusive: bool
) -> None:
    assert Threshold("all_input", Fraction(value), inclusive) == bound_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "all_input < 200000",
        "all_input <= 200000",
        "200000 > all_input",
        "200000 >= all_input",
        "all_input == 200000",
        "all_input != 200000",
        "0 < all_input < 200000",
        "all_input > all_output",
        "2 * all_input > 200000",
        "2 > 1",
        "not all_input > 200000",
        "all_input > 200000 and failed",
        "failed",
    ],
)
def test_other_conditions_have_no_lower_bound(text: str) -> None:
    assert bound_of(text) is None
