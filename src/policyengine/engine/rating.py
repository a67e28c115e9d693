"""Rating: usage in, price out; exact arithmetic on whole numbers, rounded once."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from policyengine.engine import modifying, refusals
from policyengine.engine.commands import Usage
from policyengine.ledger.changes import PriceTerms
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import (
    Formula,
    ModelPrices,
    ModifierRule,
    Policy,
    PriceTable,
    UnitPrice,
)
from policyengine.values.amounts import AMOUNT_MICRO_MAX, MICRO_PER_CREDIT, Micro, round_ratio


class Price(NamedTuple):
    """What usage costs under a policy: rounded, at least the least if above 0.

    `tier` is the index of the tier that priced the whole request. `terms` is None where model,
    counts and outcome alone decided. A named tuple, since one is made for each request rated and
    a frozen dataclass takes as long to make as the price to reckon.
    """

    total_micro: Micro
    tier: int | None = None
    terms: PriceTerms | None = None


def rate(policy: Policy, usage: Usage, standing: Standing = NOBODY) -> Price | Refusal:
    """Price usage under one policy version.

    Takes: counts already checked by `Usage.of`; the order of counts does not matter. The standing
    of the wallet that asks; without it, a model's own multiplier.
    Gives: the price, or a refusal for a model, unit or modifier that the policy does not list or
    allow, or for a price that no ledger can hold.
    """
    model = policy.models.get(usage.model)
    if model is None:
        return _rate_unlisted(policy, usage, standing)
    if not model.is_plain or usage.modifiers or usage.outcome != "succeeded":
        return _rate(policy, model, usage, standing)
    try:
        total = model.price.total(usage.counts)
    except KeyError:
        return _unknown_unit(policy, usage)
    if total > AMOUNT_MICRO_MAX:
        return refusals.price_out_of_bounds(usage.model)
    return Price(total)


def _rate_unlisted(policy: Policy, usage: Usage, standing: Standing) -> Price | Refusal:
    """Price usage of a model that the policy does not list as that of another one, or refuse it."""
    if policy.unknown_as is None:
        return refusals.unknown_model(policy, usage.model)
    price = rate(policy, replace(usage, model=policy.unknown_as), standing)
    if isinstance(price, Refusal):
        return price
    terms = PriceTerms() if price.terms is None else price.terms
    return price._replace(terms=replace(terms, asked=usage.model))


def _rate(policy: Policy, model: ModelPrices, usage: Usage, standing: Standing) -> Price | Refusal:
    rules = modifying.rules_of(policy, usage, standing) if usage.modifiers else ()
    if isinstance(rules, Refusal):
        return rules
    terms = None
    if rules or model.varies:
        names = tuple(rule.name for rule in rules)
        terms = PriceTerms("", standing.plan, standing.cohort, names)
        model = model.for_wallet(standing.plan, standing.cohort)
    counts = usage.counts
    tier, table = (None, model.price) if not model.tiers else _tier_of(model, dict(counts))
    if usage.outcome != "succeeded":
        counts = _counts_of_outcome(policy, usage)
        if any(unit not in policy.units for unit, _ in usage.counts):
            return _unknown_unit(policy, usage)
    try:
        total = _total(table, counts, rules)
    except KeyError:
        return _unknown_unit(policy, usage)
    if total > AMOUNT_MICRO_MAX:
        return refusals.price_out_of_bounds(usage.model)
    return Price(total, tier, terms)


def _total(
    table: PriceTable, counts: tuple[tuple[str, int], ...], rules: tuple[ModifierRule, ...]
) -> Micro:
    if table.formula is None and not rules:
        return table.total(counts)
    rounding = table.rounding
    lines = exact_lines(table, counts, rules)
    if not rounding.each_line:
        lines = [sum(lines, start=Fraction(0))]
    total = sum(
        round_ratio(line.numerator, line.denominator, rounding.quantum_micro, rounding.mode)
        for line in lines
    )
    return rounding.minimum_micro if any(lines) and total < rounding.minimum_micro else total


def price_micro(policy: Policy, usage: Usage) -> Micro | Refusal:
    """Give just the amount of `rate`, by the shortest way: for estimates over many requests."""
    model = policy.models.get(usage.model)
    if (
        model is not None
        and model.is_plain
        and usage.outcome == "succeeded"
        and not usage.modifiers
    ):
        try:
            total = model.price.total(usage.counts)
        except KeyError:
            return _unknown_unit(policy, usage)
        if total <= AMOUNT_MICRO_MAX:
            return total
    price = rate(policy, usage)
    return price if isinstance(price, Refusal) else price.total_micro


def table_of(
    policy: Policy, model_name: str, tier: int | None, terms: PriceTerms | None = None
) -> PriceTable:
    """Give the table that priced a request."""
    model = policy.models[model_name]
    if terms is not None:
        model = model.for_wallet(terms.plan, terms.cohort)
    return model.price if tier is None else model.tiers[tier].price


def lines_of(table: PriceTable, counts: tuple[tuple[str, int], ...]) -> list[tuple[UnitPrice, int]]:
    """Cut counts into what is priced alike: one line per unit, several where it has parts.

    Raises: KeyError for a unit that the policy does not count.
    """
    units, parts = table.units, table.parts
    if not parts:
        return [(units[name], count) for name, count in counts if count]
    lines = []
    for name, count in counts:
        steps = (units[name], *parts.get(name, ()))
        ends = [step.above for step in steps[1:]] + [count]
        lines += [
            (step, min(end, count) - step.above)
            for step, end in zip(steps, ends, strict=True)
            if step.above < min(end, count)
        ]
    return lines


def exact_lines(
    table: PriceTable,
    counts: tuple[tuple[str, int], ...],
    rules: tuple[ModifierRule, ...] = (),
) -> list[Fraction]:
    """Give the exact amounts in micro-credits that add up to a price, after modifiers.

    Raises: KeyError for a unit that the policy does not count.
    """
    whole = modifying.factor_of_all(rules)
    if table.formula is not None:
        return [exact_by_formula(table, table.formula, dict(counts)) * whole]
    for unit, _ in counts:
        table.units[unit]
    lines = [
        Fraction(each.weight * count, table.denominator) * modifying.factor_of(rules, each.unit)
        for each, count in lines_of(table, counts)
    ]
    if counts and table.constant:
        lines.append(Fraction(table.constant, table.denominator) * whole)
    return lines


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
    table = table_of(policy, usage.model, price.tier, price.terms)
    counts = [each for each in counts_charged(policy, usage) if each[1]]
    names = () if price.terms is None else price.terms.modifiers
    rules = tuple(policy.modifiers[name] for name in names)
    weights = [_weight(table, each, rules) for each in counts]
    whole = sum(weights)
    if not whole:
        return ((min(counts)[0], total_micro),) if counts else ()
    shares = [int(total_micro * weight // whole) for weight in weights]
    rests = [
        (-(total_micro * weight % whole), unit, index)
        for index, ((unit, _), weight) in enumerate(zip(counts, weights, strict=True))
    ]
    for _, _, index in sorted(rests)[: total_micro - sum(shares)]:
        shares[index] += 1
    return tuple((unit, share) for (unit, _), share in zip(counts, shares, strict=True))


def _weight(
    table: PriceTable, count: tuple[str, int], rules: tuple[ModifierRule, ...]
) -> Fraction | int:
    weight = sum(max(line.weight, 0) * number for line, number in lines_of(table, (count,)))
    return weight * modifying.factor_of(rules, count[0]) if rules else weight
