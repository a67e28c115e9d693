"""Two versions' prices of a model, range by range: in each, one table of either decides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.engine.rating import exact_lines
from policyengine.policy.expressions.expression import Expression
from policyengine.policy.policy import ModelPrices, Policy, PriceTable, TierTable
from policyengine.policy.tables import expression_of
from policyengine.policy.vocabulary import vocabulary_of
from policyengine.review.regions import Region, Units, bounds_of, regions_of
from policyengine.values.amounts import MICRO_PER_CREDIT

_SAMPLES: Final = (1, 1_000, 1_000_000)

Counts: TypeAlias = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PricedSide:
    """One version's prices of a model, with its conditions read."""

    policy: Policy
    prices: ModelPrices
    tiers: tuple[tuple[Expression, TierTable], ...]

    def table(self, region: Region) -> PriceTable:
        """Give the table that prices requests in a region."""
        table = self.prices.price
        for condition, tier in self.tiers:
            if region.holds(condition):
                table = tier.price
        return table

    def cost(self, region: Region, unit: str) -> Fraction:
        """Give the credits of one more count of a unit."""
        table = self.table(region)
        price = table.units[unit]
        for part in table.parts.get(unit, ()):
            if region.low(unit) > part.above:
                price = part
        return Fraction(price.weight, table.denominator * MICRO_PER_CREDIT)

    def without_tiers(self) -> "PricedSide":
        """Give the prices of requests that meet no tier."""
        return PricedSide(self.policy, self.prices, ())


def priced_side(policy: Policy, prices: ModelPrices) -> PricedSide:
    """Read the conditions of a model's tiers."""
    names = vocabulary_of(policy.document).of_conditions
    return PricedSide(
        policy,
        prices,
        tuple((expression_of(each.text, names, "yes_no"), each) for each in prices.tiers),
    )


def shared_regions(before: PricedSide, after: PricedSide) -> tuple[Region, ...] | None:
    """Split all requests so that both versions price each part by one table.

    Gives: None where there are too many parts.
    """
    bounds: dict[str, set[int]] = {}
    opaque: dict[str, None] = {}
    for side in (before, after):
        for condition, _ in side.tiers:
            found = bounds_of(condition)
            if found is None:
                opaque[condition.text] = None
                # Its names have no bounds of their own; the region says whether it holds.
                continue
            for name, steps in found.items():
                bounds.setdefault(name, set()).update(steps)
        for unit, parts in side.prices.price.parts.items():
            bounds.setdefault(unit, set()).update(each.above for each in parts)
    sums = vocabulary_of(after.policy.document).counts

    def units(name: str) -> Units:
        return frozenset(sums.get(name, ()))

    return regions_of(bounds, tuple(opaque), units)


def sample_requests(units: Sequence[str], region: Region) -> Iterator[Counts]:
    """Give some requests of a region: small and large ones, of each unit and of all together."""
    lows = {name: each.low for name, each in region.ranges if name in units}
    for count in _SAMPLES:
        yield from ({unit: count + lows.get(unit, 0)} for unit in units)
        yield {unit: count + lows.get(unit, 0) for unit in units}


def exact_credits(table: PriceTable, counts: Counts) -> Fraction:
    """Give what a request costs by a table, before it is rounded."""
    return sum(exact_lines(table, tuple(counts.items())), start=Fraction(0)) / MICRO_PER_CREDIT
