"""Modifiers and cohorts: whom they name exists, and each changes some price."""

from collections.abc import Iterator

from policyengine.policy.checks.expressions import reader_of_formulas
from policyengine.policy.checks.findings import (
    found,
    found_at_key,
    pointer_to,
    see_value,
    unknown_name,
    written,
)
from policyengine.policy.checks.units import names_are_clear
from policyengine.policy.document import PolicyDocument
from policyengine.policy.expressions import Expression, linear_form
from policyengine.policy.source import Source
from policyengine.policy.variants import all_variants
from policyengine.policy.vocabulary import MULTIPLIER
from policyengine.values.diagnostics import Diagnostic


def check_models_exist(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A model that a modifier or `priced_as` names is in the list of models."""
    named = [
        (pointer_to("modifiers", name, "models", index), model)
        for name, part in document.modifiers.items()
        for index, model in enumerate(part.models or ())
    ]
    if document.charge.priced_as is not None:
        named.append(("/charge/priced_as", document.charge.priced_as))
    for pointer, model in named:
        if model not in document.models:
            message = f"there is no model `{model}`"
            yield unknown_name(source, "PE216", pointer, message, model, document.models)


def check_unknown_model(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """`priced_as` goes with a model, and only then."""
    part = document.charge
    if part.unknown_model == "priced_as" and part.priced_as is None:
        yield found(
            source,
            "PE240",
            "/charge/unknown_model",
            "`priced_as` needs the key `priced_as`: the model whose price is charged",
            f"add `priced_as: {next(iter(document.models))}`",
        )
    if part.unknown_model == "refuse" and part.priced_as is not None:
        yield found_at_key(
            source,
            "PE241",
            "/charge/priced_as",
            "a model that is not listed is refused, and has no price",
            "delete it, or write `unknown_model: priced_as`",
            see_value(source, "/charge/unknown_model", "this decides"),
        )


def check_modifiers_agree(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A modifier changes prices, and names measures and other modifiers that exist."""
    for name, part in document.modifiers.items():
        if part.factor == 1:
            pointer = pointer_to("modifiers", name, "factor")
            yield found(
                source,
                "PE265",
                pointer,
                f"`{name}` changes no price: its factor is `{written(source, pointer)}`",
                "write another factor, or delete the modifier",
                severity="warning",
            )
        for index, other in enumerate(part.not_with or ()):
            pointer = pointer_to("modifiers", name, "not_with", index)
            if other == name:
                message = f"`{name}` can never be named together with itself"
                yield found(source, "PE266", pointer, message, "delete it, or name another one")
            elif other not in document.modifiers:
                message = f"there is no modifier `{other}`"
                yield unknown_name(source, "PE217", pointer, message, other, document.modifiers)
        for index, measure in enumerate(part.measures or ()):
            if measure not in document.units:
                pointer = pointer_to("modifiers", name, "measures", index)
                message = f"there is no measure `{measure}`"
                yield unknown_name(source, "PE218", pointer, message, measure, document.units)


def check_hours_have_length(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Hours end at another time than they start."""
    for name, part in document.modifiers.items():
        for index, hours in enumerate(part.hours or ()):
            if hours.from_ == hours.until:
                pointer = pointer_to("modifiers", name, "hours", index)
                yield found(
                    source,
                    "PE269",
                    f"{pointer}/until",
                    f"these hours end when they start, at `{hours.from_}`",
                    "write another end; a whole day is from `00:00` until `24:00`",
                    see_value(source, f"{pointer}/from", "they start here"),
                )


def check_modified_measures_add_up(
    document: PolicyDocument, source: Source
) -> Iterator[Diagnostic]:
    """Where a modifier changes some measures only, the price of a request is a sum."""
    if not names_are_clear(document, source):
        return
    formula = reader_of_formulas(document).read(document.charge.formula)
    if not isinstance(formula, Expression):
        return
    multipliers = dict.fromkeys(each.multiplier for each in all_variants(document))
    if all(linear_form(formula, {MULTIPLIER: each}) is not None for each in multipliers):
        return
    for name, part in document.modifiers.items():
        if part.measures is not None:
            yield found_at_key(
                source,
                "PE267",
                pointer_to("modifiers", name, "measures"),
                "the price is no sum with a line for each unit, so that no measure can be "
                "changed alone",
                "delete `measures`, or write a formula that only adds and multiplies",
                see_value(source, "/charge/formula", "this is no such sum"),
            )


def check_cohorts_exist(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A model's cohorts are listed, and each listed one has another price of some model."""
    used: set[str] = set()
    for name, model in document.models.items():
        for cohort in model.multiplier_for_cohort:
            used.add(cohort)
            if cohort not in document.cohorts:
                pointer = pointer_to("models", name, "multiplier_for_cohort", cohort)
                yield unknown_name(
                    source,
                    "PE219",
                    pointer,
                    f"there is no cohort `{cohort}`",
                    cohort,
                    document.cohorts,
                    otherwise=f"add `cohorts: [{cohort}]`",
                    at_key=True,
                )
    for index, cohort in enumerate(document.cohorts):
        if cohort not in used:
            yield found(
                source,
                "PE268",
                pointer_to("cohorts", index),
                f"no model has another multiplier for `{cohort}`",
                "add it to some model's `multiplier_for_cohort`, or delete it",
                severity="warning",
            )
