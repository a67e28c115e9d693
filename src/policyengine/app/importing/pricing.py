"""Price records turned into what a policy says: units, models and modifiers, in credits.

A model states a rate for every unit of the policy, so that none of its prices depends on what
other models cost. The markup is its multiplier, and stays the product manager's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from policyengine.app.importing.records import (
    MEASURES,
    PARENTS,
    UNITS,
    Dollars,
    LeftOut,
    Offer,
    Prices,
    Way,
    own_price,
)
from policyengine.policy.checks.amounts import MULTIPLIER_DECIMALS_MAX, RATE_DECIMALS_MAX
from policyengine.policy.document.pricing import Side

CHOICES: Final = frozenset({"batch", "default", "fast", "flex", "priority"})
"""Ways of which a request has one at most."""

APART: Final = "+"
"""The sign between a model and a way that has prices of its own: `gpt-4.1+batch`."""

_FREE_UNLESS_PRICED: Final = frozenset({"request"})
"""Units that every request has: a model without a price for it costs nothing for it."""

Rates = Mapping[str, Decimal]
"""Credits by unit, for as many counts as the unit's measure says."""


@dataclass(frozen=True, slots=True)
class PricedModel:
    """A model's rates for every unit of the policy, and those that differ in long requests."""

    rates: Rates
    tiers: tuple[tuple[int, Rates], ...] = ()


@dataclass(frozen=True, slots=True)
class PricedModifier:
    """A factor on what tokens cost, for the models where all of them have it."""

    factor: Decimal
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """What a policy says of prices on one day; `units` are by measure and side."""

    units: Mapping[tuple[str, Side], Rates]
    models: Mapping[str, PricedModel]
    modifiers: Mapping[str, PricedModifier]

    @property
    def measures(self) -> tuple[str, ...]:
        """Give the measures that have a unit, in the order of policies."""
        return tuple(dict.fromkeys(measure for measure, _ in self.units))


def priced(
    offers: Mapping[str, Offer],
    day: date,
    credit_price: Fraction,
    also: Collection[str] = (),
) -> tuple[Priced, tuple[LeftOut, ...]]:
    """Say what models cost on a day.

    Takes: offers by the names that the models shall have; US dollars for one credit; units
    that models shall have a rate for as well, because the policy counts them.
    Gives: the prices, and the models that have none on that day or none that decimals can say.
    """
    standing = {name: offer.at(day) for name, offer in sorted(offers.items())}
    prices: dict[str, Prices] = {}
    ways: dict[str, tuple[Way, ...]] = {}
    left_out: list[LeftOut] = []
    for name, terms in standing.items():
        offer = offers[name]
        if terms is None:
            first = offer.terms[0].starts
            reason = f"the list has it from {first} on"
            left_out.append(LeftOut(offer.provider, offer.model, reason, is_priced=True))
        elif not _is_sayable(terms.prices, credit_price):
            reason = "its rates in credits have more than 9 decimals"
            left_out.append(LeftOut(offer.provider, offer.model, reason, is_priced=True))
        else:
            prices[name] = terms.prices
            ways[name] = terms.ways
    factors, apart = _ways_apart(prices, ways)
    prices |= {name: each for name, each in apart.items() if _is_sayable(each, credit_price)}
    units = _units_of(prices.values(), also)
    models = {
        name: _model(prices[name], units, credit_price)
        for name in sorted(prices, key=lambda each: each.partition(APART))
    }
    return Priced(_general(units, models), models, _modifiers(factors)), tuple(left_out)


def _is_sayable(prices: Prices, credit_price: Fraction) -> bool:
    every = (prices.dollars, *(tier.dollars for tier in prices.tiers))
    return all(
        _decimals(each / credit_price) <= RATE_DECIMALS_MAX
        for dollars in every
        for each in dollars.values()
    )


def _decimals(number: Fraction) -> int:
    """Count the decimals that say a number exactly; more than any where none do."""
    for decimals in range(RATE_DECIMALS_MAX + 1):
        if 10**decimals % number.denominator == 0:
            return decimals
    return RATE_DECIMALS_MAX + 1


def exact_decimal(number: Fraction) -> Decimal:
    """Write a number that decimals can say; its text has no zeros at the end."""
    decimals = _decimals(number)
    return Decimal(int(number * 10**decimals)).scaleb(-decimals)


# Ways to make a request


def _ways_apart(
    prices: Mapping[str, Prices], ways: Mapping[str, tuple[Way, ...]]
) -> tuple[dict[str, dict[str, Fraction]], dict[str, Prices]]:
    """Tell ways that are a factor from those that have prices of their own.

    Gives: factors by way and model, one for each way: that of most models; and the prices of the
    other ways by the names of their models: `gpt-5+batch`.
    """
    found = {
        (way.name, name): _factor(prices[name], way.prices)
        for name, those in ways.items()
        for way in those
        if name in prices
    }
    usual = {
        way: Counter(
            factor for (name, _), factor in found.items() if name == way and factor is not None
        ).most_common(1)
        for way in dict.fromkeys(name for name, _ in found)
    }
    factors: dict[str, dict[str, Fraction]] = {}
    apart: dict[str, Prices] = {}
    for name, those in ways.items():
        for way in those:
            factor = found.get((way.name, name))
            if factor is not None and factor == usual[way.name][0][0]:
                factors.setdefault(way.name, {})[name] = factor
            elif factor is None or factor != 1:
                apart[f"{name}{APART}{way.name}"] = _prices_of(prices[name], way)
    return {way: those for way, those in factors.items() if set(those.values()) != {1}}, apart


def _prices_of(standard: Prices, way: Way) -> Prices:
    if isinstance(way.prices, Prices):
        return way.prices
    return Prices(
        _times(standard.dollars, way.prices),
        tuple(type(each)(each.above, _times(each.dollars, way.prices)) for each in standard.tiers),
    )


def _times(dollars: Dollars, factor: Fraction) -> Dollars:
    return {
        unit: each * (factor if UNITS[unit][0] == "tokens" else 1) for unit, each in dollars.items()
    }


def _factor(standard: Prices, other: Prices | Fraction) -> Fraction | None:
    """Give the one factor by which all tokens cost otherwise; None where there is no such one."""
    if isinstance(other, Fraction):
        return other
    if [each.above for each in standard.tiers] != [each.above for each in other.tiers]:
        return None
    factors: set[Fraction] = set()
    for before, after in zip(_tables(standard), _tables(other), strict=True):
        for unit in {*before, *after}:
            old, new = own_price(before, unit), own_price(after, unit)
            if UNITS[unit][0] != "tokens" or not old:
                if old != new:
                    return None
                continue
            factors.add(new / old)
    if len(factors) != 1:
        return None
    factor = factors.pop()
    is_sayable = 10**MULTIPLIER_DECIMALS_MAX % factor.denominator == 0
    return factor if is_sayable else None


def _tables(prices: Prices) -> tuple[Dollars, ...]:
    return (prices.dollars, *(each.dollars for each in prices.tiers))


def _modifiers(factors: Mapping[str, Mapping[str, Fraction]]) -> dict[str, PricedModifier]:
    return {
        way: PricedModifier(exact_decimal(next(iter(those.values()))), tuple(sorted(those)))
        for way, those in sorted(factors.items())
    }


# Units and rates


def _units_of(prices: Iterable[Prices], also: Collection[str]) -> tuple[str, ...]:
    """Give the units that some model prices, and text on both sides, in the order of policies."""
    used = {"text_input", "text_output", *also}
    for each in prices:
        for dollars in _tables(each):
            used.update(dollars)
    return tuple(unit for unit in UNITS if unit in used)


def _model(prices: Prices, units: tuple[str, ...], credit_price: Fraction) -> PricedModel:
    base = dict(_rates(prices.dollars, units, credit_price))
    tables = [
        (each.above, dict(_rates(each.dollars, units, credit_price))) for each in prices.tiers
    ]
    differing = [unit for unit in base if any(table[unit] != base[unit] for _, table in tables)]
    tiers: list[tuple[int, Rates]] = []
    before: Rates = {unit: base[unit] for unit in differing}
    for above, table in tables:
        rates = {unit: table[unit] for unit in differing}
        if rates != before:
            tiers.append((above, MappingProxyType(rates)))
            before = rates
    return PricedModel(MappingProxyType(base), tuple(tiers))


def _rates(
    dollars: Dollars, units: tuple[str, ...], credit_price: Fraction
) -> Iterator[tuple[str, Decimal]]:
    """Give a model's rate for every unit of tokens, and for what else it has a price.

    Tokens that a model does not price apart cost what the tokens cost that they are a kind of.
    Searches, seconds and the like without a price have the general rate.
    """
    for unit in units:
        if unit in dollars or unit in PARENTS or UNITS[unit][0] == "tokens":
            yield unit, exact_decimal(own_price(dollars, unit) / credit_price)


def _general(
    units: tuple[str, ...], models: Mapping[str, PricedModel]
) -> dict[tuple[str, Side], Rates]:
    """Give the rates of models that state none: the dearest, so that nothing is free by accident.

    They matter for models that are added by hand, and for units that a list does not price for a
    model.
    """
    general: dict[tuple[str, Side], dict[str, Decimal]] = {}
    for unit in units:
        rates = [each.rates[unit] for each in models.values() if unit in each.rates]
        if not rates:
            continue  # the policy counts it, and no model of the list has a price for it
        rate = Decimal(0) if unit in _FREE_UNLESS_PRICED else max(rates)
        general.setdefault(UNITS[unit], {})[unit] = rate
    order = [(measure, side) for measure in MEASURES for side in ("input", "output", "other")]
    return {place: general[place] for place in order if place in general}
