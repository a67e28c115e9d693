"""Prices that are seen to be no higher without a solver: count by count, tier by tier."""

from fractions import Fraction
from itertools import zip_longest

from policyengine.engine.modifying import factor_of, factor_of_all
from policyengine.policy.policy import ModifierRule, Policy, PriceTable
from policyengine.proving.pricing import Asked


def is_never_dearer(new: Policy, old: Policy, asked: Asked, units: tuple[str, ...]) -> bool:
    """Tell whether a price is no higher for any counts, as far as plain comparison shows it.

    It does where both prices are linear with the same tiers, the same rounding, and no higher rate
    for any unit, constant or minimum: then the exact price is no higher, and rounding keeps order.
    Gives: False where it does not show it; that is no answer.
    """
    one, other = (
        each.models[asked.model].for_wallet(asked.standing.plan, asked.standing.cohort)
        for each in (new, old)
    )
    mine, theirs = (
        tuple(rule for rule in each.modifiers.values() if rule.name in asked.modifiers)
        for each in (new, old)
    )
    if [(tier.text, tier.sums) for tier in one.tiers] != [
        (tier.text, tier.sums) for tier in other.tiers
    ]:
        return False
    tables = [
        (one.price, other.price),
        *((a.price, b.price) for a, b in zip(one.tiers, other.tiers, strict=True)),
    ]
    return all(_no_higher(a, b, mine, theirs, units) for a, b in tables)


def _no_higher(
    one: PriceTable,
    other: PriceTable,
    mine: tuple[ModifierRule, ...],
    theirs: tuple[ModifierRule, ...],
    units: tuple[str, ...],
) -> bool:
    if one.formula is not None or other.formula is not None:
        return False
    a, b = one.rounding, other.rounding
    if (a.quantum_micro, a.mode, a.each_line) != (b.quantum_micro, b.mode, b.each_line):
        return False
    if a.minimum_micro > b.minimum_micro:
        return False
    constants = (
        Fraction(table.constant, table.denominator) * factor_of_all(rules)
        for table, rules in ((one, mine), (other, theirs))
    )
    if not _is_ascending(*constants):
        return False
    return all(_unit_no_higher(one, other, mine, theirs, unit) for unit in units)


def _unit_no_higher(
    one: PriceTable,
    other: PriceTable,
    mine: tuple[ModifierRule, ...],
    theirs: tuple[ModifierRule, ...],
    unit: str,
) -> bool:
    ours = (one.units[unit], *one.parts.get(unit, ()))
    others = (other.units[unit], *other.parts.get(unit, ()))
    for a, b in zip_longest(ours, others):
        if a is None or b is None or a.above != b.above:
            return False
        weight = Fraction(a.weight, one.denominator) * factor_of(mine, unit)
        if weight > Fraction(b.weight, other.denominator) * factor_of(theirs, unit):
            return False
    return True


def _is_ascending(low: Fraction, high: Fraction) -> bool:
    return low <= high
