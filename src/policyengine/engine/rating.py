"""Rating: usage in, price out; exact arithmetic on whole numbers, rounded once."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from policyengine.engine import refusals
from policyengine.engine.commands import Usage
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Formula, ModelPrices, Policy, PriceTable
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro, round_ratio


@dataclass(frozen=True, slots=True)
class Price:
    """What usage costs under a policy.

    The exact price in micro-credits is `numerator / denominator`; `total_micro` is it rounded, at
    least the policy's minimum. `tier` is the index of the tier that priced it.
    """

    total_micro: Micro
    numerator: int
    denominator: int
    tier: int | None


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
    tier: int | None = None
    table = model.price
    if model.tiers:
        tier, table = _tier_of(model, dict(counts))
    if usage.outcome != "succeeded":
        counts = _counts_of_outcome(policy, usage)
    if table.formula is not None:
        return _by_formula(policy, table, table.formula, dict(counts), tier)
    weights = table.weights
    numerator = table.constant if counts else 0
    try:
        for unit, count in counts:
            numerator += weights[unit] * count
    except KeyError:
        return _unknown_unit(policy, usage)
    denominator = table.denominator
    if policy.round_at == "each_line":
        total = _rounded_lines(policy, table, counts)
    else:
        total = round_ratio(numerator, denominator, policy.quantum_micro, policy.rounding)
    if numerator and total < policy.minimum_micro:
        total = policy.minimum_micro
    if total > AMOUNT_MICRO_MAX:
        return refusals.price_out_of_bounds(usage.model)
    return Price(total, numerator, denominator, tier)


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


def _rounded_lines(policy: Policy, table: PriceTable, counts: tuple[tuple[str, int], ...]) -> Micro:
    lines = [table.weights[unit] * count for unit, count in counts]
    if counts and table.constant:
        lines.append(table.constant)
    return sum(
        round_ratio(line, table.denominator, policy.quantum_micro, policy.rounding)
        for line in lines
    )


def _unknown_unit(policy: Policy, usage: Usage) -> Refusal:
    unit = next(unit for unit, _ in usage.counts if unit not in policy.units)
    return refusals.unknown_unit(policy, unit)


def _by_formula(
    policy: Policy, table: PriceTable, formula: Formula, counts: Mapping[str, int], tier: int | None
) -> Price | Refusal:
    for unit in counts:
        if unit not in policy.units:
            return refusals.unknown_unit(policy, unit)
    if not counts:
        return Price(0, 0, 1, tier)
    exact = Fraction(formula.evaluate(*formula_values(formula, table, counts))) * 1_000_000
    if exact < 0:
        exact = Fraction(0)
    total = round_ratio(exact.numerator, exact.denominator, policy.quantum_micro, policy.rounding)
    if exact and total < policy.minimum_micro:
        total = policy.minimum_micro
    if total > AMOUNT_MICRO_MAX:
        return refusals.price_out_of_bounds("")
    return Price(total, exact.numerator, exact.denominator, tier)


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

    Gives: one share per unit with a count, in the order of the counts; the shares add up exactly.
    """
    table = table_of(policy, usage.model, price.tier)
    counts = [each for each in counts_charged(policy, usage) if each[1]]
    weights = [max(table.weights.get(unit, 0), 0) * count for unit, count in counts]
    whole = sum(weights)
    if not whole:
        return ((counts[0][0], total_micro),) if counts else ()
    shares = [total_micro * weight // whole for weight in weights]
    rests = [(-(total_micro * weight % whole), index) for index, weight in enumerate(weights)]
    for _, index in sorted(rests)[: total_micro - sum(shares)]:
        shares[index] += 1
    return tuple((unit, share) for (unit, _), share in zip(counts, shares, strict=True))
