"""Prices are compared by what requests cost: none changes unseen, and no rewrite is a change."""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.review.compare import compare
from policyengine.review.prices import price_differences
from policyengine.values.calendar import parse_instant
from review.probes import exact, is_free_of_errors, models, requests, tier
from review.wide import GONE, Change, changed

NOW: Final = parse_instant("2026-01-01T00:00:00Z")
FRONTIER: Final = "models.frontier"


def sentences(both: tuple[Change, ...], *changes: Change) -> list[str]:
    old, new = changed(*both), changed(*both, *changes)
    return [each.sentence for each in price_differences(old, new)]


@pytest.mark.parametrize(
    "rewritten",
    [
        ((f"{FRONTIER}.tiers.0.when", "all_input >= 200001"),),
        ((f"{FRONTIER}.tiers.0.when", "200 * 1000 < all_input"),),
        ((f"{FRONTIER}.tiers.0.when", "not all_input <= 200000"),),
        ((f"{FRONTIER}.tiers", [tier("all_input > 200000", 12), tier("all_input > 300000", 12)]),),
        (("models.lite.tiers", [tier("all_input > 5", 0.5), tier("all_output > 9", 0.5)]),),
        (("models.lite.tiers", [tier("text_output > 9", 0.5)]),),
        (("models.lite.tiers", [tier("text_output > 9", 0.5, "part_above")]),),
        (
            ("units.tokens.per", 2000000),
            ("units.tokens.input", {"text_input": 200, "text_cached": 20}),
            ("units.tokens.output", {"text_output": 1000}),
            ("units.tokens.other", {"searches": 80000}),
            (f"{FRONTIER}.rates", {"text_output": 1200}),
            ("models.parts.tiers.0.rates", {"text_output": 1800}),
        ),
        (("models.standard.rates", {"text_input": 100}),),
        (("models.standard.multiplier_on_plan", {"pro": 1}),),
        (("charge.formula", "multiplier * (tokens_at_rate) + images_at_rate"),),
    ],
)
def test_a_file_that_is_written_anew_changes_no_price(rewritten: tuple[Change, ...]) -> None:
    old, new = changed(), changed(*rewritten)
    differences = compare(old, new, now=NOW).differences
    assert {each.kind for each in differences} == {"text"}
    assert len(differences) == 1


def test_a_free_model_that_costs_something_and_the_other_way_round() -> None:
    free = (("models.lite.multiplier", 0), ("charge.formula", "tokens_at_rate * multiplier"))
    paid = ("models.lite.multiplier", 0.5)
    assert sentences(free, paid) == ["lite costs more: it was free, now x 0.5"]
    old, new = changed(*free, paid), changed(*free)
    assert [each.sentence for each in price_differences(old, new)] == [
        "lite costs less: it becomes free"
    ]


def test_wallets_with_a_multiplier_of_their_own_are_named_where_they_are_spared() -> None:
    own = ("models.standard.multiplier_on_plan", {"free": 1})
    assert sentences((own,), ("models.standard.multiplier", 2)) == [
        "standard costs more for tokens, but not on plan free: x 1 -> x 2 (+100 %)"
    ]


def test_wallets_of_a_new_cohort_are_compared_with_what_all_paid() -> None:
    assert sentences((), ("models.standard.multiplier_for_cohort", {"annual": 3})) == [
        "standard costs more for tokens for cohort annual: x 1 -> x 3 (+200 %)"
    ]


def test_what_a_request_costs_beyond_its_counts_is_compared() -> None:
    flat = (
        ("charge.formula", "tokens_at_rate * multiplier + images_at_rate + 0.5"),
        ("modifiers", GONE),
        ("models.parts", GONE),
    )
    found = sentences(flat, ("charge.formula", flat[0][1].replace("0.5", "0.6")))
    assert found[0] == "every model costs more: 0.5 -> 0.6 credits for each request"


def test_formulas_that_no_rate_can_say_are_compared_by_requests() -> None:
    curved = (
        ("charge.formula", "max(tokens_at_rate * multiplier, images_at_rate)"),
        ("modifiers", GONE),
        ("models.parts", GONE),
        ("credits.round_at", "each_request"),
    )
    found = sentences(curved, ("models.lite.multiplier", 1))
    assert found == [
        "lite costs more: such as 1 text_input, 0.00005 -> 0.0001 credits",
    ]
    assert sentences(curved) == []


def test_another_formula_is_named_beside_what_it_does() -> None:
    found = compare(
        changed(),
        changed(("charge.formula", "tokens_at_rate * multiplier + 2 * images_at_rate")),
        now=NOW,
    )
    assert [(each.kind, each.sentence) for each in found.differences] == [
        ("dearer", "every model costs more for image: +100 %"),
        (
            "text",
            (
                "the formula is `tokens_at_rate * multiplier + images_at_rate` -> `tokens_at_rate "
                "* multiplier + 2 * images_at_rate`; what that changes is said by model"
            ),
        ),
    ]


def test_conditions_over_several_names_are_told_range_by_range() -> None:
    both = ((f"{FRONTIER}.tiers", [tier("all_input > 1000 and text_output > 10", 12)]),)
    found = sentences(both, (f"{FRONTIER}.tiers.0.multiplier", 15))
    assert found == [
        (
            "frontier costs more for tokens above 1,000 input tokens and above 10 text_output: "
            "x 12 -> x 15 (+25 %)"
        )
    ]


def test_a_condition_that_compares_sums_is_quoted() -> None:
    both = ((f"{FRONTIER}.tiers", [tier("text_input + text_cached > 1000", 12)]),)
    found = sentences(both, (f"{FRONTIER}.tiers.0.multiplier", 15))
    assert found == [
        (
            "frontier costs more for tokens where `text_input + text_cached > 1000`: "
            "x 12 -> x 15 (+25 %)"
        )
    ]


def test_too_many_ranges_are_compared_without_tiers() -> None:
    names = ("text_input", "text_cached", "text_output", "searches")
    tiers = [tier(f"{name} > {n}", n + 20) for n in range(1, 5) for name in names]
    found = sentences(((f"{FRONTIER}.tiers", tiers),), (f"{FRONTIER}.multiplier", 7))
    assert found[0].startswith("frontier costs more for tokens in no tier")


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(models, models).filter(lambda two: all(map(is_free_of_errors, two))),
    st.lists(requests, min_size=1, max_size=20),
)
def test_no_price_changes_unseen(
    two: tuple[dict[str, Any], dict[str, Any]], samples: list[dict[str, int]]
) -> None:
    old, new = (changed(("models.probe", each)) for each in two)
    kinds = {each.kind for each in price_differences(old, new)}
    for counts in samples:
        before, after = exact(old, counts), exact(new, counts)
        if after > before:
            assert "dearer" in kinds, (counts, before, after)
        if after < before:
            assert "additive" in kinds, (counts, before, after)
