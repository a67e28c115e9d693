"""Graduated tiers are reported where they have no meaning, and only there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.checks.acme import Change, changed, codes, found
from policyengine.policy.load import load_policy


def parts(*pairs: tuple[str, str]) -> Change:
    """Graduated tiers for the only model, each with its condition and what it says of prices."""
    lines = [
        f"      - {{when: {when}, applies_to: part_above, {price}}}\n" for when, price in pairs
    ]
    old = "  standard: {multiplier: 1}\n"
    return old, "  standard:\n    multiplier: 1\n    tiers:\n" + "".join(lines)


@pytest.mark.parametrize(
    "pairs",
    [
        [("text_output > 1000", "multiplier: 2")],
        [("text_output >= 1", "multiplier: 2")],
        [("text_output > 0", "multiplier: 2")],
        [("1000 < text_output", "rates: {text_output: 900}")],
        [("text_output > 2 * 500", "multiplier: 2, rates: {text_output: 900}")],
        [("text_output > 1000", "multiplier: 2"), ("text_input > 5", "multiplier: 3")],
        [("text_output > 1000", "multiplier: 2"), ("text_output > 1001", "multiplier: 1")],
    ],
)
def test_ascending_bounds_of_units_with_other_prices_have_a_meaning(
    pairs: list[tuple[str, str]],
) -> None:
    is_always = pairs[0][0] in {"text_output >= 1", "text_output > 0"}
    assert codes(parts(*pairs)) == (["PE272"] if is_always else [])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([">", ">="]), st.integers(2, 9), st.sampled_from([1, 2, 3])),
        min_size=1,
        max_size=4,
    )
)
def test_a_graduated_tier_is_reported_if_and_only_if_it_does_not_ascend_or_changes_nothing(
    rules: list[tuple[str, int, int]],
) -> None:
    pairs = [(f"text_output {sign} {at}", f"multiplier: {factor}") for sign, at, factor in rules]
    diagnostics = load_policy(changed(parts(*pairs)), "acme.yaml").diagnostics
    reported = {(int(each.pointer.split("/")[4]), each.code) for each in diagnostics}
    expected = set()
    before, last = 0, 1
    for index, (sign, at, factor) in enumerate(rules):
        first = at + 1 if sign == ">" else at
        if first <= before:
            expected.add((index, "PE278"))
        elif factor == last:
            expected.add((index, "PE273"))
        before, last = first, factor
    assert reported == expected


def test_a_graduated_tier_that_differs_for_some_plan_has_an_effect() -> None:
    model = "  standard:\n    multiplier: 1\n    multiplier_on_plan: {free: 3}\n    tiers:\n"
    tier = "      - {when: text_output > 5, applies_to: part_above, multiplier: 1}\n"
    assert codes(("  standard: {multiplier: 1}\n", model + tier)) == []


def test_a_model_is_told_once_that_its_tiers_are_of_two_kinds() -> None:
    old, new = parts(("text_output > 5", "multiplier: 2"), ("text_output > 9", "multiplier: 3"))
    mixed = new.replace("part_above", "whole_request", 1)
    (finding,) = found((old, mixed))
    assert (finding.code, finding.pointer) == ("PE276", "/models/standard/tiers/1/applies_to")
