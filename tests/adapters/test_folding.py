"""Quantities reach the policy's units by stated rules; what has no place is named."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.adapters.counts import CACHE_WRITES, QUANTITIES, Counts, Quantity
from policyengine.adapters.folding import FOLDS, Fold, UnfoldableError, fold

SIMPLE = ("text_input", "text_cached", "image_input", "text_output", "image_output")


def counts(**quantities: int) -> Counts:
    return Counts.of("acme", cast("dict[Quantity, int]", quantities))


def test_a_quantity_that_the_policy_counts_keeps_its_name() -> None:
    folded = fold(counts(text_input=5, image_input=7, text_output=1), SIMPLE)
    assert dict(folded.used) == {"text_input": 5, "image_input": 7, "text_output": 1}
    assert folded.folds == ()


def test_what_is_folded_is_added_up_and_told() -> None:
    folded = fold(counts(text_output=100, reasoning_output=900, video_input=3), SIMPLE)
    assert dict(folded.used) == {"image_input": 3, "text_output": 1000}
    assert folded.folds == (
        Fold("video_input", "image_input", 3),
        Fold("reasoning_output", "text_output", 900),
    )


@pytest.mark.parametrize(
    ("quantity", "units", "unit"),
    [
        ("reasoning_output", ["text_output", "reasoning_output"], "reasoning_output"),
        ("reasoning_output", ["text_output"], "text_output"),
        ("text_cached", ["text_input"], "text_input"),
        ("image_input", ["text_input"], "text_input"),
        ("image_cached", ["text_input", "image_input", "text_cached"], "text_cached"),
        ("image_cached", ["text_input", "image_input"], "image_input"),
        ("audio_cached", ["text_input", "text_cached", "audio_input"], "audio_input"),
        ("document_input", ["text_input", "image_input"], "image_input"),
        ("tool_input", ["text_input"], "text_input"),
        ("cache_write_1h", ["text_input", "cache_write_5m", "cache_write_1h"], "cache_write_1h"),
        ("cache_write_1h", ["text_input", "cache_write"], "cache_write"),
        ("cache_write_1h", ["text_input"], "text_input"),
        ("cache_write", ["text_input"], "text_input"),
        ("web_search", ["web_search"], "web_search"),
    ],
)
def test_the_first_place_that_the_policy_counts_is_taken(
    quantity: Quantity, units: list[str], unit: str
) -> None:
    assert dict(fold(Counts.of("acme", {quantity: 9}), units).used) == {unit: 9}


@pytest.mark.parametrize("quantity", ["web_fetch", "tool_search"])
def test_requests_that_cost_only_their_tokens_are_uncharged_and_told(quantity: Quantity) -> None:
    folded = fold(Counts.of("acme", {quantity: 4, "text_input": 1}), SIMPLE)
    assert dict(folded.used) == {"text_input": 1}
    assert folded.folds == (Fold(quantity, None, 4),)


@pytest.mark.parametrize(
    ("quantity", "units"),
    [
        ("audio_input", ["text_input"]),
        ("audio_cached", ["text_input", "text_cached"]),
        ("audio_output", ["text_output"]),
        ("image_output", ["text_output"]),
        ("video_output", ["text_output", "image_output"]),
        ("web_search", ["text_input"]),
        # An hour's price must not become the price of five minutes, or of no cache.
        ("cache_write_1h", ["text_input", "cache_write_5m"]),
        ("cache_write", ["text_input", "cache_write_5m"]),
    ],
)
def test_what_costs_much_more_elsewhere_has_no_place_by_default(
    quantity: Quantity, units: list[str]
) -> None:
    with pytest.raises(UnfoldableError) as refused:
        fold(Counts.of("acme", {quantity: 9}), units)
    assert dict(refused.value.missing) == {quantity: 9}


def test_everything_without_a_place_is_named_at_once() -> None:
    with pytest.raises(UnfoldableError) as refused:
        fold(counts(text_input=1, audio_input=25, web_search=2), ["text_input", "text_output"])
    assert str(refused.value) == (
        "no unit of the policy counts 25 of `audio_input`, 2 of `web_search`; its units are "
        "`text_input`, `text_output`; add a unit, or say where it goes, "
        "as in `folds={'audio_input': 'text_input'}`, None for uncharged"
    )


def test_a_rule_of_the_caller_goes_before_everything() -> None:
    used = counts(text_input=1, audio_input=2, cache_write_1h=3, web_search=4)
    units = ["text_input", "text_output", "cache_write_5m", "cache_write_1h"]
    folded = fold(
        used,
        units,
        {"audio_input": "text_input", "cache_write_1h": "cache_write_5m", "web_search": None},
    )
    assert dict(folded.used) == {"text_input": 3, "cache_write_5m": 3}
    assert folded.folds == (
        Fold("audio_input", "text_input", 2),
        Fold("cache_write_1h", "cache_write_5m", 3),
        Fold("web_search", None, 4),
    )


def test_a_rule_to_a_unit_that_the_policy_does_not_count_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="`text_cached` cannot go to `txt`, which the policy"):
        fold(counts(), ["text_input"], {"text_cached": "txt"})


def test_a_rule_about_no_quantity_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="`tokens` is no quantity; use one of text_input, "):
        fold(counts(), ["text_input"], {cast("Quantity", "tokens"): "text_input"})


@given(
    used=st.dictionaries(st.sampled_from(QUANTITIES), st.integers(1, 10**9)),
    units=st.sets(st.sampled_from(QUANTITIES)),
)
def test_no_count_is_lost_or_made_in_folding(used: dict[Quantity, int], units: set[str]) -> None:
    try:
        folded = fold(Counts.of("acme", used), units)
    except UnfoldableError as refused:
        missing = set(refused.missing)
    else:
        missing = set()
        uncharged = sum(each.count for each in folded.folds if each.unit is None)
        assert sum(folded.used.values()) + uncharged == sum(used.values())
        assert set(folded.used) <= units
    assert all(each in used and each not in units for each in missing)


def test_every_rule_leads_from_a_quantity_to_others() -> None:
    for quantity, places in FOLDS.items():
        assert quantity in QUANTITIES
        assert set(places) <= {*QUANTITIES, None} - {quantity}


def test_no_rule_leads_from_one_time_of_a_cache_to_another() -> None:
    for quantity in CACHE_WRITES:
        assert set(FOLDS[quantity]) <= {"cache_write", "text_input"}
