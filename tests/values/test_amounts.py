"""Amounts are exact: read whole or refused, rounded once, written without loss."""

from decimal import Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.values.amounts import (
    AMOUNT_MICRO_MAX,
    MICRO_PER_CREDIT,
    RoundingMode,
    credits_plain,
    credits_text,
    micro_of,
    round_ratio,
)

micros = st.integers(-AMOUNT_MICRO_MAX, AMOUNT_MICRO_MAX)
modes = st.sampled_from(["up", "down", "half_up", "half_even"])


@pytest.mark.parametrize(
    ("numerator", "mode", "expected"),
    [
        (0, "up", 0),
        (1, "up", 10),
        (10, "up", 10),
        (11, "up", 20),
        (19, "down", 10),
        (14, "half_up", 10),
        (15, "half_up", 20),
        (16, "half_up", 20),
        (15, "half_even", 20),
        (25, "half_even", 20),
        (26, "half_even", 30),
        (24, "half_even", 20),
    ],
)
def test_a_ratio_is_rounded_to_a_multiple_by_its_mode(
    numerator: int, mode: RoundingMode, expected: int
) -> None:
    assert expected == round_ratio(numerator, 1, 10, mode)
    assert expected == round_ratio(numerator * 3, 3, 10, mode)


@given(st.integers(0, 10**30), st.integers(1, 10**9), st.integers(1, 10**7), modes)
def test_rounding_moves_a_price_by_less_than_one_quantum(
    numerator: int, denominator: int, quantum: int, mode: RoundingMode
) -> None:
    exact = Fraction(numerator, denominator)
    rounded = round_ratio(numerator, denominator, quantum, mode)
    assert rounded % quantum == 0
    assert abs(rounded - exact) < quantum
    assert mode != "up" or rounded >= exact
    assert mode != "down" or rounded <= exact
    assert mode not in {"half_up", "half_even"} or abs(rounded - exact) * 2 <= quantum


@given(st.integers(0, 10**20), st.integers(0, 10**20), st.integers(1, 10**6), modes)
def test_rounding_keeps_order(one: int, other: int, quantum: int, mode: RoundingMode) -> None:
    low, high = sorted((one, other))
    assert round_ratio(low, 7, quantum, mode) <= round_ratio(high, 7, quantum, mode)


@given(micros)
def test_every_amount_of_micro_credits_reads_back_exactly(micro: int) -> None:
    assert micro == micro_of(Decimal(micro) / MICRO_PER_CREDIT)
    assert micro == micro_of(Decimal(credits_plain(micro)))
    assert micro == micro_of(Decimal(credits_text(micro).replace(",", "")))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (5, 5_000_000),
        (Decimal("0.000001"), 1),
        (Decimal("-0.5"), -500_000),
        (Decimal("1.00000000000000000000000000000000000000"), 1_000_000),
        (Decimal("0E-50"), 0),
        (Decimal("0E+50"), 0),
        (10**12, AMOUNT_MICRO_MAX),
        (-(10**12), -AMOUNT_MICRO_MAX),
    ],
)
def test_credits_become_micro_credits(amount: Decimal | int, expected: int) -> None:
    assert expected == micro_of(amount)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (Decimal("0.0000001"), "more than six decimals"),
        (Decimal("1.0000001"), "more than six decimals"),
        (Decimal("1E-999999999"), "more than six decimals"),
        (Decimal("1.0000000000000000000000000000000000001"), "more than six decimals"),
        (Decimal("0.0000010000000000000000000000000000001"), "more than six decimals"),
        (Decimal("1000000000000.000001"), "more credits than a ledger"),
        (Decimal("1E+999999999"), "more credits than a ledger"),
        (10**13, "more credits than a ledger"),
        (-(10**12) - 1, "more credits than a ledger"),
        (Decimal("NaN"), "is not an amount"),
        (Decimal("Infinity"), "is not an amount"),
    ],
)
def test_what_is_no_exact_amount_is_refused(amount: Decimal | int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        micro_of(amount)


def test_the_callers_decimal_context_makes_no_difference() -> None:
    with localcontext() as context:
        context.prec = 3
        assert getcontext().prec == 3
        assert micro_of(Decimal("1234.567891")) == 1_234_567_891


@pytest.mark.parametrize(
    ("micro", "text", "plain"),
    [
        (1_234_500_000, "1,234.50", "1234.5"),
        (1, "0.000001", "0.000001"),
        (-1_000_000, "-1.00", "-1"),
        (0, "0.00", "0"),
        (-1, "-0.000001", "-0.000001"),
        (1_230_000, "1.23", "1.23"),
    ],
)
def test_amounts_are_written_for_people_and_for_machines(micro: int, text: str, plain: str) -> None:
    assert (text, plain) == (credits_text(micro), credits_plain(micro))


def test_credits_may_be_written_without_decimals() -> None:
    assert credits_text(2_000_000, decimals=0) == "2"
    assert credits_text(2_500_000, decimals=0) == "2.5"
