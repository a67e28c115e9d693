"""Modifiers: which ones hold for a request, and by what factor they change its price."""

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from math import prod

from policyengine.engine import refusals
from policyengine.engine.commands import Usage
from policyengine.ledger.subscriptions import Standing
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import ModifierRule, Policy
from policyengine.values.calendar import Instant
from policyengine.values.hours import MINUTES_A_WEEK, is_within, minutes_of_week


def rules_of(
    policy: Policy, usage: Usage, standing: Standing
) -> tuple[ModifierRule, ...] | Refusal:
    """Give the rules of the modifiers of a request, in the order of the file.

    Takes: usage with all its modifiers, those that hold by their hours as well.
    Gives: a refusal for the first that the policy lacks, or does not allow for the model, for the
    plan of the wallet, or together with another one.
    """
    for name in usage.modifiers:
        if name not in policy.modifiers:
            return refusals.unknown_modifier(policy, name)
    rules = tuple(rule for rule in policy.modifiers.values() if rule.name in usage.modifiers)
    for rule in rules:
        refusal = _forbidden(rule, rules, usage.model, standing.plan)
        if refusal is not None:
            return refusal
    return rules


def named_by_hand(policy: Policy, usage: Usage) -> Refusal | None:
    """Refuse a request that names a modifier which holds by its hours; None without one."""
    for name in usage.modifiers:
        if name in policy.by_hours:
            rule = policy.modifiers[name]
            hours = [str(each) for each in rule.hours]
            return refusals.modifier_not_allowed(rule, "by_hours", hours=hours, zone=policy.zone)
    return None


def with_hours(policy: Policy, usage: Usage, standing: Standing, at: Instant) -> Usage:
    """Give usage the modifiers that hold by their hours for a request that begins at an instant.

    One that does not go with a modifier which the request names, or with an earlier one of these,
    is left out. Takes: usage of any policy; what it has of such modifiers is decided anew.
    """
    now = [
        name for name in policy.by_hours if is_within(policy.modifiers[name].hours, at, policy.zone)
    ]
    kept = _holding(policy, now, usage, standing)
    return usage if [*usage.modifiers] == kept else replace(usage, modifiers=tuple(kept))


def hours_that_meet(policy: Policy, model: str, standing: Standing) -> tuple[tuple[str, ...], ...]:
    """Give the modifiers that hold together by their hours at some time of the week.

    Each set is given once, small ones first, for requests that name no modifier; it may be empty.
    """
    minutes = {name: minutes_of_week(policy.modifiers[name].hours) for name in policy.by_hours}
    sets = dict.fromkeys(
        tuple(name for name, within in minutes.items() if minute in within)
        for minute in range(MINUTES_A_WEEK)
    )
    usage = Usage(model, ())
    held = dict.fromkeys(tuple(_holding(policy, each, usage, standing)) for each in sets)
    return tuple(sorted(held, key=len))


def _holding(policy: Policy, now: Collection[str], usage: Usage, standing: Standing) -> list[str]:
    """Give the modifiers that a request names, and those of `now` that go with it."""
    model = usage.model if usage.model in policy.models else policy.unknown_as or usage.model
    kept = [name for name in usage.modifiers if name not in policy.by_hours]
    for name in now:
        rule = policy.modifiers[name]
        if _goes_with(policy, rule, kept) and not _forbidden(rule, (), model, standing.plan):
            kept.append(name)
    return kept


def _goes_with(policy: Policy, rule: ModifierRule, names: Collection[str]) -> bool:
    others = (policy.modifiers[name] for name in names if name in policy.modifiers)
    return not any(each.name in rule.not_with or rule.name in each.not_with for each in others)


def _forbidden(
    rule: ModifierRule, rules: tuple[ModifierRule, ...], model: str, plan: str
) -> Refusal | None:
    if rule.models is not None and model not in rule.models:
        details = {"model": model, "models": list(rule.models)}
        return refusals.modifier_not_allowed(rule, "for_models", **details)
    if rule.plans is not None and plan not in rule.plans:
        details = {"plan": plan, "plans": list(rule.plans)}
        return refusals.modifier_not_allowed(rule, "for_plans", **details)
    other = next((each.name for each in rules if each.name in rule.not_with), None)
    if other is not None:
        return refusals.modifier_not_allowed(rule, "excluded", not_with=other)
    return None


def factor_of(rules: tuple[ModifierRule, ...], unit: str) -> Fraction:
    """Give the factor on what a unit costs."""
    return prod(
        (rule.factor for rule in rules if rule.units is None or unit in rule.units),
        start=Fraction(1),
    )


def factor_of_all(rules: tuple[ModifierRule, ...]) -> Fraction:
    """Give the factor on what no unit causes: that of the modifiers of whole prices."""
    return prod((rule.factor for rule in rules if rule.units is None), start=Fraction(1))
