"""The JSON Schema of policy files (draft 2020-12), made from the document models."""

import json
from typing import Any, Final, TypeAlias

from policyengine.policy.document import PolicyDocument

SCHEMA_ID: Final = "urn:policyengine-credits:policy:1"
SCHEMA_TITLE: Final = "Credits policy"

Schema: TypeAlias = dict[str, Any]


def policy_schema() -> Schema:
    """Make the schema that editors and CI check policy files with; a fresh copy.

    Gives: closed objects throughout, no `anyOf` and no `oneOf`: each finding names one cause. A
    key that may be missing may not be `null`, so there is one way to leave it out.
    """
    made = PolicyDocument.model_json_schema()
    definitions = made.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": SCHEMA_TITLE,
        **_tidied(made),
        "$defs": {name: _tidied(each) for name, each in definitions.items()},
    }


def schema_text() -> str:
    """Write the schema as it is checked in."""
    return json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidied(node: Schema) -> Schema:
    """Close an object, let go of `null` and of titles that only repeat the key."""
    if "anyOf" in node:
        (kept,) = [each for each in node["anyOf"] if each != {"type": "null"}]
        rest = {key: each for key, each in node.items() if key not in {"anyOf", "default"}}
        node = {**kept, **rest}
    tidy = {key: each for key, each in node.items() if key != "title"}
    for group in ("properties", "patternProperties"):
        if group in tidy:
            tidy[group] = {key: _tidied(each) for key, each in tidy[group].items()}
            tidy["additionalProperties"] = False
    if "items" in tidy:
        tidy["items"] = _tidied(tidy["items"])
    return tidy
