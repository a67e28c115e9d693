"""The derivation of a price: multiplier, lines, modifiers and rounding, each with its line."""

from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from policyengine.engine.commands import Usage
from policyengine.engine.derivation import Place, Step, exact_text, factor_text, place_of
from policyengine.engine.rating import (
    Price,
    counts_charged,
    exact_lines,
    lines_of,
    rate,
    table_of,
)
from policyengine.ledger.changes import PriceTerms
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import ModifierRule, Policy, PriceTable, UnitPrice
from policyengine.values.amounts import MICRO_PER_CREDIT, credits_text
from policyengine.values.calendar import Instant
from policyengine.values.hours import clock_text

PriceLine: TypeAlias = tuple[UnitPrice, int]
"""One unit's share of a price: what one count costs and why, and how many were counted."""


def price_lines(
    policy: Policy, usage: Usage, tier: int | None, terms: PriceTerms | None = None
) -> tuple[PriceLine, ...]:
    """Give the lines of a price before modifiers; a formula that is not linear has none.

    Takes: usage that the policy has rated, and the tier and terms that priced it.
    Gives: one line per unit with a count, and one per part of a unit with graduated tiers.
    """
    table = table_of(policy, usage.model, tier, terms)
    if table.formula is not None:
        return ()
    return tuple(lines_of(table, counts_charged(policy, usage)))


def explain_price(policy: Policy, usage: Usage, standing: Standing = NOBODY) -> Step | Refusal:
    """Derive the price of usage, line by line."""
    price = rate(policy, usage, standing)
    if isinstance(price, Refusal):
        return price
    if price.terms is not None and price.terms.asked and policy.unknown_as is not None:
        usage = replace(usage, model=policy.unknown_as)
    return price_step(policy, usage, price)


def price_step(policy: Policy, usage: Usage, price: Price) -> Step:
    """Derive a price.

    Takes: usage that the policy has rated, of the model by which it was priced.
    """
    table = table_of(policy, usage.model, price.tier, price.terms)
    steps = [] if price.terms is None or not price.terms.asked else [_asked_step(policy, price)]
    steps.append(_multiplier_step(policy, usage.model, table, price))
    if usage.outcome != "succeeded":
        steps.append(_outcome_step(policy, usage))
    lines = price_lines(policy, usage, price.tier, price.terms)
    steps += [_line_step(policy, table, line) for line in lines]
    counts = counts_charged(policy, usage)
    exact = sum(exact_lines(table, counts), start=Fraction(0))
    formula = f"exact price by `{policy.document.charge.formula}`"
    steps.append(Step(formula, _micro_text(exact), place_of(policy, "/charge/formula")))
    names = () if price.terms is None else price.terms.modifiers
    rules = tuple(policy.modifiers[name] for name in names)
    for number, rule in enumerate(rules, start=1):
        exact = sum(exact_lines(table, counts, rules[:number]), start=Fraction(0))
        steps.append(_modifier_step(policy, rule, exact, usage.started_at))
    steps.append(_rounding_step(policy, usage.model, table, price, exact))
    return Step("price", f"{credits_text(price.total_micro)} credits", None, tuple(steps))


def _micro_text(exact: Fraction) -> str:
    return exact_text(exact / MICRO_PER_CREDIT)


def _asked_step(policy: Policy, price: Price) -> Step:
    asked = "" if price.terms is None else price.terms.asked
    label = f"the model asked for, `{asked}`, is not listed: priced as"
    return Step(label, f"`{policy.unknown_as}`", place_of(policy, "/charge/priced_as"))


def _multiplier_step(policy: Policy, model: str, table: PriceTable, price: Price) -> Step:
    label = f"multiplier of `{model}`"
    at = table.pointer
    for key, word in (("multiplier_on_plan", "on plan"), ("multiplier_for_cohort", "for cohort")):
        _, found, name = at.rpartition(f"/{key}/")
        if found:
            label += f" {word} `{name}`"
    if price.tier is not None:
        label += f", whole request because {policy.models[model].tiers[price.tier].text}"
    return Step(label, f"x {factor_text(table.multiplier)}", place_of(policy, at))


def _outcome_step(policy: Policy, usage: Usage) -> Step:
    how = policy.failed if usage.outcome == "failed" else policy.cancelled
    key = "failed_request" if usage.outcome == "failed" else "cancelled_request"
    return Step(f"the request {usage.outcome}", how, place_of(policy, f"/charge/{key}"))


def _line_step(policy: Policy, table: PriceTable, line: PriceLine) -> Step:
    unit, count = line
    above = f" above {unit.above:,}" if unit.above else ""
    return Step(
        f"{unit.unit}{above}: {count:,} x {factor_text(unit.rate)} per {unit.per:,} "
        f"x {factor_text(unit.multiplier)}",
        exact_text(Fraction(unit.weight * count, table.denominator * MICRO_PER_CREDIT)),
        place_of(policy, unit.pointer),
    )


def _modifier_step(
    policy: Policy, rule: ModifierRule, exact: Fraction, started_at: Instant | None
) -> Step:
    label = f"modifier `{rule.name}` x {factor_text(rule.factor)}"
    if rule.units is not None:
        label += f" on {', '.join(policy.document.modifiers[rule.name].measures or ())}"
    if rule.hours and started_at is not None:
        label += f", begun on {clock_text(started_at, policy.zone)}"
    return Step(label, _micro_text(exact), place_of(policy, f"{rule.pointer}/factor"))


def _rounding_step(
    policy: Policy, model: str, table: PriceTable, price: Price, exact: Fraction
) -> Step:
    rounding, total = table.rounding, price.total_micro
    smallest = credits_text(rounding.quantum_micro)
    rounded = exact != total
    part = policy.document.models[model]
    at = f"{policy.models[model].pointer}"
    if rounded and total == rounding.minimum_micro:
        least = credits_text(rounding.minimum_micro)
        label = f"rounded {rounding.mode} to {smallest}, at least {least}"
        place: Place = place_of(
            policy, "/charge/minimum" if part.minimum is None else f"{at}/minimum"
        )
        return Step(label, credits_text(total), place)
    label = f"rounded {rounding.mode} to {smallest}" if rounded else f"a multiple of {smallest}"
    place = place_of(policy, "/credits" if part.round is None else f"{at}/round")
    return Step(label, credits_text(total), place)
