"""The price of a request as a term over its counts: the same steps as rating, for all counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from policyengine.engine.modifying import factor_of, factor_of_all
from policyengine.ledger.subscriptions import Standing
from policyengine.policy.policy import ModifierRule, Policy, PriceTable
from policyengine.policy.tables import expression_of
from policyengine.policy.vocabulary import vocabulary_of
from policyengine.proving.ratios import (
    Ratio,
    Term,
    all_of,
    any_of,
    chosen,
    constant,
    held,
    rounded,
    total,
    valued,
)
from policyengine.values.amounts import MICRO_PER_CREDIT

Counts = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a model, by whom, with which modifiers."""

    model: str
    standing: Standing
    modifiers: tuple[str, ...] = ()


def price_term(policy: Policy, asked: Asked, counts: Counts) -> Term:
    """Give the price of a request in micro-credits.

    Takes: a model and modifiers that the policy has and allows; the counts of some units, which
    are all listed in the request; those of others are 0.
    """
    model = policy.models[asked.model].for_wallet(asked.standing.plan, asked.standing.cohort)
    rules = tuple(rule for rule in policy.modifiers.values() if rule.name in asked.modifiers)
    price = _table_term(policy, model.price, counts, rules)
    vocabulary = vocabulary_of(policy.document)
    names = count_names(policy, counts)
    for tier in model.tiers:
        when = expression_of(tier.text, vocabulary.of_conditions, "yes_no")
        tiered = _table_term(policy, tier.price, counts, rules)
        price = chosen(held(when.root, names), tiered, price)
    return price


def count_names(policy: Policy, counts: Counts) -> dict[str, Ratio]:
    """Give what the names of counts stand for: units, and sums such as `all_input`."""
    vocabulary = vocabulary_of(policy.document)
    return {
        name: Ratio(sum((counts.get(unit, 0) for unit in units), start=0))
        for name, units in vocabulary.counts.items()
    }


def _table_term(
    policy: Policy, table: PriceTable, counts: Counts, rules: tuple[ModifierRule, ...]
) -> Term:
    rounding = table.rounding
    lines = _lines(policy, table, counts, rules)
    priced = lines if rounding.each_line else [total(lines)]
    amounts = [rounded(line, rounding.quantum_micro, rounding.mode) for line in priced]
    amount = sum(amounts[1:], start=amounts[0])
    if not rounding.minimum_micro:
        return amount
    is_worth = any_of([line.number != 0 for line in priced])
    is_less = amount < rounding.minimum_micro
    return chosen(all_of([is_worth, is_less]), rounding.minimum_micro, amount)


def _lines(
    policy: Policy, table: PriceTable, counts: Counts, rules: tuple[ModifierRule, ...]
) -> list[Ratio]:
    whole = factor_of_all(rules)
    if table.formula is not None:
        exact = _by_formula(policy, table, counts)
        return [Ratio(chosen(exact.number > 0, exact.number, 0), exact.over).times(whole)]
    lines = [constant(Fraction(table.constant, table.denominator) * whole)]
    for unit, price in table.units.items():
        count = counts.get(unit, 0)
        factor = factor_of(rules, unit)
        steps = (price, *table.parts.get(unit, ()))
        ends: list[int | None] = [*(step.above for step in steps[1:]), None]
        for step, end in zip(steps, ends, strict=True):
            inside = _between(count, step.above, end)
            weight = Fraction(step.weight, table.denominator) * factor
            lines.append(Ratio(inside).times(weight))
    return lines


def _between(count: Term, above: int, end: int | None) -> Term:
    """Give how much of a count lies above a bound, up to another one."""
    capped = count if end is None else chosen(count < end, count, end)
    return capped if not above else chosen(capped > above, capped - above, 0)


def _by_formula(policy: Policy, table: PriceTable, counts: Counts) -> Ratio:
    """Give the exact price in micro-credits of a formula that is not linear."""
    formula = table.formula
    if formula is None:
        raise TypeError("this price is linear")
    text, names = policy.document.charge.formula, vocabulary_of(policy.document).of_formulas
    values = {"multiplier": constant(table.multiplier)}
    for name, units in formula.sums.items():
        values[name] = total(
            [
                constant(Fraction(0)),
                *(Ratio(counts.get(unit, 0)).times(rate) for unit, rate in units),
            ]
        )
    root = expression_of(text, names, "credits").root
    return valued(root, values).times(Fraction(MICRO_PER_CREDIT))
