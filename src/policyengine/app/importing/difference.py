"""What an import changes, in plain words: prices up and down, models new and gone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from policyengine.app.importing.pricing import Priced
from policyengine.app.importing.records import MEASURES, PARENTS, UNITS
from policyengine.app.importing.sections import general_rates
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.pricing import Tier

Kind: TypeAlias = Literal["new", "gone", "dearer", "cheaper", "added", "dropped"]

_Rates: TypeAlias = dict[tuple[str, str], Decimal]
"""Rates of a model by condition and unit; the condition is empty for usual requests."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that an import changes; `where` is the condition, `what` the unit, if any."""

    kind: Kind
    model: str
    where: str = ""
    what: str = ""
    before: Decimal | None = None
    after: Decimal | None = None

    @property
    def sentence(self) -> str:
        """Say it in words, without the model's name."""
        if self.kind == "new":
            return "new"
        if self.kind == "gone":
            return "the list has no price for it then; it stays as it is"
        where = f"{self.where}: " if self.where else ""
        if self.before is None or self.after is None:
            rate = self.before if self.after is None else self.after
            end = "" if rate is None else f" {_number(rate)}"
            return f"{where}{self.what}{end} {self.kind}"
        per = f" per {MEASURES[UNITS[self.what][0]]:,}" if self.what in UNITS else ""
        return (
            f"{where}{self.what} {_number(self.before)} -> {_number(self.after)}{per}"
            f"{_percent(self.before, self.after)}"
        )


def changes(document: PolicyDocument, priced: Priced) -> tuple[Change, ...]:
    """Compare imported prices with those of a policy, model by model.

    Multipliers are not compared: an import leaves them alone. General rates are not either: they
    are the dearest of the models'.
    """
    return tuple(
        change
        for name in sorted({*document.models, *priced.models})
        for change in _model_changes(name, document, priced)
    ) + tuple(_modifier_changes(document, priced))


def _model_changes(name: str, document: PolicyDocument, priced: Priced) -> Iterator[Change]:
    if name not in priced.models:
        yield Change("gone", name)
        return
    if name not in document.models:
        yield Change("new", name)
        return
    new, old = priced.models[name], document.models[name]
    usual = general_rates(document)
    tiers = [(_where(each), each.rates or {}) for each in old.tiers]
    before = _flat({**usual, **(old.rates or {})}, tiers)
    after = _flat(new.rates, [(f"all_input > {above}", dict(rates)) for above, rates in new.tiers])
    for where, unit in sorted({*before, *after}):
        if (where or unit in new.rates) and not _follows(where, unit, before, after):
            old_rate, new_rate = before.get((where, unit)), after.get((where, unit))
            yield from _rate_changes(name, where, unit, old_rate, new_rate)


def _follows(where: str, unit: str, before: _Rates, after: _Rates) -> bool:
    """Tell a unit that costs what another one does, before and after: that one is named."""
    own = before.get((where, unit)), after.get((where, unit))
    return any(
        (before.get((where, each)), after.get((where, each))) == own
        for each in PARENTS.get(unit, ())
    )


def _flat(rates: Mapping[str, Decimal], tiers: list[tuple[str, dict[str, Decimal]]]) -> _Rates:
    every = [("", rates), *tiers]
    return {(where, unit): rate for where, those in every for unit, rate in those.items()}


def _where(tier: Tier) -> str:
    return tier.when if tier.applies_to == "whole_request" else f"the part {tier.when}"


def _rate_changes(
    name: str, where: str, unit: str, before: Decimal | None, after: Decimal | None
) -> Iterator[Change]:
    if before == after:
        return
    if before is None or after is None:
        yield Change("added" if before is None else "dropped", name, where, unit, before, after)
    else:
        kind: Kind = "dearer" if after > before else "cheaper"
        yield Change(kind, name, where, unit, before, after)


def _modifier_changes(document: PolicyDocument, priced: Priced) -> Iterator[Change]:
    for way, new in priced.modifiers.items():
        old = document.modifiers.get(way)
        if old is None:
            yield Change("added", f"modifier {way}", "", "factor", None, new.factor)
            continue
        yield from _rate_changes(f"modifier {way}", "", "factor", old.factor, new.factor)
        models = set(old.models or ())
        sides: tuple[tuple[Kind, list[str]], ...] = (
            ("added", sorted(set(new.models) - models)),
            ("dropped", sorted(models.difference(new.models))),
        )
        for kind, names in sides:
            if names:
                yield Change(kind, f"modifier {way}", "", f"for {', '.join(names)}")


def _number(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(before: Decimal, after: Decimal) -> str:
    if not before:
        return ""
    share = (after - before) * 100 / before
    return f" ({share:+,.1f} %)".replace(".0 %", " %")
