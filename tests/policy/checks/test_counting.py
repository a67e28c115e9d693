"""The constants that a policy may set are those of the formulas that count images."""

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import get_args

import pytest

from policy.checks.acme import codes, found
from policyengine.policy.checks.counting import IMAGE_CONSTANTS
from policyengine.policy.document.pricing import ImageFormulaName
from policyengine.tokens.presets import PRESETS, formula_of

LEAST: Mapping[str, int | str] = {"tokens": 0, "whole": 1, "factor": "0.000001"}
BELOW: Mapping[str, int | str] = {"tokens": -1, "whole": 0, "factor": "0"}


def constant(formula: str, name: str, value: object) -> tuple[str, str]:
    """A model that is counted by a formula with one constant set."""
    image = f"{{formula: {formula}, constants: {{{name}: {value}}}}}"
    counting = f"counting:\n  way: {{text: o200k_base, image: {image}}}\n"
    old = "  standard: {multiplier: 1}\n"
    return old, f"  standard: {{multiplier: 1, counted_as: way}}\n{counting}"


def test_every_formula_of_the_language_is_one_that_counts() -> None:
    assert list(PRESETS) == list(get_args(ImageFormulaName))
    assert set(PRESETS) == set(IMAGE_CONSTANTS)


@pytest.mark.parametrize("name", PRESETS)
def test_the_table_holds_the_numbers_of_each_formula(name: str) -> None:
    numbers = {
        field.name
        for field in fields(PRESETS[name])
        if "int" in str(field.type) or "Fraction" in str(field.type)
    }
    assert numbers == set(IMAGE_CONSTANTS[name])


@pytest.mark.parametrize("name", PRESETS)
def test_the_least_that_the_table_admits_is_the_least_that_a_formula_bears(name: str) -> None:
    for each, kind in IMAGE_CONSTANTS[name].items():
        is_factor = isinstance(getattr(PRESETS[name], each), Fraction)
        assert is_factor == (kind == "factor")
        formula_of(name, {each: LEAST[kind]})
        with pytest.raises(ValueError, match=each):
            formula_of(name, {each: BELOW[kind]})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("tile_tokens", "0", []),
        ("tile_tokens", "170.0", []),
        ("tile_tokens", "170.5", ["PE207"]),
        ("tile_px", "0", ["PE207"]),
        ("tile_px", "1", []),
        ("tiles", "1", ["PE205"]),
    ],
)
def test_a_constant_is_known_and_bearable(name: str, value: str, expected: list[str]) -> None:
    assert expected == codes(constant("gpt-4o", name, value))


@pytest.mark.parametrize(("value", "expected"), [("0", ["PE207"]), ("1.62", []), ("2", [])])
def test_a_factor_is_above_0(value: str, expected: list[str]) -> None:
    assert expected == codes(constant("gpt-5.2", "multiplier", value))


def test_a_constant_has_no_more_decimals_than_formulas_read() -> None:
    (finding,) = found(constant("gpt-5.2", "multiplier", "1.6200001"))
    assert finding.code == "PE221"
