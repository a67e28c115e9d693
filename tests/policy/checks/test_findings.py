"""How checks report: nearest names, and numbers as authors write them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.policy.checks.findings import did_you_mean, plain, pointer_to


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("pr", ["free", "pro"], "did you mean `pro`?"),
        ("zzz", ["free", "pro"], "use `free` or `pro`"),
        ("zzz", ["free"], "use `free`"),
        ("zzz", list("abcdefgh"), "use `a`, `b`, `c`, `d`, `e`, `f`, `g` or `h`"),
        ("zzz", list("abcdefghi"), "use one of `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, …"),
    ],
)
def test_the_nearest_name_or_all_names_are_offered(
    word: str, known: list[str], expected: str
) -> None:
    assert expected == did_you_mean(word, known)


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (Decimal("500.00"), 6, "500"),
        (Decimal("0.010"), 6, "0.01"),
        (Fraction(-1, 10000), 6, "-0.0001"),
        (Fraction(-7, 2), 6, "-3.5"),
        (Fraction(1, 3), 6, "0.333333…"),
        (Fraction(5, 2), 0, "2…"),
        (7, 6, "7"),
        (0, 6, "0"),
    ],
)
def test_a_number_is_written_as_in_a_policy(
    number: Decimal | Fraction | int, decimals: int, expected: str
) -> None:
    assert expected == plain(number, decimals)


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=6))
def test_a_number_of_six_decimals_is_written_exactly(number: Decimal) -> None:
    assert number == Decimal(plain(number))


def test_a_pointer_escapes_what_a_model_may_be_called() -> None:
    assert pointer_to("models", "a/b~c", "tiers", 0) == "/models/a~1b~0c/tiers/0"
