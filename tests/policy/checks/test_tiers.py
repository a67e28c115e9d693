"""A tier that is reported has no effect on any request, and one that is not has an effect."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.checks.acme import changed, codes, found, tiers
from policyengine.policy.load import load_policy

THRESHOLDS = st.tuples(
    st.sampled_from([">", ">=", "<", "<="]), st.integers(0, 12), st.sampled_from([1, 2, 3])
)


def multiplier_of(rules: list[tuple[str, int, int]], count: int) -> int:
    """What the last tier that holds says; 1 without any."""
    holds = {
        ">": count.__gt__,
        ">=": count.__ge__,
        "<": count.__lt__,
        "<=": count.__le__,
    }
    return next((factor for sign, at, factor in reversed(rules) if holds[sign](at)), 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(THRESHOLDS, min_size=1, max_size=4))
def test_a_tier_is_reported_if_and_only_if_it_has_no_effect(
    rules: list[tuple[str, int, int]],
) -> None:
    texts = [(f"all_input {sign} {at}", factor) for sign, at, factor in rules]
    loaded = load_policy(changed(tiers(*texts)), "acme.yaml")
    reported = {
        int(each.pointer.split("/")[4])
        for each in loaded.diagnostics
        if each.code in {"PE270", "PE271", "PE273"}
    }
    useless = {
        index
        for index in range(len(rules))
        if all(
            multiplier_of(rules, count) == multiplier_of(rules[:index] + rules[index + 1 :], count)
            for count in range(15)
        )
    }
    always = {
        int(each.pointer.split("/")[4]) for each in loaded.diagnostics if each.code == "PE272"
    }
    assert reported - always == useless - always


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([("all_input > 200000", 6), ("all_input > 400000", 12)], []),
        ([("all_input > 400000", 12), ("all_input > 200000", 6)], ["PE271"]),
        ([("text_output > 5", 6), ("all_input > 5", 12)], []),
        ([("all_input > 5", 6), ("text_output > 5", 1)], []),
        ([("all_input > 5", 1)], ["PE273"]),
        ([("text_input + image > 5", 6), ("text_input + image > 9", 1)], []),
        ([("text_input + image > 5", 6), ("text_input + image > 5", 12)], ["PE271"]),
        ([("text_input + image > 5", 1)], ["PE273"]),
        ([("all_inputs > 5", 6), ("all_input > 7", 6)], ["PE310"]),
    ],
)
def test_tiers_of_several_names(rules: list[tuple[str, int]], expected: list[str]) -> None:
    assert expected == codes(tiers(*rules))


def test_a_tier_that_is_covered_by_two_together_names_neither() -> None:
    rules = [("all_input > 1", 4), ("all_input > 2", 6), ("all_input <= 2", 2)]
    (finding,) = found(tiers(*rules))
    assert (finding.code, finding.related) == ("PE271", ())


def test_models_with_the_same_tiers_are_judged_each_by_its_own_multiplier() -> None:
    tier = "tiers: [{when: all_input > 5, applies_to: whole_request, multiplier: 2}]"
    rest = f"  a: {{multiplier: 2, {tier}}}\n  b: {{multiplier: 1, {tier}}}\n"
    (finding,) = found(("  standard: {multiplier: 1}\n", rest))
    assert (finding.code, finding.pointer) == ("PE273", "/models/a/tiers/0/multiplier")


def test_too_many_open_conditions_are_not_judged() -> None:
    rules = [(f"text_input + image > {number}", 1) for number in range(13)]
    assert codes(tiers(*rules)) == []


def test_tiers_are_not_judged_while_names_are_unclear() -> None:
    changes = (tiers(("all_input < 0", 6)), ("image: 150", "text_output: 150"))
    assert codes(*changes) == ["PE210"]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("2 > 1", "the answer is yes for every charge"),
        ("1 > 2", "the answer is no for every charge"),
    ],
)
def test_a_flag_looks_at_the_charge(when: str, message: str) -> None:
    flag = f"abnormal: [{{when: {when}, then: flag}}]\n"
    (finding,) = found(("refunds:", flag + "refunds:"))
    assert (finding.code, finding.message) == ("PE274", message)


def test_a_multiplier_is_shown_as_it_is_written() -> None:
    (finding,) = found(tiers(("all_input > 5", "1.0")))
    assert finding.message == "the multiplier is `1.0` without this tier as well"
