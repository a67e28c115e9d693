"""Tiers and flags: each condition decides something, for some request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyengine.policy.checks.expressions import Reader, reader_of_conditions
from policyengine.policy.checks.findings import found, pointer_to, see_value, written
from policyengine.policy.checks.regions import Row, outcomes_of
from policyengine.policy.checks.units import names_are_clear
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.pricing import Model, Tier
from policyengine.policy.expressions import Dimension, Expression
from policyengine.policy.source import Source
from policyengine.policy.variants import Variant, bases_of, tier_variant
from policyengine.policy.vocabulary import ABNORMAL_NAMES, vocabulary_of
from policyengine.values.diagnostics import Diagnostic, Related


def has_price(document: PolicyDocument, tier: Tier) -> bool:
    """Tell whether a tier says anything about prices; where it does not, another check says so."""
    units = vocabulary_of(document).measures
    return tier.multiplier is not None or any(unit in units for unit in tier.rates or {})


def check_tiers_decide(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Each tier sets the price of some request, and to another price than without it."""
    if not names_are_clear(document, source):
        return
    reader = reader_of_conditions(document)
    names = vocabulary_of(document).of_conditions
    known: dict[tuple[str, ...], Sequence[Row]] = {}
    for name, model in document.models.items():
        if any(tier.applies_to == "part_above" for tier in model.tiers):
            continue  # these are judged apart, in `graduated`
        texts = tuple(tier.when for tier in model.tiers)
        if texts not in known:
            known[texts] = _rows(texts, reader, names)
        for index in range(len(texts) if known[texts] else 0):
            judged = _Tier(source, document, name, index, known[texts]).judged()
            if judged is not None:
                yield judged


def _rows(texts: Sequence[str], reader: Reader, names: Mapping[str, Dimension]) -> Sequence[Row]:
    """Find which tiers hold together; nothing where it cannot be told, or a tier does not read."""
    parsed = [reader.read(text) for text in texts]
    conditions = [each for each in parsed if isinstance(each, Expression)]
    return outcomes_of(conditions, names) if len(conditions) == len(parsed) else ()


@dataclass(frozen=True, slots=True)
class _Tier:
    """One tier of a model, and which tiers hold with it; the last that holds decides."""

    source: Source
    document: PolicyDocument
    name: str
    index: int
    rows: Sequence[Row]

    def judged(self) -> Diagnostic | None:
        """Report a tier that never decides, leaves nothing to decide, or decides nothing new."""
        index = self.index
        holding = [row for row in self.rows if row[index]]
        deciding = [row for row in holding if not any(row[index + 1 :])]
        if not holding:
            return self._never_holds()
        if not deciding:
            return self._is_covered(holding)
        if len(holding) == len(self.rows):
            return self._always_holds()
        if has_price(self.document, self.model.tiers[index]) and all(
            self._is_idle(base, row) for base in self._bases for row in deciding
        ):
            return self._changes_nothing()
        return None

    @property
    def model(self) -> Model:
        """Give the model."""
        return self.document.models[self.name]

    @property
    def _bases(self) -> tuple[Variant, ...]:
        return bases_of(self.document, self.name)

    @property
    def _when(self) -> str:
        return pointer_to("models", self.name, "tiers", self.index, "when")

    def _is_idle(self, base: Variant, row: Row) -> bool:
        """Tell whether requests in a row would cost the same if this tier were not there."""
        earlier = [at for at in range(self.index) if row[at]]
        without = tier_variant(self.document, base, earlier[-1]) if earlier else base
        here = tier_variant(self.document, base, self.index)
        return (here.multiplier, here.rates) == (without.multiplier, without.rates)

    def _never_holds(self) -> Diagnostic:
        return found(
            self.source,
            "PE270",
            self._when,
            "no request meets this condition, so that the tier has no effect",
            "mend the condition or delete the tier; counts are whole numbers, 0 or more",
        )

    def _is_covered(self, holding: Sequence[Row]) -> Diagnostic:
        later = range(self.index + 1, len(self.model.tiers))
        covers = next((at for at in later if all(row[at] for row in holding)), None)
        related = [] if covers is None else [self._see_tier(covers)]
        return found(
            self.source,
            "PE271",
            self._when,
            "a later tier holds whenever this one does, and the last that holds decides",
            "list tiers lowest threshold first, or delete this one",
            *related,
        )

    def _see_tier(self, index: int) -> Related:
        pointer = pointer_to("models", self.name, "tiers", index, "when")
        return see_value(self.source, pointer, "this one decides")

    def _always_holds(self) -> Diagnostic:
        multiplier = pointer_to("models", self.name, "multiplier")
        return found(
            self.source,
            "PE272",
            self._when,
            "every request meets this condition, so that the model's own multiplier is never used",
            "mend the condition, or write this price at the model and delete the tier",
            see_value(self.source, multiplier, "never used"),
            severity="warning",
        )

    def _changes_nothing(self) -> Diagnostic:
        tier = pointer_to("models", self.name, "tiers", self.index)
        pointer, says = f"{tier}/when", "every request costs the same"
        if self.model.tiers[self.index].multiplier is not None:
            pointer = f"{tier}/multiplier"
            says = f"the multiplier is `{written(self.source, pointer)}`"
        return found(
            self.source,
            "PE273",
            pointer,
            f"{says} without this tier as well",
            "write another price, or delete the tier",
            severity="warning",
        )


def check_flags_depend(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Which charges are flagged depends on the charge."""
    reader = Reader(ABNORMAL_NAMES, "yes_no")
    for index, rule in enumerate(document.abnormal):
        parsed = reader.read(rule.when)
        if isinstance(parsed, Expression) and not parsed.names_used:
            always = bool(parsed.compiled())
            yield found(
                source,
                "PE274",
                pointer_to("abnormal", index, "when"),
                f"the answer is {'yes' if always else 'no'} for every charge",
                "compare `charge`, for example with `10 * usual_charge`",
            )
