"""Names of units and measures: each stands for one thing, here and in every expression."""

import keyword
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from policyengine.policy.checks.findings import found_at_key, pointer_to, see_key, written
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.policy.vocabulary import MULTIPLIER, rates_of
from policyengine.values.diagnostics import Diagnostic

_MEASURES_TAKEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "credits": "what prices are in",
        "number": "a plain number",
        "yes_no": "the answer of a condition",
    }
)
"""The words by which expressions tell amounts apart; a measure becomes such a word itself."""

_BUILT_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        MULTIPLIER: "the model's multiplier",
        "all_input": "all input tokens together",
        "all_output": "all output tokens together",
        **dict.fromkeys(("min", "max", "ceil", "floor"), "a function of expressions"),
        **dict.fromkeys(keyword.kwlist, "a word that expressions keep for themselves"),
    }
)


def check_units_stand_once(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A unit is in one measure, on one side: every count is priced once."""
    first: dict[str, str] = {}
    for pointer, unit in _units(document):
        if unit in first:
            yield found_at_key(
                source,
                "PE210",
                pointer,
                f"the unit `{unit}` stands here a second time",
                "give one of the two another name, or delete it: counts never overlap",
                see_key(source, first[unit], "it stands here already"),
            )
        first.setdefault(unit, pointer)


def check_names_are_free(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A unit or measure has no name that means something else already."""
    taken = dict(_BUILT_IN)
    for measure in document.units:
        pointer = pointer_to("units", measure)
        if measure in _MEASURES_TAKEN:
            yield _is_taken(source, pointer, f"`{measure}`", _MEASURES_TAKEN[measure])
            continue
        for name, meaning in _made_by(measure).items():
            if name in taken:
                subject = f"the measure `{measure}` makes the name `{name}`, which"
                yield _is_taken(source, pointer, subject, taken[name])
            taken.setdefault(name, meaning)
    for pointer, unit in _units(document):
        if unit in taken:
            yield _is_taken(source, pointer, f"`{unit}`", taken[unit])


def _made_by(measure: str) -> dict[str, str]:
    return {
        f"all_{measure}": f"all counts of `{measure}` together",
        f"{measure}_at_rate": f"what `{measure}` cost",
    }


def _is_taken(source: Source, pointer: str, subject: str, meaning: str) -> Diagnostic:
    message = f"{subject} already means {meaning}"
    return found_at_key(source, "PE211", pointer, message, "choose another name")


def names_are_clear(document: PolicyDocument, source: Source) -> bool:
    """Tell whether each name has one meaning, so that expressions can be read."""
    return not any(
        any(check(document, source)) for check in (check_units_stand_once, check_names_are_free)
    )


def check_measures_have_units(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A measure measures something."""
    for name, measure in document.units.items():
        if not measure.rates:
            yield found_at_key(
                source,
                "PE212",
                pointer_to("units", name),
                f"the measure `{name}` has no units",
                "list its units with their rates under `input`, `output` or `other`, or delete it",
            )


def check_something_costs(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Some rate of some model is above 0."""
    if any(rate for model in document.models for rate in rates_of(document, model).values()):
        return
    if any(measure.rates for measure in document.units.values()):
        yield found_at_key(
            source,
            "PE213",
            "/units",
            "every rate is 0, so that nothing costs anything",
            "write the credits that the units cost",
            severity="warning",
        )


def check_rates_differ(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A model's own rate differs from the one that it replaces."""
    general = {unit: (pointer, rate) for pointer, unit, rate in _rates(document)}
    for name, model in document.models.items():
        for unit, rate in (model.rates or {}).items():
            if unit not in general or general[unit][1] != rate:
                continue
            pointer = pointer_to("models", name, "rates", unit)
            yield found_at_key(
                source,
                "PE214",
                pointer,
                f"`{unit}` costs `{name}` {written(source, pointer)} without this line as well",
                "delete it, or write another rate",
                see_key(source, general[unit][0], "the rate of all models"),
                severity="warning",
            )


def _units(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    for pointer, unit, _ in _rates(document):
        yield pointer, unit


def _rates(document: PolicyDocument) -> Iterator[tuple[str, str, Decimal]]:
    for name, measure in document.units.items():
        for side, units in measure.sides:
            for unit, rate in units.items():
                yield pointer_to("units", name, side, unit), unit, rate
