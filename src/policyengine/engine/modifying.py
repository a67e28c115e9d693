"""Modifiers: which ones a request may name, and by what factor they change its price."""

from fractions import Fraction
from math import prod

from policyengine.engine import refusals
from policyengine.engine.commands import Usage
from policyengine.ledger.subscriptions import Standing
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import ModifierRule, Policy


def rules_of(
    policy: Policy, usage: Usage, standing: Standing
) -> tuple[ModifierRule, ...] | Refusal:
    """Give the rules of the modifiers that a request names, in the order of the file.

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
