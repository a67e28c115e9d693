"""What the price list says beside its table: tiers, who has other multipliers, modifiers."""

from collections.abc import Iterator
from fractions import Fraction

from policyengine.app.sentences import factor_text
from policyengine.policy.policy import ModelPrices, ModifierRule, Policy, PriceTable, UnitPrice
from policyengine.values.amounts import MICRO_PER_CREDIT, credits_text


def price_notes(policy: Policy) -> Iterator[str]:
    """Give a line for each price that the table does not show."""
    for model in policy.models.values():
        yield from _tiers(policy, model)
        yield from _others(model)
        yield from _rounding(policy, model)
    if any(model.price.formula is not None for model in policy.models.values()):
        yield f"formula: {policy.document.charge.formula}"
    if policy.unknown_as is not None:
        yield f"a model that is not listed is priced as {policy.unknown_as}"
    for rule in policy.modifiers.values():
        yield _modifier(policy, rule)


def part_cost(table: PriceTable, part: UnitPrice) -> Fraction:
    """Give the credits that so many counts of a part cost as one rate pays for."""
    return Fraction(part.weight * part.per, table.denominator * MICRO_PER_CREDIT)


def _tiers(policy: Policy, model: ModelPrices) -> Iterator[str]:
    for index, tier in enumerate(model.tiers):
        rates = policy.document.models[model.name].tiers[index].rates or {}
        words = f"x {factor_text(tier.price.multiplier)}"
        if rates:
            listed = ", ".join(f"{unit} {factor_text(Fraction(rates[unit]))}" for unit in rates)
            words = f"rates {listed}, {words}"
        yield f"{model.name}: {words} for the whole request when {tier.text}"
    table = model.price
    for unit, parts in table.parts.items():
        for part in parts:
            cost = factor_text(part_cost(table, part))
            above = f"above {part.above:,}"
            yield f"{model.name}: {unit} {above} costs {cost} for {part.per:,}"


def _others(model: ModelPrices) -> Iterator[str]:
    for plan, prices in model.on_plan.items():
        yield f"{model.name}: x {factor_text(prices.price.multiplier)} on plan {plan}"
    for cohort, prices in model.for_cohort.items():
        yield f"{model.name}: x {factor_text(prices.price.multiplier)} for cohort {cohort}"


def _rounding(policy: Policy, model: ModelPrices) -> Iterator[str]:
    rounding = model.price.rounding
    part = policy.document.models[model.name]
    if part.round is not None:
        yield f"{model.name}: rounded {rounding.mode} to {credits_text(rounding.quantum_micro)}"
    if part.minimum is not None:
        yield f"{model.name}: at least {credits_text(rounding.minimum_micro)}"


def _modifier(policy: Policy, rule: ModifierRule) -> str:
    words = f"modifier {rule.name}: x {factor_text(rule.factor)}"
    part = policy.document.modifiers[rule.name]
    for key, names in (
        ("on", part.measures),
        ("for", part.models),
        ("on plans", part.plans),
        ("not with", part.not_with),
    ):
        if names:
            words += f" {key} {', '.join(names)}"
    if rule.hours:
        words += f", {' and '.join(str(each) for each in rule.hours)} in {policy.zone}"
    return words
