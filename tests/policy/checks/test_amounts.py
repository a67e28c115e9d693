"""Amounts: exact to what a ledger holds, and multiples of what is charged."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.checks.acme import codes, found, tiers
from policyengine.policy.checks.amounts import _decimals


@given(st.integers(0, 10**12), st.integers(0, 20), st.integers(0, 3))
def test_decimals_are_counted_by_value(whole: int, places: int, zeros: int) -> None:
    number = Decimal(f"{whole}.{'0' * places}1")
    assert places + 1 == _decimals(number)
    assert places + 1 == _decimals(Decimal(f"{number}{'0' * zeros}"))
    assert _decimals(Decimal(whole)) == 0


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("smallest: 0.01", "smallest: 0.000001", []),
        ("smallest: 0.01", "smallest: 0.0100000", []),
        ("smallest: 0.01", "smallest: 0.0000001", ["PE220"]),
        ("minimum: 0.01", "minimum: 0", []),
        ("minimum: 0.01", "minimum: 1000.01", []),
        ("minimum: 0.01", "minimum: 0.0100001", ["PE220", "PE222"]),
        ("minimum: 0.01", "minimum: 0.011", ["PE222"]),
        ("credits: 300", "credits: 0.01", []),
        ("credits: 300", "credits: 0.001", ["PE223"]),
        ("credits: 300", "credits: 0.0000001", ["PE220"]),
        ("credits: 500", "credits: 500.005", ["PE223"]),
        ("credits: 500", "credits: 1000000000000", []),
        ("text_input: 100", "text_input: 0.123456789", []),
        ("text_input: 100", "text_input: 0.1234567891", ["PE221"]),
        ("{multiplier: 1}", "{multiplier: 0.333333}", []),
        ("{multiplier: 1}", "{multiplier: 0.3333333}", ["PE221"]),
        ("{multiplier: 1}", "{multiplier: 1, rates: {image: 0.1234567891}}", ["PE221"]),
        ("per: 1000000", "per: 1", []),
    ],
)
def test_amounts_and_factors_of_a_policy(old: str, new: str, expected: list[str]) -> None:
    assert expected == codes((old, new))


def test_a_limit_of_debt_is_an_amount() -> None:
    debt = "go_into_debt, debt: {limit: 0.0000001, at_renewal: kept}"
    assert codes(("take_what_is_left", debt)) == ["PE220"]


def test_a_tier_has_its_factor_as_well() -> None:
    assert codes(tiers(("all_input > 5", "1.0000001"))) == ["PE221"]


@pytest.mark.parametrize(
    ("multiplier", "expected"), [("2000000000", []), ("2000000001", ["PE224"])]
)
def test_a_single_count_costs_what_a_ledger_can_hold(multiplier: str, expected: list[str]) -> None:
    per_one = ("per: 1000000", "per: 1")
    assert expected == codes(per_one, ("{multiplier: 1}", f"{{multiplier: {multiplier}}}"))


def test_the_dearest_unit_is_named() -> None:
    huge = ("{multiplier: 1}", "{multiplier: 1000000000000, rates: {image: 1000000000}}")
    (finding,) = found(huge)
    assert finding.message == (
        "one `image` of `standard` costs 1000000000000000 credits, more than a ledger can hold"
    )


@pytest.mark.parametrize(
    ("written", "help_"),
    [
        ("0.015", "write `0.01` or `0.02`"),
        ("0.001", "write `0.01`"),
    ],
)
def test_a_minimum_between_two_multiples_is_offered_both(written: str, help_: str) -> None:
    (finding,) = found(("minimum: 0.01", f"minimum: {written}"))
    assert help_ == finding.help


def test_a_number_that_rounds_to_nothing_is_not_offered() -> None:
    (finding,) = found(("smallest: 0.01", "smallest: 0.0000001"))
    assert finding.help == "round it: an amount has at most 6 decimals"
