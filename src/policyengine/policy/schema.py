"""The JSON Schema of policy files (draft 2020-12), made from the document models."""

import json
from typing import Any, Final, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from policyengine.policy.document import PolicyDocument

SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_ID: Final = "urn:policyengine-credits:policy:1"
SCHEMA_TITLE: Final = "Credits policy"
REFERENCE: Final = "#/$defs/"

Schema: TypeAlias = dict[str, Any]


def policy_schema() -> Schema:
    """Make the schema that editors and CI check policy files with; a fresh copy."""
    return schema_of(PolicyDocument, SCHEMA_ID, SCHEMA_TITLE)


def schema_of(model: type[BaseModel], identity: str, title: str) -> Schema:
    """Make the schema of a file that is read by a document model; a fresh copy.

    Gives: closed objects throughout, no `anyOf` and no `oneOf`: each finding names one cause. A
    key that may be missing may not be `null`, so there is one way to leave it out.
    """
    made = model.model_json_schema(schema_generator=_InOrder)
    found: dict[str, Schema] = made.pop("$defs")
    definitions: dict[str, Schema] = {}
    _put_in_order(made, found, definitions)
    return {
        "$schema": SCHEMA_DIALECT,
        "$id": identity,
        "title": title,
        **_tidied(made, definitions),
        "$defs": {name: _tidied(each, definitions) for name, each in definitions.items()},
    }


def schema_text() -> str:
    """Write the schema of policy files as it is checked in."""
    return text_of(policy_schema())


def text_of(schema: Schema) -> str:
    """Write a schema as it is checked in."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _InOrder(GenerateJsonSchema):
    """Leaves keys in the order of the models, which is the order that a file is written in."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        del parent_key
        return value


def _put_in_order(node: Any, found: dict[str, Schema], ordered: dict[str, Schema]) -> None:
    """Put definitions in the order of the models, each after those that it uses.

    The order in which they are found depends on which models the program has used before.
    """
    if isinstance(node, list):
        for each in node:
            _put_in_order(each, found, ordered)
    if not isinstance(node, dict):
        return
    for key, each in node.items():
        name = each.removeprefix(REFERENCE) if key == "$ref" else ""
        if name and name not in ordered:
            _put_in_order(found[name], found, ordered)
            ordered[name] = found[name]
        else:
            _put_in_order(each, found, ordered)


def _tidied(node: Schema, definitions: dict[str, Schema]) -> Schema:
    """Close an object, and let go of `null` and of titles, which only repeat the key."""
    if "anyOf" in node:
        (kept,) = [each for each in node["anyOf"] if each != {"type": "null"}]
        rest = {key: each for key, each in node.items() if key not in {"anyOf", "default"}}
        node = {**kept, **rest}
    tidy = {key: each for key, each in node.items() if key != "title"}
    if "$ref" in tidy:
        target = definitions[tidy["$ref"].removeprefix(REFERENCE)]
        tidy.setdefault("description", target["description"])
    for group in ("properties", "patternProperties"):
        if group in tidy:
            inner = tidy.pop(group)
            tidy[group] = {key: _tidied(each, definitions) for key, each in inner.items()}
            tidy["additionalProperties"] = False
    if "items" in tidy:
        tidy["items"] = _tidied(tidy["items"], definitions)
    return tidy
