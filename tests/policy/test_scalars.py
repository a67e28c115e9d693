"""What a scalar without quotes means, and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policyengine.policy.scalars import (
    DIGITS_MAX,
    LOOK_ALIKE_LENGTH_MAX,
    LookAlike,
    number_of,
    typed,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("300", 300),
        ("-7", -7),
        ("0.5", Decimal("0.5")),
        ("-0.25", Decimal("-0.25")),
        ("1.50", Decimal("1.50")),
        ("9" * DIGITS_MAX, int("9" * DIGITS_MAX)),
    ],
)
def test_the_core_schema_gives_null_truth_and_numbers(text: str, value: object) -> None:
    given_value = typed(text)
    assert value == given_value
    assert type(value) is type(given_value)


@pytest.mark.parametrize(
    "text",
    [
        *("on", "off", "yes", "no", "NO", "y", "tRUE", "nil", "none"),
        *("16:30", "1:1:1", "2026-01-28", "2026-01-28T00:00:00Z", "12 months", "20%"),
        *("gpt-4.1", "4o", "3.5-turbo", "1.2.3", "0x", "0xyz", "e5", "1e", "-", "--5", ".", "1-2"),
        *("inf", "nan", "Infinity", "x_1", "_1", "all_input > 200000", "1/3", "²", "½", "ab１"),
    ],
)
def test_text_stays_text(text: str) -> None:
    assert typed(text) == text


@pytest.mark.parametrize(
    ("text", "meant", "is_certain"),
    [
        ("010", "10", False),
        ("007.50", "7.50", False),
        ("-010", "-10", False),
        ("1_000", "1000", True),
        ("1__0_", "10", True),
        ("1_0.2_5", "10.25", True),
        ("1,000", "1000", False),
        ("1,000,000.5", "1000000.5", False),
        ("1'000", "1000", False),
        ("1 000", "1000", False),
        ("1.000.000", "1000000", False),
        ("0,5", "0.5", True),
        ("0,500", "0.500", True),
        ("12,25", "12.25", True),
        ("12,2500", "12.2500", True),
        ("12,250", "12250", False),
        ("1.000,50", "1000.50", False),
        (".5", "0.5", True),
        ("-.5", "-0.5", True),
        ("5.", "5", True),
        ("+5", "5", True),
        ("+0", "0", True),
        ("+.5", "0.5", True),
        ("1e3", "1000", True),
        ("1.5E-3", "0.0015", True),
        ("100e-2", "1", True),
        ("-2e+2", "-200", True),
        ("1e400", "", False),
        ("1e31", "", False),
        ("0x1F", "31", True),
        ("0o17", "15", True),
        ("0b11", "3", True),
        ("0x" + "f" * 60, "", False),
        ("１００", "100", True),
        ("１．５", "1.5", True),
        ("٣", "3", True),
        ("−5", "-5", True),
        ("1\u202f000", "1000", False),
        ("1’000", "1000", False),
        ("-0", "0", True),
        ("-0.00", "0.00", True),
    ],
)
def test_what_looks_like_a_number_is_refused_with_the_number_meant(
    text: str, meant: str, is_certain: bool
) -> None:
    found = typed(text)
    assert isinstance(found, LookAlike)
    assert ("PE040", meant, is_certain) == (found.code, found.meant, found.is_certain)
    assert (f"`{meant}`" if meant else "a plain number") in found.help
    assert f'`"{text}"`' in found.help


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN"])
def test_what_is_not_finite_is_refused(text: str) -> None:
    found = typed(text)
    assert isinstance(found, LookAlike)
    assert found.code == "PE041"


@pytest.mark.parametrize("text", ["1" * (DIGITS_MAX + 1), "0." + "1" * DIGITS_MAX, "9" * 4000])
def test_a_number_has_a_bound_on_its_digits(text: str) -> None:
    found = typed(text)
    assert isinstance(found, LookAlike)
    assert found.code == "PE028"


def test_long_text_is_not_compared_with_notations() -> None:
    assert typed("1_" * LOOK_ALIKE_LENGTH_MAX) == "1_" * LOOK_ALIKE_LENGTH_MAX


@given(st.integers(min_value=-(10**DIGITS_MAX) + 1, max_value=10**DIGITS_MAX - 1))
def test_every_plain_whole_number_is_read_back(number: int) -> None:
    assert typed(str(number)) == number


@given(st.decimals(min_value=0, max_value=10**12, places=6))
def test_every_plain_decimal_is_read_back_exactly(number: Decimal) -> None:
    text = format(number.copy_abs(), "f")
    assert typed(text) == number_of(text) == number


@given(st.text("0123456789+-_.,eExXob' １٣−", min_size=1, max_size=12))
@example("-0.0")
@example("0,000")
def test_text_of_digits_and_signs_is_a_number_a_finding_or_the_text_itself(text: str) -> None:
    value = typed(text)
    assert not isinstance(value, float)
    if isinstance(value, LookAlike):
        assert not value.meant or isinstance(typed(value.meant), int | Decimal)
    elif isinstance(value, str):
        assert value == text
    else:
        assert value is not None
        assert format(Decimal(value), "f") == text
