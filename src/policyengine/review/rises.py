"""By how much prices rise at most, whatever is counted: for each model and all who ask for it.

A price is a sum over counts, so no request rises by more than the part of it that rises most: one
more count of a unit, what each request costs, or the least that one costs. Prices are compared
before they are rounded; a formula that is no sum is compared by sample requests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.policy.policy import ModelPrices, ModifierRule, Policy, PriceTable
from policyengine.review.regions import Region, region_text
from policyengine.review.sides import (
    PricedSide,
    exact_credits,
    priced_side,
    sample_requests,
    shared_regions,
)
from policyengine.values.amounts import MICRO_PER_CREDIT
from policyengine.values.hours import minutes_of_week

UNBOUNDED: Final = Fraction(10**18)
"""The ratio of a price that was nothing, and is something now."""
_SAME: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which models and plans are meant; none stand for all."""

    models: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rise:
    """What one part of a price costs, in credits for so many counts; `ratio` is new by old.

    `part` is what is counted: a unit, or the words for a part that no unit causes. `is_certain`
    tells that no other request of the model, asked for so, rises more in this range.
    """

    model: str
    audience: str
    part: str
    where: str
    old: Fraction
    new: Fraction
    per: int
    modifier: str = ""
    is_certain: bool = True

    @property
    def ratio(self) -> Fraction:
        """Give the new price by the old one."""
        if not self.old:
            return UNBOUNDED if self.new else _SAME
        return self.new / self.old


def rises(old: Policy, new: Policy, scope: Scope) -> Iterator[Rise]:
    """Give what every part of every price costs in both versions, where both have it.

    A model that is gone has the price that requests for it have now, if they are not refused.
    """
    for name, model in old.models.items():
        now = name if name in new.models else new.unknown_as
        if now is None or (scope.models and name not in scope.models):
            continue
        said = name if now == name else f"{name}, now priced as {now},"
        for asking, before, after in audiences(model, new.models[now], scope.plans):
            found = _of_audience(old, new, before, after, audience_text(asking))
            yield from (replace(each, model=said) for each in found)


def refused_models(old: Policy, new: Policy, scope: Scope) -> tuple[str, ...]:
    """Name the models that are gone, and whose requests are refused now."""
    if new.unknown_as is not None:
        return ()
    gone = [name for name in old.models if name not in new.models]
    return tuple(name for name in gone if not scope.models or name in scope.models)


def audiences(
    old: ModelPrices, new: ModelPrices, plans: tuple[str, ...]
) -> Iterator[tuple[Standing, ModelPrices, ModelPrices]]:
    """Give all who ask for a model at prices of their own: everyone, or those on some plans."""
    if plans:
        asked = [Standing(plan) for plan in plans]
    else:
        asked = [NOBODY]
        asked += [Standing(plan) for plan in dict.fromkeys((*old.on_plan, *new.on_plan))]
        cohorts = dict.fromkeys((*old.for_cohort, *new.for_cohort))
        asked += [Standing("", cohort) for cohort in cohorts]
    for each in asked:
        names = each.plan, each.cohort
        yield each, old.for_wallet(*names), new.for_wallet(*names)


def audience_text(standing: Standing) -> str:
    """Say who asks: `on plan pro`; nothing for everyone."""
    if standing.cohort:
        return f"for cohort {standing.cohort}"
    return f"on plan {standing.plan}" if standing.plan else ""


def _of_audience(
    old: Policy, new: Policy, was: ModelPrices, now: ModelPrices, audience: str
) -> Iterator[Rise]:
    before, after = priced_side(old, was), priced_side(new, now)
    regions = shared_regions(before, after)
    if regions is None:
        before, after = before.without_tiers(), after.without_tiers()
    for region in regions or (Region(()),):
        for each in _of_region(before, after, region):
            found = replace(
                each, audience=audience, is_certain=each.is_certain and regions is not None
            )
            yield found
            yield from _with_modifiers(found, old, new)


def _of_region(before: PricedSide, after: PricedSide, region: Region) -> Iterator[Rise]:
    was, now = before.table(region), after.table(region)
    model, where = after.prices.name, region_text(region)
    if was.formula is not None or now.formula is not None:
        is_same = (
            was.formula is not None and was.pointer == now.pointer and _says_same(before, after)
        )
        units = [each for each in now.units if each in was.units]
        for counts in sample_requests(units, region):
            part = " and ".join(f"{count:,} {unit}" for unit, count in counts.items())
            prices = exact_credits(was, counts), exact_credits(now, counts)
            yield Rise(model, "", part, where, *prices, 1, is_certain=is_same)
        return
    for unit in now.units:
        if unit in was.units:
            for step, costs in marginal_costs(was, now, unit, region):
                per = now.units[unit].per
                words = step_text(region, unit, step)
                yield Rise(model, "", unit, words, costs[0] * per, costs[1] * per, per)
    # The least price is that of small requests, and those are in the first range.
    is_first = not any(each.low for _, each in region.ranges)
    yield from _of_requests(model, where, was, now, is_first=is_first)


def _says_same(before: PricedSide, after: PricedSide) -> bool:
    """Tell whether a model's price is written in the same words, so that no sample is needed."""
    old, new = before.policy.document, after.policy.document
    name = after.prices.name
    return (old.charge, old.units, old.models[name]) == (new.charge, new.units, new.models[name])


def marginal_costs(
    was: PriceTable, now: PriceTable, unit: str, region: Region
) -> Iterator[tuple[int, tuple[Fraction, Fraction]]]:
    """Give the credits of one more count of a unit by two tables, above each bound of either."""
    bounds = {part.above for table in (was, now) for part in table.parts.get(unit, ())}
    high = dict(region.ranges)[unit].high if unit in dict(region.ranges) else None
    for step in sorted({0, *bounds}):
        if high is None or step < high:
            yield step, (_cost(was, unit, step), _cost(now, unit, step))


def step_text(region: Region, unit: str, step: int) -> str:
    """Say where a part of a price counts: in a region, above a bound that this does not name."""
    where = region_text(region)
    if not step or unit in dict(region.ranges):
        return where
    return " and ".join(filter(None, (where, f"above {step:,} {unit}")))


def _cost(table: PriceTable, unit: str, above: int) -> Fraction:
    price = table.units[unit]
    for part in table.parts.get(unit, ()):
        if part.above <= above:
            price = part
    return Fraction(price.weight, table.denominator * MICRO_PER_CREDIT)


def _of_requests(
    model: str, where: str, was: PriceTable, now: PriceTable, *, is_first: bool
) -> Iterator[Rise]:
    """Compare what no unit causes: what each request costs, and the least that one costs."""
    constants = [
        Fraction(each.constant, each.denominator * MICRO_PER_CREDIT) for each in (was, now)
    ]
    if any(constants):
        yield Rise(model, "", "each request", where, constants[0], constants[1], 1)
    least = _least(was), _least(now)
    if is_first and least[1] > max(least[0], constants[0]):
        yield Rise(model, "", "the least price", where, max(least[0], constants[0]), least[1], 1)


def _least(table: PriceTable) -> Fraction:
    """Give the least that a request costs which costs anything."""
    rounding = table.rounding
    quantum = rounding.quantum_micro if rounding.mode == "up" else 0
    is_paid = table.constant or any(each.weight for each in table.units.values())
    return Fraction(max(rounding.minimum_micro, quantum) if is_paid else 0, MICRO_PER_CREDIT)


def _with_modifiers(each: Rise, old: Policy, new: Policy) -> Iterator[Rise]:
    """Compare the same part for requests that have one modifier, where its factor differs."""
    for name in dict.fromkeys((*new.modifiers, *old.modifiers)):
        rules = old.modifiers.get(name), new.modifiers.get(name)
        for was, now in _held(*rules):
            before, after = _factor(was, each), _factor(now, each)
            if before != after:
                yield replace(each, old=each.old * before, new=each.new * after, modifier=name)


_Held: TypeAlias = tuple[ModifierRule | None, ModifierRule | None]


def _held(was: ModifierRule | None, now: ModifierRule | None) -> Iterator[_Held]:
    """Give what requests have of a modifier: in both versions, or by its hours in one of them."""
    if was is not None and now is not None and not (was.hours or now.hours):
        yield was, now
        return
    before, after = (minutes_of_week(() if each is None else each.hours) for each in (was, now))
    if before & after:
        yield was, now
    if before - after:
        yield was, None
    if after - before:
        yield None, now


def _factor(rule: ModifierRule | None, each: Rise) -> Fraction:
    if rule is None or (rule.models is not None and each.model not in rule.models):
        return _SAME
    return rule.factor if rule.units is None or each.part in rule.units else _SAME
