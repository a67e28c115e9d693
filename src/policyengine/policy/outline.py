"""What the schema asks at a place of the document, in the words that messages use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from policyengine.policy.document import words
from policyengine.policy.schema import REFERENCE, Schema

Kind: TypeAlias = Literal[
    "mapping",
    "list",
    "number",
    "whole number",
    "boolean",
    "word",
    "text",
    "name",
    "model name",
    "span",
    "instant",
    "percentage",
    "time of day",
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
    words.TIME_OF_DAY_PATTERN: "time of day",
    words.END_OF_DAY_PATTERN: "time of day",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "date",
}

_PART: Final = "x-part"
"""Where the outline keeps the name of the model that a mapping is read by."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a value has to be; `noun` is what messages call its place: `a grant`, `` `charge` ``."""

    steps: tuple[Step, ...]
    schema: Mapping[str, Any]
    noun: str

    @property
    def kind(self) -> Kind:
        """What kind of value it has to be."""
        kinds: dict[str, Kind] = {
            "object": "mapping",
            "array": "list",
            "integer": "whole number",
            "number": "number",
            "boolean": "boolean",
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


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A schema, the same with its references followed, and what messages call its parts.

    `homes` names, for each key, the parts that have one of that name.
    """

    schema: Schema
    root: Schema
    nouns: Mapping[str, str]
    homes: Mapping[str, tuple[str, ...]]

    def asked(self, steps: Sequence[Step], schema: Schema) -> Asked:
        """Put a piece of the schema and its place together."""
        return Asked(tuple(steps), schema, _noun(self.nouns, steps, schema.get(_PART, "")))

    def asked_at(self, steps: Sequence[Step]) -> Asked:
        """Find what the schema asks at a place.

        Takes: keys and indexes from the root on, of a place that the schema has a rule for.
        Raises: KeyError for any other place.
        """
        schema = self.root
        for step in steps:
            schema = below(schema, step)
        return self.asked(steps, schema)

    def key_pattern_at(self, steps: Sequence[Step]) -> Asked:
        """Find what the schema asks of the names in a mapping whose keys the author makes."""
        (pattern,) = self.asked_at(steps).schema["patternProperties"]
        return self.asked(steps, {"type": "string", "pattern": pattern})


def outline_of(schema: Schema, nouns: Mapping[str, str]) -> Outline:
    """Make the outline of a schema.

    Takes: a schema without choices and without a part inside itself, as `schema_of` makes it;
    and what messages call its parts, by the names of their models, the root's being empty.
    """
    root = _expanded(schema, schema.get("$defs", {}))
    homes: dict[str, dict[str, None]] = {}
    for key, noun in _homes(root, nouns, ()):
        homes.setdefault(key, {})[noun] = None
    return Outline(schema, root, nouns, {key: tuple(each) for key, each in homes.items()})


def below(schema: Schema, step: Step) -> Schema:
    """Find what the schema asks one step further down.

    Raises: KeyError where it asks nothing.
    """
    if isinstance(step, int):
        found: Schema = schema["items"]
    elif "patternProperties" in schema:
        (found,) = schema["patternProperties"].values()
    else:
        found = schema["properties"][step]
    return found


def _noun(nouns: Mapping[str, str], steps: Sequence[Step], part: str) -> str:
    named = [each for each in steps if isinstance(each, str)]
    if part in nouns and (part or not named):
        return nouns[part]
    return f"`{named[-1]}`" if named[-1] == steps[-1] else f"an entry of `{named[-1]}`"


def _expanded(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Follow references; what stands beside one counts more than what it refers to."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        beside = {key: each for key, each in schema.items() if key != "$ref"}
        schema = {**definitions[name], **beside, _PART: name}
    expanded = {key: each for key, each in schema.items() if key != "$defs"}
    for group in ("properties", "patternProperties"):
        if group in expanded:
            inner = expanded[group].items()
            expanded[group] = {key: _expanded(each, definitions) for key, each in inner}
    if "items" in expanded:
        expanded["items"] = _expanded(expanded["items"], definitions)
    return expanded


def _homes(
    schema: Schema, nouns: Mapping[str, str], steps: tuple[Step, ...]
) -> Iterator[tuple[str, str]]:
    """Give each key of the schema with the name of the part that has it."""
    for key, each in schema.get("properties", {}).items():
        yield key, _noun(nouns, steps, schema.get(_PART, ""))
        yield from _homes(each, nouns, (*steps, key))
    for each in schema.get("patternProperties", {}).values():
        yield from _homes(each, nouns, (*steps, 0))
    if "items" in schema:
        yield from _homes(schema["items"], nouns, (*steps, 0))
