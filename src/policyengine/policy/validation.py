"""Whether a document is as its JSON Schema says, in the schema's own terms."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator

from policyengine.policy.nodes import pointer_of
from policyengine.policy.outline import Outline
from policyengine.policy.schema import REFERENCE
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic

_OUTLINES_MAX: Final = 8
"""Validators that are kept: one for each kind of file."""


@lru_cache(_OUTLINES_MAX)
def validator_of(outline: Outline) -> Draft202012Validator:
    """Give the validator of a schema; patterns hold for the whole of a text.

    Each reference stands for what it names: to look it up for each value costs more than to check
    the value.
    """
    schema = _ended(outline.schema)
    definitions = schema.pop("$defs")
    return Draft202012Validator(_inlined(schema, definitions, {}))


def schema_findings(source: Source, outline: Outline) -> Iterator[Diagnostic]:
    """Check a document against its JSON Schema alone.

    The models and the schema agree, so that a document that the models accept has no fault; where
    they should ever differ, the stricter one wins and says so.
    """
    for error in validator_of(outline).iter_errors(source.plain):
        steps = tuple(error.absolute_path)
        noun = outline.asked_at(steps).noun
        pointer = pointer_of(steps)
        yield Diagnostic(
            code="PE120",
            message=f"{noun} breaks the rule `{error.validator}` of the schema",
            file=source.name,
            span=source.value_span(pointer),
            pointer=pointer,
            help="write the value as the JSON Schema of such files describes it",
        )


def _inlined(node: Any, definitions: dict[str, Any], done: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(each, definitions, done) for each in node]
    if not isinstance(node, dict):
        return node
    rest = {key: _inlined(each, definitions, done) for key, each in node.items() if key != "$ref"}
    if "$ref" not in node:
        return rest
    name = node["$ref"].removeprefix(REFERENCE)
    if name not in done:
        done[name] = _inlined(definitions[name], definitions, done)
    return {**done[name], **rest}


def _ended(node: Any) -> Any:
    r"""End each pattern at the end of the text: Python's `$` lets a last line break pass."""
    if isinstance(node, list):
        return [_ended(each) for each in node]
    if not isinstance(node, dict):
        return node
    ended = {key: _ended(each) for key, each in node.items()}
    if isinstance(ended.get("pattern"), str):
        ended["pattern"] = ended["pattern"].removesuffix("$") + r"\Z"
    if "patternProperties" in ended:
        named = ended["patternProperties"].items()
        ended["patternProperties"] = {key.removesuffix("$") + r"\Z": each for key, each in named}
    return ended
