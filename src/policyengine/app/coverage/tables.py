"""Price tables that note what of a policy file a price is made of: rates, multipliers, tiers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.expressions import lower_bound
from policyengine.policy.folding import CountPairs
from policyengine.policy.nodes import child_pointer
from policyengine.policy.policy import PriceTable, UnitPrice
from policyengine.policy.tables import expression_of, first_above
from policyengine.policy.vocabulary import vocabulary_of
from policyengine.values.amounts import Micro

Note: TypeAlias = Callable[[tuple[str, ...]], None]
Part: TypeAlias = tuple[str, int]
"""A part of a unit's counts: the unit, and the count from which on it is priced."""

FORMULA: Final = "/charge/formula"


class TableReads:
    """What pricing with a model's tables reads."""

    def __init__(self, document: PolicyDocument, model: str) -> None:
        """Find the places that all tables of a model share."""
        listed = document.models[model]
        self.at = child_pointer("/models", model)
        of_rounding = "/credits" if listed.round is None else f"{self.at}/round"
        minimum = "/charge/minimum" if listed.minimum is None else f"{self.at}/minimum"
        self.rounding = (
            f"{of_rounding}/smallest",
            f"{of_rounding}/round",
            "/credits/round_at",
            minimum,
        )
        vocabulary = vocabulary_of(document)
        self.per = {unit: f"/units/{measure}/per" for unit, measure in vocabulary.measures.items()}
        self.parts: dict[Part, tuple[int, bool]] = {}
        for index, tier in enumerate(listed.tiers):
            if tier.applies_to == "part_above":
                when = expression_of(tier.when, vocabulary.of_conditions, "yes_no")
                bound = lower_bound(when)
                if bound is not None:
                    place = (bound.name, first_above(bound))
                    self.parts[place] = (index, tier.multiplier is not None)

    def of_unit(self, table: PriceTable, price: UnitPrice) -> tuple[str, ...]:
        """Give what the price of a unit reads."""
        return (price.pointer, self.per[price.unit], table.pointer)

    def of_part(self, table: PriceTable, price: UnitPrice) -> tuple[str, ...]:
        """Give what the price of the counts above a bound reads, beyond the bound."""
        index, has_own = self.parts[price.unit, price.above]
        multiplier = f"{self.at}/tiers/{index}/multiplier" if has_own else table.pointer
        return (price.pointer, self.per[price.unit], multiplier)

    def of_bound(self, price: UnitPrice) -> tuple[str, ...]:
        """Give what asking for a bound reads."""
        index, _ = self.parts[price.unit, price.above]
        return (f"{self.at}/tiers/{index}/when", f"{self.at}/tiers/{index}/applies_to")

    def of_counts(self, table: PriceTable, counts: CountPairs) -> set[str]:
        """Give what the price of a request reads."""
        found: set[str] = set()
        for name, count in counts:
            if not count:
                continue
            found.update((FORMULA, *self.rounding))
            found.update(self.of_unit(table, table.units[name]))
            for part in table.parts.get(name, ()):
                found.update(self.of_bound(part))
                if part.above < count:
                    found.update(self.of_part(table, part))
        return found


class _AskedUnits(dict[str, UnitPrice]):
    """Prices of units of a formula that is not linear: who asks for one reads it."""

    def __init__(self, units: Mapping[str, UnitPrice], ask: Callable[[UnitPrice], None]) -> None:
        super().__init__(units)
        self._ask = ask

    def __getitem__(self, unit: str) -> UnitPrice:
        found = super().__getitem__(unit)
        self._ask(found)
        return found


def noting(table: PriceTable, reads: TableReads, note: Note) -> PriceTable:
    """Give a table whose `total` notes what it reads; a formula's units note it when asked for."""

    def total(counts: CountPairs) -> Micro:
        price = table.total(counts)
        note(tuple(sorted(reads.of_counts(table, counts))))
        return price

    def ask(price: UnitPrice) -> None:
        note(reads.of_unit(table, price))

    if table.formula is None:
        return replace(table, total=total)
    return replace(table, total=total, units=_AskedUnits(table.units, ask))
