"""The names that a policy offers to its expressions, with their units and what they add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.expressions import Dimension

TOKENS: Final = "tokens"
MULTIPLIER: Final = "multiplier"
ABNORMAL_NAMES: Final[Mapping[str, Dimension]] = {"charge": "credits", "usual_charge": "credits"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names over a request's counts.

    `counts` gives the units that each name adds up: `text_input`, `all_input`, `all_tokens`.
    `priced` gives, for `tokens_at_rate` and its like, the measure that it prices; `measures` and
    `per` give each unit's measure and how many of it a rate pays for.
    """

    counts: Mapping[str, tuple[str, ...]]
    priced: Mapping[str, str]
    measures: Mapping[str, str]
    per: Mapping[str, int]

    @property
    def of_conditions(self) -> Mapping[str, Dimension]:
        """The names of a tier's condition."""
        return {name: self.measures[units[0]] for name, units in self.counts.items() if units}

    @property
    def of_formulas(self) -> Mapping[str, Dimension]:
        """The names of the charge formula."""
        priced: dict[str, Dimension] = dict.fromkeys(self.priced, "credits")
        return {**priced, MULTIPLIER: "number", **self.of_conditions}


def vocabulary_of(document: PolicyDocument) -> Vocabulary:
    """Collect the names of a document: each unit, the sums of each measure, and what it costs."""
    counts: dict[str, tuple[str, ...]] = {}
    measures: dict[str, str] = {}
    per: dict[str, int] = {}
    for name, measure in document.units.items():
        for unit in measure.rates:
            counts[unit] = (unit,)
            measures[unit] = name
            per[unit] = measure.per
    for name, measure in document.units.items():
        counts.setdefault(f"all_{name}", tuple(measure.rates))
        if name == TOKENS:
            counts.setdefault("all_input", tuple(measure.input))
            counts.setdefault("all_output", tuple(measure.output))
    priced = {f"{name}_at_rate": name for name in document.units}
    return Vocabulary(counts, priced, measures, per)


def rates_of(document: PolicyDocument, model: str) -> dict[str, Fraction]:
    """Give the exact credits that one count of each unit costs for a model."""
    own = document.models[model].rates or {}
    return {
        unit: Fraction(own.get(unit, rate)) / measure.per
        for measure in document.units.values()
        for unit, rate in measure.rates.items()
    }


def rate_pointers(document: PolicyDocument, model: str) -> dict[str, str]:
    """Give the place in the file of each unit's rate for a model."""
    own = document.models[model].rates or {}
    places = {
        unit: f"/units/{name}/{side}/{unit}"
        for name, measure in document.units.items()
        for side, units in measure.sides
        for unit in units
    }
    key = pointer_part(model)
    return {unit: f"/models/{key}/rates/{unit}" if unit in own else places[unit] for unit in places}


def pointer_part(key: str) -> str:
    """Escape a key for a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
