"""Price records as what a policy says: general rates, models, modifiers."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.importing.lists import dated, dollars, offer
from policyengine.app.importing.pricing import Priced, priced
from policyengine.app.importing.records import Offer, Prices, Terms, Way

DAY = date(2026, 10, 1)
CENT = Fraction(1, 100)


def of(*offers: Offer) -> Priced:
    """Price models at a cent for a credit."""
    return priced({each.model: each for each in offers}, DAY, CENT)[0]


def with_way(way: Way, **rates: str) -> Offer:
    """Give a model with another way to make a request."""
    return Offer("acme", "m", (Terms(None, Prices(dollars(**rates)), (way,)),))


def rates_of(found: Priced, name: str) -> Mapping[str, Decimal]:
    """Give a model's rates."""
    return found.models[name].rates


def test_tokens_without_a_price_of_their_own_cost_what_they_are_a_kind_of() -> None:
    found = of(
        offer("cheap", text_input="1", text_output="2"),
        offer("rich", text_input="3", text_cached="0.3", audio_input="9", text_output="5"),
    )
    assert rates_of(found, "cheap") == {
        "text_input": 100,
        "text_cached": 100,
        "audio_input": 100,
        "text_output": 200,
    }
    assert rates_of(found, "rich")["audio_input"] == 900


def test_an_hour_in_the_cache_costs_a_write_where_the_list_tells_no_more() -> None:
    found = of(
        offer("one", text_input="1", cache_write="1.25"),
        offer("two", text_input="1", cache_write="1.25", cache_write_1h="2"),
    )
    assert rates_of(found, "one")["cache_write_1h"] == 125


def test_the_general_rate_is_the_dearest_and_a_request_is_free() -> None:
    found = of(
        offer("one", text_input="1", text_output="9", request="5"),
        offer("two", text_input="3", text_output="5", web_search="10"),
    )
    assert found.units == {
        ("tokens", "input"): {"text_input": 300},
        ("tokens", "output"): {"text_output": 900},
        ("searches", "other"): {"web_search": 1000},
        ("requests", "other"): {"request": 0},
    }
    assert "web_search" not in rates_of(found, "one")


def test_a_tier_states_the_rates_that_differ_in_any_tier() -> None:
    tier = (200_000, dollars(text_input="2", text_cached="0.2", text_output="5"))
    found = of(offer("m", tier, text_input="1", text_cached="0.1", text_output="5"))
    ((above, rates),) = found.models["m"].tiers
    assert above == 200_000
    assert rates == {"text_input": Decimal(200), "text_cached": Decimal(20)}


def test_a_tier_that_changes_nothing_is_none() -> None:
    same = dollars(text_input="1", text_output="5")
    found = of(offer("m", (1000, same), text_input="1", text_output="5"))
    assert found.models["m"].tiers == ()


def test_a_way_that_is_one_factor_on_all_tokens_is_a_modifier() -> None:
    half = Way("batch", Prices(dollars(text_input="0.5", text_output="2.5")))
    found = of(with_way(half, text_input="1", text_output="5"))
    assert set(found.models) == {"m"}
    (batch,) = found.modifiers.items()
    assert (batch[0], batch[1].factor, batch[1].models) == ("batch", Decimal("0.5"), ("m",))


def test_a_way_with_prices_of_its_own_is_a_model_of_its_own() -> None:
    way = Way("batch", Prices(dollars(text_input="0.5", text_output="5")))
    found = of(with_way(way, text_input="1", text_output="5"))
    assert found.modifiers == {}
    assert rates_of(found, "m+batch") == {"text_input": 50, "text_output": 500}


def test_a_factor_that_few_models_have_is_a_model_of_its_own() -> None:
    usual = (Way("fast", Fraction(2)),)
    offers = [
        Offer("acme", name, (Terms(None, Prices(dollars(text_input="1")), usual),))
        for name in ("a", "b")
    ]
    odd = with_way(Way("fast", Fraction(3)), text_input="1", web_search="10")
    found = of(*offers, odd)
    assert found.modifiers["fast"].models == ("a", "b")
    assert rates_of(found, "m+fast")["text_input"] == 300
    assert rates_of(found, "m+fast")["web_search"] == 1000


def test_a_way_that_costs_the_same_is_none() -> None:
    same = Way("default", Prices(dollars(text_input="1")))
    found = of(with_way(same, text_input="1"))
    assert (set(found.models), found.modifiers) == ({"m"}, {})


def test_what_decimals_cannot_say_and_what_is_not_listed_yet_is_left_out() -> None:
    offers = {
        "fine": offer("fine", text_input="0.00000000001"),
        "finer": offer("finer", text_input="0.000000000001"),
        "later": dated("later", (date(2026, 10, 2), dollars(text_input="1"))),
    }
    found, left_out = priced(offers, DAY, CENT)
    assert rates_of(found, "fine")["text_input"] == Decimal("1E-9")
    assert [(each.model, each.reason) for each in left_out] == [
        ("finer", "its rates in credits have more than 9 decimals"),
        ("later", "the list has it from 2026-10-02 on"),
    ]
