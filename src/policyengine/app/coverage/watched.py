"""Watched policies: they decide as they always do, and note which of their facts are read."""

from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import Any, TypeAlias, cast

from pydantic import BaseModel

from policyengine.app.coverage.readable import DOCUMENT_PARTS, NAMES, PARTS, PLACES, is_rule
from policyengine.app.coverage.reads import Reads
from policyengine.app.coverage.tables import FORMULA, TableReads, noting
from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.nodes import child_pointer
from policyengine.policy.policy import ModelPrices, Policy, PriceTable, TierTable, UnitPrice
from policyengine.policy.timeline import Timeline

Fields: TypeAlias = Mapping[str, tuple[str, ...]]


def watched_timeline(timeline: Timeline, reads: Reads) -> Timeline:
    """Give a timeline that decides the same, and notes what is read of its policies."""
    policies = tuple(watched_policy(each, reads) for each in timeline.policies)
    return Timeline(policies, timeline.starts)


def watched_policy(policy: Policy, reads: Reads) -> Policy:
    """Give a policy that decides the same, and notes what is read of it."""

    def note(pointers: tuple[str, ...]) -> None:
        reads.note(policy.version, pointers)

    return cast("Policy", _Watcher(policy, note).watched(policy, ""))


class _Watched:
    """Stands for a part of a policy: the same values, and a note of each fact that is read.

    It passes for what it stands for, also where one asks for its class or copies it with a change.
    """

    __slots__ = ("_inner", "_note", "_reads", "_real")

    def __init__(
        self,
        real: Any,
        note: Callable[[tuple[str, ...]], None],
        reads: Fields,
        inner: Mapping[str, Any],
    ) -> None:
        self._real = real
        self._note = note
        self._reads = reads
        self._inner = inner

    @property  # type: ignore[misc]  # it passes for what it stands for
    def __class__(self) -> Any:
        return type(self._real)

    @property
    def __dataclass_fields__(self) -> Any:
        return self._real.__dataclass_fields__

    def __getattr__(self, name: str) -> Any:
        member = getattr(type(self._real), name, None)
        if isinstance(member, property) and member.fget is not None:
            return member.fget(self)
        if isinstance(member, FunctionType):
            return MethodType(member, self)
        if name in self._reads:
            self._note(self._reads[name])
        return self._inner[name] if name in self._inner else getattr(self._real, name)


class _WatchedNames(tuple[str, ...]):
    """A list of names: a name that is found reads itself, everything else reads all of them."""

    __slots__ = ()
    _note: Callable[[tuple[str, ...]], None]
    _at: str

    def __contains__(self, name: object) -> bool:
        found = super().__contains__(name)
        self._note((f"{self._at}/{self.index(name)}" if found else self._at,))
        return found

    def __iter__(self) -> Any:
        self._note((self._at,))
        return super().__iter__()


class _Watcher:
    """Puts watched parts in the place of a policy's parts."""

    def __init__(self, policy: Policy, note: Callable[[tuple[str, ...]], None]) -> None:
        self.policy = policy
        self.note = note

    def watched(self, value: Any, at: str) -> Any:
        """Give what stands for a value at a place; the value itself if nothing in it is read."""
        found = value
        if isinstance(value, ModelPrices):
            found = self._model(value)
        elif isinstance(value, PolicyDocument):
            found = self._document(value)
        elif isinstance(value, BaseModel):
            found = self._part(value, at)
        elif is_rule(value):
            found = self._rule(value, getattr(value, "pointer", at))
        elif isinstance(value, tuple | list):
            found = tuple(self.watched(each, f"{at}/{no}") for no, each in enumerate(value))
        elif isinstance(value, Mapping):
            found = {key: self.watched(each, child_pointer(at, key)) for key, each in value.items()}
        return found

    def _rule(self, rule: Any, at: str) -> _Watched:
        kind = type(rule)
        inner = {
            field: self.watched(getattr(rule, field), at + place)
            for field, place in PARTS.get(kind, {}).items()
        }
        for field, place in NAMES.get(kind, {}).items():
            inner[field] = self._names(getattr(rule, field), at + place)
        return _Watched(rule, self.note, _below(at, PLACES.get(kind, {})), inner)

    def _names(self, names: tuple[str, ...] | None, at: str) -> tuple[str, ...] | None:
        if names is None:
            return None
        kind = type("Names", (_WatchedNames,), {"_note": staticmethod(self.note), "_at": at})
        return cast("tuple[str, ...]", kind(names))

    def _part(self, part: BaseModel, at: str) -> _Watched:
        """Watch a part that decides as it was written."""
        reads: dict[str, tuple[str, ...]] = {}
        inner: dict[str, Any] = {}
        for field, info in type(part).model_fields.items():
            value = getattr(part, field)
            place = child_pointer(at, info.alias or field)
            if isinstance(value, BaseModel | list | dict):
                inner[field] = self.watched(value, place)
                if not any(isinstance(each, BaseModel) for each in _items(value)):
                    reads[field] = (place,)
            else:
                reads[field] = (place,)
        return _Watched(part, self.note, reads, inner)

    def _document(self, document: PolicyDocument) -> _Watched:
        inner = {name: self.watched(getattr(document, name), f"/{name}") for name in DOCUMENT_PARTS}
        return _Watched(document, self.note, {}, inner)

    def _model(self, model: ModelPrices) -> _Watched:
        reads = TableReads(self.policy.document, model.name)
        inner = {
            "price": self._table(model.price, reads),
            "tiers": tuple(self._tier(each, reads) for each in model.tiers),
            "on_plan": {name: self._model(each) for name, each in model.on_plan.items()},
            "for_cohort": {name: self._model(each) for name, each in model.for_cohort.items()},
        }
        return _Watched(model, self.note, _below(model.pointer, PLACES[ModelPrices]), inner)

    def _tier(self, tier: TierTable, reads: TableReads) -> _Watched:
        asked = (f"{tier.pointer}/when", f"{tier.pointer}/applies_to")
        return _Watched(
            tier, self.note, {"holds": asked}, {"price": self._table(tier.price, reads)}
        )

    def _table(self, table: PriceTable, reads: TableReads) -> _Watched:
        own = noting(table, reads, self.note)
        inner: dict[str, Any] = {
            "parts": {
                unit: tuple(self._part_price(table, each, reads) for each in parts)
                for unit, parts in table.parts.items()
            }
        }
        if table.formula is None:
            inner["units"] = {
                name: self._unit_price(each, reads.of_unit(table, each))
                for name, each in table.units.items()
            }
        fields = {
            "multiplier": (table.pointer,),
            "constant": (FORMULA,),
            "formula": (FORMULA,),
            "rounding": reads.rounding,
        }
        return _Watched(own, self.note, fields, inner)

    def _unit_price(self, price: UnitPrice, places: tuple[str, ...]) -> _Watched:
        return _Watched(price, self.note, {"weight": places, "rate": places}, {})

    def _part_price(self, table: PriceTable, price: UnitPrice, reads: TableReads) -> _Watched:
        places = reads.of_part(table, price)
        fields = {"weight": places, "rate": places, "above": reads.of_bound(price)}
        return _Watched(price, self.note, fields, {})


def _below(at: str, fields: Fields) -> Fields:
    return {field: tuple(at + place for place in places) for field, places in fields.items()}


def _items(value: Any) -> list[Any]:
    if isinstance(value, BaseModel):
        return [value]
    return list(value.values()) if isinstance(value, dict) else list(value)
