"""Rating: usage in, price out; exact arithmetic on whole numbers, rounded once."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from policyengine.engine import refusals
from policyengine.engine.commands import Usage
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Formula, ModelPrices, Policy, PriceTable
from policyengine.values.amounts import AMOUNT_MICRO_MAX, MICRO_PER_CREDIT, Micro, round_ratio


@dataclass(frozen=True, slots=True)
class Price:
    """What usage costs under a policy: rounded, at least the policy's minimum if above 0.

    `tier` is the index of the tier that priced it.
    """

    total_micro: Micro
    tier: int | None = None


def rate(policy: Policy, usage: Usage) -> Price | Refusal:
    """Price usage under one policy version.

    Takes: counts already checked by `Usage.of`; the order of counts does not matter.
    Gives: the price, or a refusal for a model or unit that the policy does not list, or for a price
    that no ledger can hold.
    """
    model = policy.models.get(usage.model)
    if model is None:
        return refusals.unknown_model(policy, usage.model)
    counts = usage.counts
    tier, table = (None, model.price) if not model.tiers else _tier_of(model, dict(counts))
    if usage.outcome != "succeeded":
        counts = _counts_of_outcome(policy, usage)
        if any(unit not in policy.units for unit, _ in usage.counts):
            return _unknown_unit(policy, usage)
    try:
        if table.formula is None:
            total = table.total(counts)
        else:
            total = _by_formula(policy, table, table.formula, dict(counts))
    except KeyError:
        return _unknown_unit(policy, usage)
    if total > AMOUNT_MICRO_MAX:
        return refusals.price_out_of_bounds(usage.model)
    return Price(total, tier)


def price_micro(policy: Policy, usage: Usage) -> Micro | Refusal:
    """Give just the amount of `rate`, by the shortest way: for estimates over many requests."""
    model = policy.models.get(usage.model)
    if model is not None and not model.tiers and usage.outcome == "succeeded":
        table = model.price
        if table.formula is None:
            try:
                total = table.total(usage.counts)
            except KeyError:
                return _unknown_unit(policy, usage)
            if total <= AMOUNT_MICRO_MAX:
                return total
    price = rate(policy, usage)
    return price if isinstance(price, Refusal) else price.total_micro


def table_of(policy: Policy, model_name: str, tier: int | None) -> PriceTable:
    """Give the table that priced a request."""
    model = policy.models[model_name]
    return model.price if tier is None else model.tiers[tier].price


def _tier_of(model: ModelPrices, counts: Mapping[str, int]) -> tuple[int | None, PriceTable]:
    tiers = model.tiers
    for index in range(len(tiers) - 1, -1, -1):
        tier = tiers[index]
        sums = [sum(counts.get(unit, 0) for unit in units) for units in tier.sums]
        if tier.holds(*sums):
            return index, tier.price
    return None, model.price


def counts_charged(policy: Policy, usage: Usage) -> tuple[tuple[str, int], ...]:
    """Give the counts that are charged for: fewer where the request failed or was stopped."""
    return usage.counts if usage.outcome == "succeeded" else _counts_of_outcome(policy, usage)


def _counts_of_outcome(policy: Policy, usage: Usage) -> tuple[tuple[str, int], ...]:
    how = policy.failed if usage.outcome == "failed" else policy.cancelled
    if how == "full":
        return usage.counts
    if how == "free":
        return ()
    return tuple(each for each in usage.counts if policy.units.get(each[0]) == "input")


def _unknown_unit(policy: Policy, usage: Usage) -> Refusal:
    unit = next(unit for unit, _ in usage.counts if unit not in policy.units)
    return refusals.unknown_unit(policy, unit)


def _by_formula(
    policy: Policy, table: PriceTable, formula: Formula, counts: Mapping[str, int]
) -> Micro:
    exact = exact_by_formula(table, formula, counts)
    total = round_ratio(exact.numerator, exact.denominator, policy.quantum_micro, policy.rounding)
    return policy.minimum_micro if exact and total < policy.minimum_micro else total


def exact_by_formula(table: PriceTable, formula: Formula, counts: Mapping[str, int]) -> Fraction:
    """Give the exact price in micro-credits of a formula that is not linear; never below 0.

    Raises: KeyError for a unit that the policy does not count.
    """
    for unit in counts:
        table.units[unit]
    if not counts:
        return Fraction(0)
    exact = Fraction(formula.evaluate(*formula_values(formula, table, counts)))
    return max(exact * MICRO_PER_CREDIT, Fraction(0))


def formula_values(
    formula: Formula, table: PriceTable, counts: Mapping[str, int]
) -> list[Fraction | int]:
    """Give the values of a formula's names for a request, in the formula's order."""
    values: list[Fraction | int] = []
    for name in formula.names:
        if name == "multiplier":
            values.append(table.multiplier)
        else:
            units = formula.sums[name]
            values.append(
                sum((counts.get(unit, 0) * weight for unit, weight in units), start=Fraction(0))
            )
    return values


def split_by_unit(
    policy: Policy, usage: Usage, price: Price, total_micro: Micro
) -> tuple[tuple[str, Micro], ...]:
    """Share an amount among the units that caused it, in proportion, by largest remainder.

    Equal remainders go to the first unit by name, as does an amount that no unit caused.
    Gives: one share per unit with a count, in the order of the counts; the shares add up exactly.
    """
    table = table_of(policy, usage.model, price.tier)
    counts = [each for each in counts_charged(policy, usage) if each[1]]
    weights = [max(table.units[unit].weight, 0) * count for unit, count in counts]
    whole = sum(weights)
    if not whole:
        return ((min(counts)[0], total_micro),) if counts else ()
    shares = [total_micro * weight // whole for weight in weights]
    rests = [
        (-(total_micro * weight % whole), unit, index)
        for index, ((unit, _), weight) in enumerate(zip(counts, weights, strict=True))
    ]
    for _, _, index in sorted(rests)[: total_micro - sum(shares)]:
        shares[index] += 1
    return tuple((unit, share) for (unit, _), share in zip(counts, shares, strict=True))
