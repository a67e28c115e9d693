"""genai-prices' own types as price records."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)
from genai_prices.types import Tier as PackageTier

from policyengine.app.importing.genai_prices import UNIT_OF, offers_of
from policyengine.app.importing.records import MEASURES, UNITS, LeftOut, Offer, Terms, Tier, Way


def read(prices: Any, *variants: PriceVariant) -> Offer | LeftOut:
    """Read one model with these prices."""
    model = ModelInfo("m", ClauseEquals("m"), prices=prices, price_variants=list(variants))
    (found,) = offers_of([Provider("acme", "Acme", "", models=[model])])
    return found


def terms_of(prices: Any, *variants: PriceVariant) -> tuple[Terms, ...]:
    """Read the terms of a model that can be imported."""
    found = read(prices, *variants)
    assert isinstance(found, Offer)
    return found.terms


def plain(**prices: str) -> ModelPrice:
    """Give prices from their texts."""
    return ModelPrice(**{key: Decimal(price) for key, price in prices.items()})


def test_each_price_goes_to_a_unit_that_counts_in_the_same_numbers() -> None:
    for each in unit_data.values():
        unit = UNIT_OF.get(each["price_key"])
        if unit is not None:
            assert MEASURES[UNITS[unit][0]] == each["per"]


def test_prices_are_exact() -> None:
    (terms,) = terms_of(plain(input_mtok="0.1", cache_write_1h_mtok="0.2", output_mtok="0.7"))
    assert terms.prices.dollars == {
        "text_input": Fraction(1, 10),
        "cache_write_1h": Fraction(2, 10),
        "text_output": Fraction(7, 10),
    }


def test_tiers_of_single_prices_become_tiers_of_the_model() -> None:
    tiered = ModelPrice(
        input_mtok=TieredPrices(base=Decimal(1), tiers=[PackageTier(100, Decimal(2))]),
        output_mtok=TieredPrices(base=Decimal(5), tiers=[PackageTier(300, Decimal(9))]),
        cache_read_mtok=Decimal("0.1"),
    )
    (terms,) = terms_of(tiered)
    cached = {"text_cached": Fraction(1, 10)}
    assert terms.prices.tiers == (
        Tier(100, {"text_input": Fraction(2), "text_output": Fraction(5), **cached}),
        Tier(300, {"text_input": Fraction(2), "text_output": Fraction(9), **cached}),
    )


def test_prices_with_a_start_hold_from_that_day_on() -> None:
    prices = [
        ConditionalPrice(prices=plain(input_mtok="1")),
        ConditionalPrice(StartDateConstraint(date(2026, 5, 1)), prices=plain(input_mtok="2")),
        ConditionalPrice(StartDateConstraint(date(2026, 6, 1)), prices=plain(input_mtok="2")),
    ]
    found = read(prices)
    assert isinstance(found, Offer)
    assert [each.starts for each in found.terms] == [None, date(2026, 5, 1)]
    for day, dollars in ((date(2026, 4, 30), 1), (date(2026, 5, 1), 2)):
        terms = found.at(day)
        assert terms is not None
        assert terms.prices.dollars == {"text_input": dollars}


def test_a_model_is_not_listed_before_its_first_price() -> None:
    start = StartDateConstraint(date(2026, 5, 1))
    found = read([ConditionalPrice(start, prices=plain(input_mtok="2"))])
    assert isinstance(found, Offer)
    assert found.at(date(2026, 4, 30)) is None


def test_variants_change_the_standard_prices_and_the_first_one_counts() -> None:
    (terms,) = terms_of(
        plain(input_mtok="2", output_mtok="4"),
        PriceVariant({"processing": "batch"}, plain(input_mtok="1")),
        PriceVariant({"processing": "batch"}, plain(input_mtok="7", output_mtok="2")),
        PriceVariant({"route": "acme/eu"}, plain(input_mtok="3")),
    )
    assert [each.name for each in terms.ways] == ["batch", "route_acme_eu"]
    batch, route = terms.ways
    assert batch == Way(
        "batch", type(terms.prices)({"text_input": Fraction(1), "text_output": Fraction(2)})
    )
    assert route == Way(
        "route_acme_eu", type(terms.prices)({"text_input": Fraction(3), "text_output": Fraction(4)})
    )


@pytest.mark.parametrize("hour", [0, 16])
def test_a_price_by_the_time_of_day_is_left_out(hour: int) -> None:
    night = TimeOfDateConstraint(time(hour, tzinfo=UTC), time(hour + 4, tzinfo=UTC))
    prices = [
        ConditionalPrice(prices=plain(input_mtok="2")),
        ConditionalPrice(night, prices=plain(input_mtok="1")),
    ]
    assert read(prices) == LeftOut("acme", "m", "its price depends on the time of day", True)


def test_a_model_without_a_price_above_nothing_is_left_out() -> None:
    found = read(plain(input_mtok="0"))
    assert isinstance(found, LeftOut)
    assert not found.is_priced


def test_a_price_that_no_unit_stands_for_is_named() -> None:
    found = read(plain(input_mtok="1", output_text_citation_mtok="3"))
    assert isinstance(found, Offer)
    assert found.unsaid == ("output_text_citation_mtok",)


def test_terms_agree_with_the_package_on_each_day_of_a_change() -> None:
    prices = [
        ConditionalPrice(prices=plain(input_mtok="1")),
        ConditionalPrice(StartDateConstraint(date(2026, 7, 1)), prices=plain(input_mtok="3")),
        ConditionalPrice(StartDateConstraint(date(2026, 5, 1)), prices=plain(input_mtok="2")),
    ]
    model = ModelInfo("m", ClauseEquals("m"), prices=prices)
    found = read(prices)
    assert isinstance(found, Offer)
    for day in (date(2026, 4, 1), date(2026, 5, 1), date(2026, 7, 1)):
        terms = found.at(day)
        assert terms is not None
        theirs = model.get_prices(datetime(day.year, day.month, day.day, tzinfo=UTC))
        assert terms.prices.dollars == {"text_input": theirs.input_mtok}
