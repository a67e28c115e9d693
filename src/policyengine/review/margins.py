"""What is left of the price of requests after what they cost the operator, in money.

A price is a sum over counts, and so is a cost: the count that leaves least is the least margin of
any request. Prices are taken before they are rounded, and without modifiers but those that hold by
their hours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import itemgetter

from policyengine.engine.commands import Usage
from policyengine.engine.modifying import factor_of, hours_that_meet
from policyengine.engine.rating import rate
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import ModelPrices, Policy
from policyengine.review.regions import Region, region_text
from policyengine.review.rises import (
    UNBOUNDED,
    Scope,
    audience_text,
    audiences,
    marginal_costs,
    step_text,
)
from policyengine.review.sides import (
    PricedSide,
    exact_credits,
    priced_side,
    sample_requests,
    shared_regions,
)
from policyengine.values.amounts import MICRO_PER_CREDIT, Micro


@dataclass(frozen=True, slots=True)
class Costs:
    """What providers ask for so many counts of a unit, by model, and what a credit is sold for."""

    currency: str
    credit: Fraction
    per: int
    models: Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True, slots=True)
class Margin:
    """What is paid and what it costs, in money for so many counts.

    `is_certain` tells that nothing else of the model, asked for so, leaves less in this range.
    """

    model: str
    audience: str
    part: str
    where: str
    paid: Fraction
    cost: Fraction
    per: int
    is_certain: bool = True

    @property
    def share(self) -> Fraction:
        """Give the share of what is paid that is left; far below 0 where nothing is paid."""
        if not self.paid:
            return -UNBOUNDED if self.cost else Fraction(1)
        return 1 - self.cost / self.paid


def models_of(policy: Policy, scope: Scope) -> Iterator[tuple[str, ModelPrices]]:
    """Give the models in a scope."""
    for name, model in policy.models.items():
        if not scope.models or name in scope.models:
            yield name, model


def unknown_costs(policy: Policy, costs: Costs, scope: Scope) -> Iterator[str]:
    """Name what has a price and no cost: a model, or a unit of one."""
    for name, model in models_of(policy, scope):
        listed = costs.models.get(name)
        if listed is None:
            yield name
        else:
            yield from (f"{unit} of {name}" for unit in model.price.units if unit not in listed)


def margins(policy: Policy, costs: Costs, scope: Scope) -> Iterator[Margin]:
    """Give what each count of each unit leaves, for models and units whose cost is known."""
    for name, model in models_of(policy, scope):
        for asking, _, prices in audiences(model, model, scope.plans):
            found = tuple(_of_model(priced_side(policy, prices), costs, costs.models.get(name, {})))
            hours = hours_that_meet(policy, name, asking)
            for each in found:
                names = min(hours, key=lambda names, part=each.part: _factor(policy, names, part))  # type: ignore[misc]
                audience = _hours_text(audience_text(asking), names)
                paid = each.paid * _factor(policy, names, each.part)
                yield replace(each, audience=audience, paid=paid)


def _factor(policy: Policy, names: tuple[str, ...], part: str) -> Fraction:
    return factor_of(tuple(policy.modifiers[name] for name in names), part)


def _hours_text(audience: str, names: tuple[str, ...]) -> str:
    """Say at which hours, if not at any: `on plan pro at the hours of night`."""
    hours = f"at the hours of {' and '.join(names)}" if names else ""
    return " ".join(filter(None, (audience, hours)))


def _of_model(side: PricedSide, costs: Costs, listed: Mapping[str, Fraction]) -> Iterator[Margin]:
    regions = shared_regions(side, side)
    is_certain = regions is not None
    side = side if is_certain else side.without_tiers()
    name = side.prices.name
    for region in regions or (Region(()),):
        table, where = side.table(region), region_text(region)
        if table.formula is not None:
            for counts in sample_requests([*listed], region):
                paid = exact_credits(table, counts) * costs.credit
                yield _of_request(name, where, counts, paid, costs)
            continue
        for unit, cost in listed.items():
            for step, (_, price) in marginal_costs(table, table, unit, region):
                words = step_text(region, unit, step)
                paid = price * costs.per * costs.credit
                yield Margin(name, "", unit, words, paid, cost, costs.per, is_certain)


def request_margins(
    policy: Policy, costs: Costs, scope: Scope, counts: Mapping[str, int]
) -> Iterator[Margin | Refusal]:
    """Give what one request leaves under each model, priced and rounded as the engine does.

    It is asked at the hours at which it costs least.
    """
    for name, model in models_of(policy, scope):
        for asking, _, _prices in audiences(model, model, scope.plans):
            prices: list[tuple[Micro, tuple[str, ...]]] = []
            for names in hours_that_meet(policy, name, asking):
                price = rate(policy, Usage.of(name, counts, modifiers=names), asking)
                if isinstance(price, Refusal):
                    yield price
                    break
                prices.append((price.total_micro, names))
            if prices:
                micro, names = min(prices, key=itemgetter(0))
                paid = Fraction(micro, MICRO_PER_CREDIT) * costs.credit
                found = _of_request(name, "", counts, paid, costs)
                audience = _hours_text(audience_text(asking), names)
                yield replace(found, audience=audience, is_certain=True)


def _of_request(
    model: str, where: str, counts: Mapping[str, int], paid: Fraction, costs: Costs
) -> Margin:
    listed = costs.models.get(model, {})
    cost = Fraction(0)
    for unit, count in counts.items():
        cost += count * listed.get(unit, Fraction(0)) / costs.per
    part = " and ".join(f"{count:,} {unit}" for unit, count in counts.items())
    return Margin(model, "", part, where, paid, cost, 1, is_certain=False)
