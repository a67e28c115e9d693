"""The greatest rise is a bound for every request, reached by one, and nothing hides from it."""

from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.review.rises import UNBOUNDED, Rise, Scope, refused_models, rises
from review.probes import exact, is_free_of_errors, models, requests, tier
from review.wide import GONE, Change, changed

ALL: Final = Scope()
FRONTIER: Final = "models.frontier"


def worst(both: tuple[Change, ...], *changes: Change, scope: Scope = ALL) -> Rise:
    found = rises(changed(*both), changed(*both, *changes), scope)
    return max(found, key=lambda each: each.ratio)


@settings(max_examples=15, deadline=None)
@given(
    st.tuples(models, models).filter(lambda two: all(map(is_free_of_errors, two))),
    st.lists(requests, min_size=1, max_size=20),
)
def test_no_request_rises_by_more_than_the_greatest_rise(
    two: tuple[dict[str, Any], dict[str, Any]], samples: list[dict[str, int]]
) -> None:
    old, new = (changed(("models.probe", each)) for each in two)
    found = [each for each in rises(old, new, Scope(("probe",))) if not each.modifier]
    bound = max((each.ratio for each in found), default=Fraction(1))
    for counts in samples:
        assert exact(new, counts) <= bound * exact(old, counts) or bound == UNBOUNDED


def test_a_file_that_is_written_anew_rises_nowhere() -> None:
    both = ((f"{FRONTIER}.tiers.0.when", "all_input > 200000"),)
    assert worst(both, (f"{FRONTIER}.tiers.0.when", "not all_input <= 200000")).ratio == 1


def test_the_worst_case_is_named_by_its_range_and_unit() -> None:
    found = worst((), (f"{FRONTIER}.tiers.0.multiplier", 15))
    assert (found.model, found.where) == ("frontier", "above 200,000 input tokens")
    assert (found.ratio, found.audience, found.is_certain) == (Fraction(5, 4), "", True)


def test_a_part_above_a_bound_is_looked_at_on_its_own() -> None:
    place = "models.parts.tiers.0.rates"
    found = worst((), (place, {"text_output": 1800}))
    assert (found.part, found.where, found.ratio) == (
        "text_output",
        "above 1,000 text_output",
        Fraction(2),
    )


def test_a_price_from_nothing_has_no_bound() -> None:
    found = worst((("models.lite.multiplier", 0),), ("models.lite.multiplier", 0.1))
    assert (found.model, found.ratio) == ("lite", UNBOUNDED)


@pytest.mark.parametrize(
    ("change", "audience", "ratio"),
    [
        ((f"{FRONTIER}.multiplier_on_plan", {"free": 14}), "on plan free", 2),
        ((f"{FRONTIER}.multiplier_for_cohort", {"annual": 15}), "for cohort annual", 3),
    ],
)
def test_who_has_a_price_of_their_own_is_compared_on_their_own(
    change: Change, audience: str, ratio: int
) -> None:
    found = worst((), change)
    assert (found.model, found.audience, found.ratio) == ("frontier", audience, Fraction(ratio))


def test_a_plan_in_scope_leaves_the_others_out() -> None:
    change = (f"{FRONTIER}.multiplier_on_plan", {"free": 14})
    assert worst((), change, scope=Scope(plans=("pro",))).ratio == 1
    assert worst((), change, scope=Scope(plans=("free",))).ratio == 2


def test_the_factor_of_a_modifier_is_part_of_the_price() -> None:
    found = worst((), ("modifiers.fast.factor", 3), ("models.standard.multiplier", 2))
    assert (found.model, found.modifier, found.ratio) == ("standard", "fast", Fraction(3))
    assert found.part in {"text_input", "text_cached", "text_output", "searches"}
    assert worst((), ("modifiers.batch.factor", 1), scope=Scope(("frontier",))).ratio == 1
    assert worst((), ("modifiers.batch", GONE), ("modifiers.fast.not_with", GONE)).ratio == 1


def test_the_least_price_rises_for_small_requests() -> None:
    found = worst((), ("charge.minimum", 0.05), scope=Scope(("standard",)))
    assert (found.part, found.old, found.new) == (
        "the least price",
        Fraction(1, 100),
        Fraction(5, 100),
    )
    finer = (("credits.round", "down"), ("charge.minimum", 0))
    assert worst(finer, ("credits.round", "up"), scope=Scope(("lite",))).ratio == UNBOUNDED


def test_what_each_request_costs_is_a_part_of_its_own() -> None:
    both = (("charge.formula", "tokens_at_rate * multiplier + images_at_rate + 1"),)
    change = ("charge.formula", "tokens_at_rate * multiplier + images_at_rate + 3")
    found = worst(both, change)
    assert (found.part, found.ratio) == ("each request", Fraction(3))


def test_a_formula_that_is_no_sum_is_compared_by_requests_and_says_so() -> None:
    curved = (
        ("charge.formula", "max(tokens_at_rate * multiplier, images_at_rate)"),
        ("modifiers", GONE),
        ("models.parts", GONE),
    )
    found = worst(curved, ("models.lite.multiplier", 1))
    assert (found.model, found.ratio, found.is_certain) == ("lite", Fraction(2), False)
    assert all(each.is_certain for each in rises(changed(*curved), changed(*curved), ALL))


def test_too_many_ranges_are_compared_without_tiers_and_said_so() -> None:
    names = ("text_input", "text_cached", "text_output", "searches")
    tiers = [tier(f"{name} > {n}", n + 20) for n in range(1, 5) for name in names]
    found = worst(((f"{FRONTIER}.tiers", tiers),), (f"{FRONTIER}.multiplier", 7))
    assert (found.model, found.is_certain) == ("frontier", False)


def test_a_model_that_only_one_version_has_is_not_compared() -> None:
    new = changed(("models.other", {"multiplier": 9}))
    assert max(each.ratio for each in rises(changed(), new, ALL)) == 1
    assert list(rises(changed(), new, Scope(("other",)))) == []


def test_a_model_that_is_gone_has_the_price_that_its_requests_have_now() -> None:
    old = changed(("models.other", {"multiplier": 0.5}))
    found = max(rises(old, changed(), Scope(("other",))), key=lambda each: each.ratio)
    assert (found.model, found.ratio) == ("other, now priced as standard,", Fraction(2))
    assert refused_models(old, changed(), ALL) == ()
    refuse = (("charge.unknown_model", "refuse"), ("charge.priced_as", GONE))
    assert list(rises(old, changed(*refuse), Scope(("other",)))) == []
    assert refused_models(old, changed(*refuse), ALL) == ("other",)
    assert refused_models(old, changed(*refuse), Scope(("lite",))) == ()


def test_hours_that_come_go_or_change_are_part_of_the_bound() -> None:
    one = Scope(("lite",))
    noon = {"factor": 3, "hours": [{"from": "12:00", "until": "13:00"}]}
    assert worst((), ("modifiers.noon", noon), scope=one).ratio == 3
    assert worst((), ("modifiers.night", GONE), scope=one).ratio == 2
    assert worst((), ("modifiers.night", GONE), scope=Scope(("frontier",))).ratio == 1
    assert worst((), ("modifiers.night.factor", 0.6), scope=one).ratio == Fraction(6, 5)
    moved = worst((), ("modifiers.night.hours.0.days", ["monday"]), scope=one)
    assert (moved.modifier, moved.ratio) == ("night", Fraction(2))
