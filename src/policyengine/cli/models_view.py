"""The price list on the screen and as plain data."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rich.console import RenderableType

from policyengine.app.forms import Form
from policyengine.app.sentences import factor_text, time_text
from policyengine.cli.price_notes import part_cost, price_notes
from policyengine.cli.screen import QUIET, STRONG, console, headline, indented, quiet, table
from policyengine.engine.derivation import exact_text
from policyengine.policy.policy import ModelPrices, Policy, PriceTable
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import credits_plain
from policyengine.values.calendar import instant_text
from policyengine.values.hours import WEEKDAYS, time_of_day_text
from policyengine.wording.languages import ENGLISH
from policyengine.wording.rendering import written
from policyengine.wording.subjects.prices import unit_cost
from policyengine.wording.words import Measured

NARROW = 100
"""On a screen below this many columns, the names of units stand in two lines."""
TIGHT = 72
"""Below this many, so does the word `multiplier`."""


def models_parts(timeline: Timeline, policy: Policy) -> Iterator[RenderableType]:
    """Draw the models of a version, and what later versions change about them."""
    yield headline(
        "plain",
        (f"{policy.name} version {policy.version}", STRONG),
        (f"  since {time_text(policy.effective_at)}", QUIET),
    )
    for measure, part in policy.document.units.items():
        units = list(part.rates)
        yield ""
        measured = written(Measured(Fraction(part.per), measure), ENGLISH)
        yield indented(quiet(f"credits for {measured}"))
        yield indented(_prices(policy, units, part.per))
    notes = [*price_notes(policy), *_coming_notes(timeline, policy)]
    if notes:
        yield ""
    for note in notes:
        yield indented(note)


def _prices(policy: Policy, units: list[str], per: int) -> RenderableType:
    narrow = console().width < NARROW
    names = [each.replace("_", "_\n", 1) if narrow else each for each in units]
    factor = "multi-\nplier" if console().width < TIGHT else "multiplier"
    drawn = table(["model", factor, *names], [factor, *names])
    for model in policy.models.values():
        costs = [_cost_text(model.price, unit, per) for unit in units]
        drawn.add_row(_name(model), f"x {factor_text(model.price.multiplier)}", *costs)
    return drawn


def _name(model: ModelPrices) -> str:
    return (
        model.name if model.title.lower() == model.name.lower() else f"{model.name} ({model.title})"
    )


def _cost_text(price: PriceTable, unit: str, per: int) -> str:
    cost = unit_cost(price, unit, per)
    return "by formula" if cost is None else factor_text(cost)


def _coming_notes(timeline: Timeline, policy: Policy) -> Iterator[str]:
    before = policy
    for later in timeline.policies:
        if later.effective_at <= policy.effective_at:
            continue
        for note in _changes(before, later):
            yield f"from {time_text(later.effective_at)} (version {later.version}): {note}"
        before = later


def _changes(before: Policy, later: Policy) -> Iterator[str]:
    for name in dict.fromkeys((*before.models, *later.models)):
        old, new = before.models.get(name), later.models.get(name)
        if new is None:
            yield f"{name} is no longer offered"
        elif old is None:
            yield f"{name} is offered, x {factor_text(new.price.multiplier)}"
        elif old.price.multiplier != new.price.multiplier:
            factors = factor_text(old.price.multiplier), factor_text(new.price.multiplier)
            yield f"{name} x {factors[0]} becomes x {factors[1]}"
        elif _tiers(old) != _tiers(new):
            yield f"{name} has other tiers"
        if old is not None and new is not None:
            yield from _changes_for_some(old, new)
    if _rates(before) != _rates(later):
        yield "the rates of units change"


def _changes_for_some(old: ModelPrices, new: ModelPrices) -> Iterator[str]:
    """Say what changes for wallets on certain plans, or of certain cohorts."""
    for key, word in (("on_plan", "on plan"), ("for_cohort", "for cohort")):
        was, now = getattr(old, key), getattr(new, key)
        for name in dict.fromkeys((*was, *now)):
            before = was.get(name, old).price.multiplier
            after = now.get(name, new).price.multiplier
            if before != after:
                factors = f"x {factor_text(before)} becomes x {factor_text(after)}"
                yield f"{new.name} {word} {name}: {factors}"


def _tiers(model: ModelPrices) -> object:
    """Give all that tiers say, to tell whether they change."""
    whole = [(tier.text, tier.price.multiplier, _weights(tier.price)) for tier in model.tiers]
    return whole, {
        unit: [(each.above, each.rate, each.multiplier) for each in parts]
        for unit, parts in model.price.parts.items()
    }


def _weights(price: PriceTable) -> list[Fraction]:
    return [each.rate * each.multiplier / each.per for each in price.units.values()]


def _rates(policy: Policy) -> Mapping[str, tuple[int, dict[str, Decimal]]]:
    return {name: (part.per, part.rates) for name, part in policy.document.units.items()}


def models_form(timeline: Timeline, policy: Policy) -> Form:
    """Give the price list as plain data: exact numbers as text."""
    return {
        "policy": policy.name,
        "version": policy.version,
        "sha256": policy.sha256,
        "effective": instant_text(policy.effective_at),
        "models": [_model_form(policy, model) for model in policy.models.values()],
        "modifiers": [
            {
                "modifier": rule.name,
                "factor": factor_text(rule.factor),
                "models": None if rule.models is None else list(rule.models),
                "plans": None if rule.plans is None else list(rule.plans),
                "units": None if rule.units is None else list(rule.units),
                "not_with": list(rule.not_with),
                "hours": [
                    {
                        "from": time_of_day_text(each.starts),
                        "until": time_of_day_text(each.ends),
                        "days": list(each.days or WEEKDAYS),
                    }
                    for each in rule.hours
                ],
            }
            for rule in policy.modifiers.values()
        ],
        "coming": [
            {
                "version": later.version,
                "effective": instant_text(later.effective_at),
                "why": later.document.why,
                "multipliers": {
                    name: factor_text(model.price.multiplier)
                    for name, model in later.models.items()
                },
            }
            for later in timeline.policies
            if later.effective_at > policy.effective_at
        ],
    }


def _model_form(policy: Policy, model: ModelPrices) -> Form:
    rounding = model.price.rounding
    return {
        "model": model.name,
        "title": model.title,
        "multiplier": factor_text(model.price.multiplier),
        "credits": _costs_form(policy, model.price),
        "tiers": [*_whole_tiers_form(policy, model), *_parts_form(model)],
        "on_plan": _factors_form(model.on_plan),
        "for_cohort": _factors_form(model.for_cohort),
        "round": {"smallest": credits_plain(rounding.quantum_micro), "mode": rounding.mode},
        "minimum": credits_plain(rounding.minimum_micro),
    }


def _factors_form(others: Mapping[str, ModelPrices]) -> Form:
    return {name: factor_text(each.price.multiplier) for name, each in others.items()}


def _whole_tiers_form(policy: Policy, model: ModelPrices) -> list[Form]:
    return [
        {
            "when": tier.text,
            "applies_to": "whole_request",
            "multiplier": factor_text(tier.price.multiplier),
            "credits": _costs_form(policy, tier.price),
        }
        for tier in model.tiers
    ]


def _parts_form(model: ModelPrices) -> list[Form]:
    return [
        {
            "when": f"{unit} > {part.above}",
            "applies_to": "part_above",
            "multiplier": factor_text(part.multiplier),
            "credits": {
                unit: {"per": part.per, "credits": exact_text(part_cost(model.price, part))}
            },
        }
        for unit, parts in model.price.parts.items()
        for part in parts
    ]


def _costs_form(policy: Policy, price: PriceTable) -> dict[str, Any]:
    costs: dict[str, Any] = {}
    for part in policy.document.units.values():
        for unit in part.rates:
            cost = unit_cost(price, unit, part.per)
            costs[unit] = {"per": part.per, "credits": None if cost is None else exact_text(cost)}
    return costs
