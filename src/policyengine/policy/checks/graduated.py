"""Graduated tiers: each prices what is above a bound of one unit, and prices it otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass

from policyengine.policy.checks.expressions import (
    Reader,
    reader_of_conditions,
    reader_of_formulas,
)
from policyengine.policy.checks.findings import (
    found,
    found_at_key,
    pointer_to,
    see_value,
)
from policyengine.policy.checks.tiers import has_price
from policyengine.policy.checks.units import names_are_clear
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.pricing import Tier
from policyengine.policy.expressions import Expression, Threshold, linear_form, lower_bound
from policyengine.policy.source import Source
from policyengine.policy.tables import first_above
from policyengine.policy.variants import Variant, bases_of, tier_variant
from policyengine.policy.vocabulary import MULTIPLIER, vocabulary_of
from policyengine.values.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class _Part:
    """A graduated tier whose condition reads: its unit's counts beyond the first `above`."""

    index: int
    tier: Tier
    unit: str
    above: int


def check_tiers_have_prices(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A tier says what is other about it."""
    for name, model in document.models.items():
        for index, tier in enumerate(model.tiers):
            if tier.multiplier is None and not tier.rates:
                yield found(
                    source,
                    "PE240",
                    pointer_to("models", name, "tiers", index),
                    "a tier needs `multiplier` or `rates`: what is other about its price",
                    "add `multiplier: 2`, or `rates` with those that differ",
                )


def check_tiers_are_of_one_kind(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A model has tiers for whole requests or graduated ones."""
    for name, model in document.models.items():
        first = model.tiers[0].applies_to if model.tiers else ""
        for index, tier in enumerate(model.tiers):
            if tier.applies_to != first:
                pointer = pointer_to("models", name, "tiers", index, "applies_to")
                yield found(
                    source,
                    "PE276",
                    pointer,
                    f"`{tier.applies_to}` stands beside `{first}`: it is open which is first",
                    "write the same in all tiers of a model",
                    see_value(
                        source, pointer_to("models", name, "tiers", 0, "applies_to"), "the first"
                    ),
                )
                break


def check_graduated_tiers(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A graduated tier is about one unit, above the tiers before it, at another price."""
    if not names_are_clear(document, source):
        return
    reader = reader_of_conditions(document)
    for name, model in document.models.items():
        parts = []
        for index, tier in enumerate(model.tiers):
            if tier.applies_to == "part_above":
                part = _part(document, source, reader, name, index)
                if isinstance(part, _Part):
                    parts.append(part)
                elif part is not None:
                    yield part
        yield from _judged(document, source, name, parts)


def check_graduated_prices_add_up(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Where parts of a count have prices of their own, the price of a request is a sum."""
    if not names_are_clear(document, source):
        return
    formula = reader_of_formulas(document).read(document.charge.formula)
    if not isinstance(formula, Expression):
        return
    for name, model in document.models.items():
        for index, tier in enumerate(model.tiers):
            if tier.applies_to != "part_above":
                continue
            variants = [
                each
                for base in bases_of(document, name)
                for each in (base, tier_variant(document, base, index))
            ]
            if any(
                linear_form(formula, {MULTIPLIER: each.multiplier}) is None for each in variants
            ):
                pointer = pointer_to("models", name, "tiers", index, "applies_to")
                yield found(
                    source,
                    "PE277",
                    pointer,
                    "the price is no sum with a line for each unit, and a part of a unit is to "
                    "have a price of its own",
                    "write `whole_request`, or a formula that only adds and multiplies",
                    see_value(source, "/charge/formula", "this is no such sum"),
                )
                break


def _part(
    document: PolicyDocument, source: Source, reader: Reader, name: str, index: int
) -> _Part | Diagnostic | None:
    tier = document.models[name].tiers[index]
    pointer = pointer_to("models", name, "tiers", index)
    condition = reader.read(tier.when)
    if not isinstance(condition, Expression):
        return None  # which another check reports
    bound: Threshold | None = lower_bound(condition)
    units = vocabulary_of(document).measures
    if bound is None or bound.name not in units:
        return found(
            source,
            "PE275",
            f"{pointer}/when",
            "a graduated tier begins at a bound of one unit, such as `text_output > 1000`",
            "compare one unit with one number by `>` or `>=`, or write `whole_request`",
        )
    above = first_above(bound)
    if above < 1:
        return found(
            source,
            "PE272",
            f"{pointer}/when",
            f"every `{bound.name}` is above this bound, so that its usual price is never used",
            "write a bound of 1 or more, or this price at the model",
            severity="warning",
        )
    other = next((unit for unit in tier.rates or {} if unit != bound.name and unit in units), None)
    if other is not None:
        return found_at_key(
            source,
            "PE279",
            f"{pointer}/rates/{other}",
            f"the tier prices `{bound.name}` above a bound, and this rate is of `{other}`",
            f"delete it, or add a tier with a bound of `{other}`",
            see_value(source, f"{pointer}/when", "this is what the tier prices"),
        )
    return _Part(index, tier, bound.name, above)


def _judged(
    document: PolicyDocument, source: Source, name: str, parts: list[_Part]
) -> Iterator[Diagnostic]:
    before: dict[str, _Part] = {}
    for part in parts:
        pointer = pointer_to("models", name, "tiers", part.index)
        lower = before.get(part.unit)
        if lower is not None and lower.above >= part.above:
            other = pointer_to("models", name, "tiers", lower.index, "when")
            yield found(
                source,
                "PE278",
                f"{pointer}/when",
                f"this bound of `{part.unit}` is not above the one before it",
                "list tiers lowest bound first, each bound once",
                see_value(source, other, "the one before"),
            )
        elif has_price(document, part.tier) and all(
            _price(document, base, part.index, part.unit)
            == _price(document, base, None if lower is None else lower.index, part.unit)
            for base in bases_of(document, name)
        ):
            yield found(
                source,
                "PE273",
                f"{pointer}/when",
                f"`{part.unit}` costs the same above this bound as below it",
                "write another price, or delete the tier",
                severity="warning",
            )
        before[part.unit] = part


def _price(document: PolicyDocument, base: Variant, index: int | None, unit: str) -> object:
    """Give what a unit is priced by in a tier; without one, below every bound."""
    variant = base if index is None else tier_variant(document, base, index)
    return variant.multiplier, variant.rates[unit]
