"""A policy's sections with imported prices in them, beside what people wrote there."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from policyengine.app.importing.pricing import CHOICES, Priced
from policyengine.app.importing.records import MEASURES
from policyengine.policy.document import PolicyDocument


def units_section(priced: Priced, old: Mapping[str, Any]) -> dict[str, Any]:
    """Give `units`: every imported unit in its measure, and those that the policy had before.

    Raises: ValueError where the policy counts an imported unit in another way.
    """
    places = {
        unit: (measure, side, part["per"])
        for measure, part in old.items()
        for side in ("input", "output", "other")
        for unit in part.get(side, {})
    }
    made: dict[str, Any] = {measure: dict(part) for measure, part in old.items()}
    for (measure, side), rates in priced.units.items():
        for unit in rates:
            place = places.get(unit, (measure, side, MEASURES[measure]))
            if place != (measure, side, MEASURES[measure]):
                raise ValueError(
                    f"the policy counts `{unit}` in `{place[0]}` as {place[1]}, per {place[2]:,}; "
                    f"imported, it is in `{measure}` as {side}, per {MEASURES[measure]:,}"
                )
        part = made.setdefault(measure, {"per": MEASURES[measure]})
        part[side] = {**part.get(side, {}), **rates}
    order = ("per", "input", "output", "other")
    return {
        measure: {key: part[key] for key in order if key in part} for measure, part in made.items()
    }


def models_section(
    priced: Priced, old: Mapping[str, Any], usual: Mapping[str, Decimal], multiplier: Decimal
) -> dict[str, Any]:
    """Give `models`: imported rates and tiers; everything else of a model stays as it was.

    Models that the list does not have stay, after the imported ones, at their rates: `usual` are
    the general rates that they had. A rate that is the new general one is not written.
    """
    imported = {unit: rate for rates in priced.units.values() for unit, rate in rates.items()}
    general = {**usual, **imported}
    made: dict[str, Any] = {}
    for name, each in priced.models.items():
        model = dict(old.get(name, {"multiplier": multiplier}))
        made[name] = _model(model, {**model.get("rates", {}), **each.rates}, general)
        made[name].pop("tiers", None)
        if each.tiers:
            made[name]["tiers"] = [_tier(above, rates) for above, rates in each.tiers]
    for name, each in old.items():
        if name not in made:
            made[name] = _model(dict(each), {**usual, **each.get("rates", {})}, general)
    return made


def _model(
    model: dict[str, Any], rates: Mapping[str, Decimal], general: Mapping[str, Decimal]
) -> dict[str, Any]:
    """Put rates into a model, in the order of the language, without those that all models have."""
    own = {unit: rate for unit, rate in rates.items() if general.get(unit) != rate}
    made: dict[str, Any] = {}
    for key in ("multiplier", "title"):
        if key in model:
            made[key] = model[key]
    if own:
        made["rates"] = own
    return {**made, **{key: each for key, each in model.items() if key not in (*made, "rates")}}


def _tier(above: int, rates: Mapping[str, Decimal]) -> dict[str, Any]:
    when = f"all_input > {above}"
    return {"when": when, "applies_to": "whole_request", "rates": dict(rates)}


def modifiers_section(priced: Priced, old: Mapping[str, Any]) -> dict[str, Any]:
    """Give `modifiers`: imported factors and models; who else they are for stays as it was."""
    made: dict[str, Any] = dict(old)
    names = {*made, *priced.modifiers}
    for name, each in priced.modifiers.items():
        kept = dict(made.get(name, {}))
        kept |= {"factor": each.factor, "models": list(each.models), "measures": ["tokens"]}
        others = sorted((CHOICES & names) - {name}) if name in CHOICES else []
        if others:
            kept["not_with"] = sorted({*kept.get("not_with", ()), *others})
        made[name] = kept
    return made


def formula_of(measures: tuple[str, ...]) -> str:
    """Give the price of a request: everything that is counted, times the markup."""
    terms = [f"{measure}_at_rate" for measure in measures]
    return f"{terms[0]} * multiplier" if len(terms) == 1 else f"({' + '.join(terms)}) * multiplier"


def general_rates(document: PolicyDocument) -> dict[str, Decimal]:
    """Give the rates of models without their own."""
    return {unit: rate for part in document.units.values() for unit, rate in part.rates.items()}


def written(document: PolicyDocument | None, key: str) -> dict[str, Any]:
    """Give a section as the file has it, without what is absent."""
    if document is None:
        return {}
    found = document.model_dump(exclude_defaults=True).get(key)
    return found if isinstance(found, dict) else {}


def instant_text(instant: datetime) -> str:
    """Write an instant as policies do."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
