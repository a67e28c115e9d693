"""LiteLLM's price file as price records."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from policyengine.app.importing.litellm import offers_of
from policyengine.app.importing.records import LeftOut, Offer, Terms, Tier, Way


def read(entry: str, name: str = "m") -> Offer | LeftOut:
    """Read one entry, as JSON."""
    plain: Any = json.loads(entry, parse_float=Decimal)
    (found,) = offers_of({name: {"mode": "chat", "litellm_provider": "acme", **plain}})
    return found


def terms_of(entry: str) -> Terms:
    """Read the terms of an entry that can be imported."""
    found = read(entry)
    assert isinstance(found, Offer)
    return found.terms[0]


def test_prices_of_a_token_are_exact_prices_of_a_million() -> None:
    terms = terms_of(
        '{"input_cost_per_token": 1.1e-06, "cache_read_input_token_cost": 1e-7,'
        ' "cache_creation_input_token_cost": 1.375e-06, "output_cost_per_token": 4.4e-06,'
        ' "cache_creation_input_token_cost_above_1hr": 2.2e-06}'
    )
    assert terms.prices.dollars == {
        "text_input": Fraction("1.1"),
        "text_cached": Fraction("0.1"),
        "cache_write": Fraction("1.375"),
        "cache_write_1h": Fraction("2.2"),
        "text_output": Fraction("4.4"),
    }


def test_keys_with_a_threshold_are_tiers() -> None:
    terms = terms_of(
        '{"input_cost_per_token": 1e-6, "output_cost_per_token": 5e-6,'
        ' "input_cost_per_token_above_200k_tokens": 2e-6,'
        ' "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 4e-6}'
    )
    assert terms.prices.tiers == (
        Tier(
            200_000,
            {"text_input": Fraction(2), "text_output": Fraction(5), "cache_write_1h": Fraction(4)},
        ),
    )


def test_ranges_are_tiers() -> None:
    terms = terms_of(
        '{"tiered_pricing": [{"range": [0, 32000.0], "input_cost_per_token": 1e-6},'
        ' {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-6},'
        ' {"range": [128000.0, 1e6], "input_cost_per_token": 3e-6}]}'
    )
    assert terms.prices.dollars == {"text_input": Fraction(1)}
    assert terms.prices.tiers == (
        Tier(32_000, {"text_input": Fraction(2)}),
        Tier(128_000, {"text_input": Fraction(3)}),
    )


def test_batches_service_tiers_and_factors_are_ways() -> None:
    terms = terms_of(
        '{"input_cost_per_token": 2e-6, "output_cost_per_token": 4e-6,'
        ' "input_cost_per_token_batches": 1e-6, "output_cost_per_token_priority": 8e-6,'
        ' "provider_specific_entry": {"us": 1.1}}'
    )
    assert terms.ways == (
        Way("batch", type(terms.prices)({"text_input": Fraction(1), "text_output": Fraction(4)})),
        Way(
            "priority", type(terms.prices)({"text_input": Fraction(2), "text_output": Fraction(8)})
        ),
        Way("us", Fraction("1.1")),
    )


def test_of_two_names_for_a_price_the_usual_one_counts() -> None:
    terms = terms_of(
        '{"cache_read_input_token_cost": 1e-7, "input_cost_per_token_cache_hit": 9e-7,'
        ' "input_cost_per_token": 1e-6}'
    )
    assert terms.prices.dollars["text_cached"] == Fraction("0.1")


@pytest.mark.parametrize(
    ("low", "units"),
    [
        ("0.03", {"web_search_low": 30, "web_search_medium": 50, "web_search_high": 50}),
        ("0.05", {"web_search": 50}),
    ],
)
def test_searches_have_one_unit_or_one_by_size(low: str, units: dict[str, int]) -> None:
    terms = terms_of(
        '{"input_cost_per_token": 1e-6, "search_context_cost_per_query": {'
        f'"search_context_size_low": {low}, "search_context_size_medium": 0.05,'
        ' "search_context_size_high": 0.05}}'
    )
    assert terms.prices.dollars == {"text_input": 1, **units}


@pytest.mark.parametrize(
    ("entry", "name", "reason", "is_priced"),
    [
        ('{"input_cost_per_token": 0}', "m", "the list has no price above 0 for it", False),
        ("{}", "m", "the list has no price above 0 for it", False),
        (
            '{"input_cost_per_second": 0.01}',
            "m",
            "it is paid by the second that it is reserved, not by the request",
            True,
        ),
        ('{"some_new_cost": 0.01}', "m", "no unit stands for some_new_cost", True),
        ('{"input_cost_per_token": 1e-6}', "*/m", "its name is no name of a model", True),
    ],
)
def test_what_cannot_be_imported_is_named(
    entry: str, name: str, reason: str, is_priced: bool
) -> None:
    assert read(entry, name) == LeftOut("acme", name, reason, is_priced)


def test_a_price_that_no_unit_stands_for_is_named_and_one_in_another_currency_is_not() -> None:
    found = read(
        '{"input_cost_per_token": 1e-6, "input_dbu_cost_per_token": 1e-5,'
        ' "cache_creation_input_audio_token_cost": 3e-7}'
    )
    assert isinstance(found, Offer)
    assert found.unsaid == ("cache_creation_input_audio_token_cost",)


def test_models_that_do_not_answer_texts_are_passed_over() -> None:
    entry = {"mode": "embedding", "input_cost_per_token": Decimal("1e-7")}
    assert list(offers_of({"e": entry})) == []
