"""Schemas for one repository: the names of its own models, plans, packs and units as choices."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from policyengine.app.scenarios.schema import scenario_schema
from policyengine.policy.schema import Schema, policy_schema, text_of
from policyengine.policy.source import load_source

NameKind: TypeAlias = Literal[
    "plans",
    "models",
    "packs",
    "measures",
    "units",
    "cohorts",
    "counting",
    "modifiers",
    "conversions",
]
"""What an author gives names to."""

_Places: TypeAlias = tuple[tuple[str, str, NameKind], ...]
_How: TypeAlias = Callable[[Schema, list[str], Schema | None], Schema]

_AT_TOP: Final[tuple[NameKind, ...]] = (
    "plans",
    "models",
    "packs",
    "counting",
    "modifiers",
    "conversions",
)
SIDES: Final = ("input", "output", "other")

POLICY_PLACES: Final[_Places] = (
    ("Model", "rates", "units"),
    ("Model", "counted_as", "counting"),
    ("Model", "multiplier_on_plan", "plans"),
    ("Model", "multiplier_for_cohort", "cohorts"),
    ("Tier", "rates", "units"),
    ("Charge", "priced_as", "models"),
    ("Modifier", "models", "models"),
    ("Modifier", "plans", "plans"),
    ("Modifier", "measures", "measures"),
    ("Modifier", "not_with", "modifiers"),
    ("AfterCycles", "to", "plans"),
    ("OnlyFor", "models", "models"),
    ("OnlyFor", "units", "units"),
    ("Pack", "sold_to", "plans"),
    ("Cancel", "to", "plans"),
    ("PlanPair", "from", "plans"),
    ("PlanPair", "to", "plans"),
    ("ForbiddenChange", "from", "plans"),
    ("ForbiddenChange", "to", "plans"),
    ("Overage", "plans", "plans"),
    ("Fallback", "model", "models"),
    ("Fallback", "plans", "plans"),
    ("Cap", "models", "models"),
    ("Cap", "plans", "plans"),
    ("TopUp", "pack", "packs"),
    ("Keep", "plan", "plans"),
)
"""Where a policy names something of its own: part, key, and what is named. Nothing else may stand
there, so that an editor marks it."""

SCENARIO_PLACES: Final[_Places] = (
    ("Given", "plan", "plans"),
    ("Given", "cohort", "cohorts"),
    ("Step", "subscribe", "plans"),
    ("Step", "change_plan", "plans"),
    ("Step", "set_cohort", "cohorts"),
    ("Step", "buy_pack", "packs"),
    ("ChargeVerb", "model", "models"),
    ("ChargeVerb", "used", "units"),
    ("ChargeVerb", "modifiers", "modifiers"),
    ("HoldVerb", "model", "models"),
    ("HoldVerb", "used", "units"),
    ("HoldVerb", "modifiers", "modifiers"),
    ("CaptureVerb", "model", "models"),
    ("CaptureVerb", "used", "units"),
    ("CaptureVerb", "modifiers", "modifiers"),
    ("EstimateVerb", "model", "models"),
    ("EstimateVerb", "sent", "units"),
    ("EstimateVerb", "modifiers", "modifiers"),
    ("ConvertVerb", "unit", "conversions"),
    ("WayOut", "plan", "plans"),
    ("WayOut", "pack", "packs"),
    ("WayOut", "model", "models"),
    ("Then", "plan", "plans"),
    ("Then", "cohort", "cohorts"),
    ("Then", "fell_back_from", "models"),
)
"""Where a scenario names something of its policy. A scenario may ask for what is not there, to see
the refusal: an editor offers the names and marks nothing."""


@dataclass(frozen=True, slots=True)
class OwnNames:
    """The names that policies give, in the order of the files."""

    of: Mapping[NameKind, tuple[str, ...]] = field(default_factory=dict)

    def policy_schema_text(self) -> str:
        """Write a schema of policy files in which only these names stand where one is used."""
        return text_of(_named(policy_schema(), POLICY_PLACES, self, _only))

    def scenario_schema_text(self) -> str:
        """Write a schema of scenario files that offers these names."""
        return text_of(_named(scenario_schema(), SCENARIO_PLACES, self, _offered))


def own_names(policies: Iterable[bytes]) -> OwnNames:
    """Collect the names of policy files, those with errors as well; all are taken together."""
    found: dict[NameKind, dict[str, None]] = {}
    for data in policies:
        plain = load_source(data, "")[0].plain
        for kind, name in _names(plain if isinstance(plain, dict) else {}):
            found.setdefault(kind, {})[name] = None
    return OwnNames({kind: tuple(names) for kind, names in found.items()})


def _names(plain: Mapping[str, Any]) -> Iterator[tuple[NameKind, str]]:
    for kind in _AT_TOP:
        yield from ((kind, name) for name in _keys(plain, kind))
    yield from (("cohorts", name) for name in _items(plain, "cohorts"))
    for measure in _keys(plain, "units"):
        yield "measures", measure
        for side in SIDES:
            yield from (("units", name) for name in _keys(plain["units"][measure], side))


def _keys(plain: Any, key: str) -> list[str]:
    part = plain.get(key) if isinstance(plain, dict) else None
    return list(part) if isinstance(part, dict) else []


def _items(plain: Mapping[str, Any], key: str) -> list[str]:
    part = plain.get(key)
    return [each for each in part if isinstance(each, str)] if isinstance(part, list) else []


def _named(schema: Schema, places: _Places, own: OwnNames, how: _How) -> Schema:
    """Put names into the places of a schema; a place without names stays as it is."""
    for part, key, kind in places:
        names = own.of.get(kind, ())
        if names:
            keys = schema["$defs"][part]["properties"]
            keys[key] = _with_names(keys[key], list(names), how)
    return {**schema, "$id": f"{schema['$id']}:own"}


def _with_names(node: Schema, names: list[str], how: _How) -> Schema:
    if "patternProperties" in node:
        (inner,) = node["patternProperties"].values()
        rest = {key: each for key, each in node.items() if key != "examples"}
        return how(rest, names, inner)
    if node.get("type") == "array":
        return {**node, "items": _with_names(node["items"], names, how)}
    return how({key: each for key, each in node.items() if key != "examples"}, names, None)


def _only(node: Schema, names: list[str], inner: Schema | None) -> Schema:
    """Let nothing else stand here."""
    if inner is None:
        return {**{key: each for key, each in node.items() if key != "pattern"}, "enum": names}
    rest = {key: each for key, each in node.items() if key != "patternProperties"}
    return {**rest, "properties": dict.fromkeys(names, inner)}


def _offered(node: Schema, names: list[str], inner: Schema | None) -> Schema:
    """Offer names, and leave the author free."""
    if inner is None:
        return {**node, "examples": names}
    return {**node, "properties": dict.fromkeys(names, inner)}
