"""What the schema asks at a place of the document, in the words that messages use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from policyengine.policy.document import words
from policyengine.policy.schema import REFERENCE, Schema, policy_schema

Kind: TypeAlias = Literal[
    "mapping",
    "list",
    "number",
    "whole number",
    "word",
    "text",
    "name",
    "model name",
    "span",
    "instant",
    "percentage",
    "date",
]

Step: TypeAlias = str | int

_TEXT_KINDS: Final[Mapping[str, Kind]] = {
    words.NAME_PATTERN: "name",
    words.MODEL_PATTERN: "model name",
    words.SPAN_PATTERN: "span",
    words.PACK_EXPIRY_PATTERN: "span",
    words.EXPIRY_PATTERN: "span",
    words.PERIOD_PATTERN: "span",
    words.INSTANT_PATTERN.replace(r"\d", "[0-9]"): "instant",
    words.PERCENT_PATTERN: "percentage",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "date",
}

_PART_NOUNS: Final[Mapping[str, str]] = {
    "Measure": "a measure",
    "Tier": "a tier",
    "Model": "a model",
    "Counting": "an entry of `counting`",
    "Grant": "a grant",
    "Plan": "a plan",
    "Pack": "a pack",
    "PlanPair": "an entry of `pairs`",
    "Alert": "an alert",
    "Abnormal": "an entry of `abnormal`",
    "Keep": "an entry of `keep`",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a value has to be, and what messages call its place.

    `part` is the name of the model that a mapping is read by, empty for other values.
    """

    steps: tuple[Step, ...]
    schema: Mapping[str, Any]
    part: str = ""

    @property
    def noun(self) -> str:
        """The place in a message: `a grant`, `` `charge` ``, `the policy`."""
        if self.part in _PART_NOUNS:
            return _PART_NOUNS[self.part]
        named = [each for each in self.steps if isinstance(each, str)]
        if not named:
            return "the policy"
        return f"`{named[-1]}`" if named[-1] == self.steps[-1] else f"an entry of `{named[-1]}`"

    @property
    def kind(self) -> Kind:
        """What kind of value it has to be."""
        kinds: dict[str, Kind] = {
            "object": "mapping",
            "array": "list",
            "integer": "whole number",
            "number": "number",
        }
        if self.schema["type"] in kinds:
            return kinds[self.schema["type"]]
        if "enum" in self.schema or "const" in self.schema:
            return "word"
        pattern = str(self.schema.get("pattern", "")).replace(r"\d", "[0-9]")
        return _TEXT_KINDS.get(pattern, "text")

    @property
    def words(self) -> tuple[str, ...]:
        """The closed list of what may stand here, and special words such as `never`."""
        if "const" in self.schema:
            return (str(self.schema["const"]),)
        if "enum" in self.schema:
            return tuple(self.schema["enum"])
        specials = {
            words.PACK_EXPIRY_PATTERN: ("never",),
            words.EXPIRY_PATTERN: ("never", "end_of_cycle", "end_of_period"),
            words.PERIOD_PATTERN: ("cycle",),
        }
        return specials.get(self.schema.get("pattern", ""), ())

    @property
    def example(self) -> Any:
        """A value that may stand here, or None."""
        examples = self.schema.get("examples", ())
        return examples[0] if examples else None

    @property
    def description(self) -> str:
        """What the value means: a phrase without capital and full stop."""
        text = str(self.schema.get("description", ""))
        return text[:1].lower() + text[1:].removesuffix(".")

    @property
    def keys(self) -> Mapping[str, Schema]:
        """The keys that a mapping may have; empty where the author makes the names."""
        keys: Mapping[str, Schema] = self.schema.get("properties", {})
        return keys


@cache
def _schema() -> Schema:
    return policy_schema()


def asked_at(steps: Sequence[Step]) -> Asked:
    """Find what the schema asks at a place.

    Takes: keys and indexes from the root on, of a place that the schema has a rule for.
    Raises: KeyError for any other place.
    """
    node, part = _resolved(_schema())
    for step in steps:
        node, part = _resolved(_below(node, step))
    return Asked(tuple(steps), node, part)


def key_pattern_at(steps: Sequence[Step]) -> Asked:
    """Find what the schema asks of the names in a mapping whose keys the author makes."""
    (pattern,) = asked_at(steps).schema["patternProperties"]
    return Asked(tuple(steps), {"type": "string", "pattern": pattern})


@cache
def homes_of(key: str) -> tuple[str, ...]:
    """Name the parts that have a key of this name."""
    found: dict[str, None] = {}
    _collect_homes(_schema(), (), key, found)
    return tuple(found)


def _collect_homes(node: Schema, steps: tuple[Step, ...], key: str, found: dict[str, None]) -> None:
    node, part = _resolved(node)
    for name, each in node.get("properties", {}).items():
        if name == key:
            found[Asked(steps, node, part).noun] = None
        _collect_homes(each, (*steps, name), key, found)
    for each in node.get("patternProperties", {}).values():
        _collect_homes(each, (*steps, ""), key, found)
    if "items" in node:
        _collect_homes(node["items"], (*steps, 0), key, found)


def _below(node: Schema, step: Step) -> Schema:
    if isinstance(step, int):
        below: Schema = node["items"]
    elif "patternProperties" in node:
        (below,) = node["patternProperties"].values()
    else:
        below = node["properties"][step]
    return below


def _resolved(node: Schema) -> tuple[Schema, str]:
    """Follow a reference; what stands beside it counts more than what it refers to."""
    if "$ref" not in node:
        return node, ""
    name = node["$ref"].removeprefix(REFERENCE)
    beside = {key: each for key, each in node.items() if key != "$ref"}
    return {**_schema()["$defs"][name], **beside}, name
