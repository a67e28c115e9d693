"""The JSON Schema: complete, closed, without choices that hide a fault, and as checked in."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy.documents import reference
from policyengine.policy.document.plans import Plan, Upgrade
from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.schema import REFERENCE, SCHEMA_DIALECT, policy_schema, schema_text


def nodes(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside the schema, with its path."""
    yield path, node
    for group in ("$defs", "properties", "patternProperties"):
        for key, each in node.get(group, {}).items():
            yield from nodes(each, f"{path}/{group}/{key}")
    if "items" in node:
        yield from nodes(node["items"], f"{path}/items")


NODES = list(nodes(policy_schema()))
KEYS = [
    (f"{path}/{key}", each)
    for path, node in NODES
    for key, each in node.get("properties", {}).items()
]


def names_used(node: Any) -> Iterator[str]:
    """The definitions that a part of the schema refers to, once for each time."""
    if isinstance(node, dict):
        for key, each in node.items():
            yield from [each.removeprefix(REFERENCE)] if key == "$ref" else names_used(each)
    elif isinstance(node, list):
        for each in node:
            yield from names_used(each)


def test_each_definition_comes_after_those_that_it_uses() -> None:
    definitions = policy_schema()["$defs"]
    before: set[str] = set()
    for name, definition in definitions.items():
        assert set(names_used(definition)) <= before
        before.add(name)


def test_the_text_does_not_depend_on_which_models_were_used_before() -> None:
    expected = schema_text()
    for model in (Upgrade, Plan, PolicyDocument):
        model.model_rebuild(force=True)
        assert expected == schema_text()


def test_the_schema_is_a_valid_schema_with_a_name() -> None:
    schema = policy_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == SCHEMA_DIALECT
    assert schema["$id"].startswith("urn:")
    assert schema["title"]


@pytest.mark.parametrize(("path", "node"), KEYS, ids=[path for path, _ in KEYS])
def test_every_key_has_a_description_and_an_example_that_fits(
    path: str, node: dict[str, Any]
) -> None:
    assert node["description"].endswith("."), path
    assert node["examples"], path
    exact = json.loads(json.dumps(node["examples"]), parse_float=Decimal)
    alone = {**node, "$defs": policy_schema()["$defs"]}
    for example in exact:
        Draft202012Validator(alone).validate(example)


def test_every_part_has_a_description() -> None:
    assert all(each["description"] for each in policy_schema()["$defs"].values())


def test_every_mapping_is_closed() -> None:
    for path, node in NODES:
        is_mapping = node.get("type") == "object"
        assert is_mapping == ("additionalProperties" in node), path
        assert node.get("additionalProperties", False) is False, path


def test_no_choice_hides_which_branch_is_at_fault() -> None:
    for path, node in NODES:
        assert not {"anyOf", "oneOf", "allOf", "not", "if"} & set(node), path


def test_no_value_is_null_or_a_boolean() -> None:
    kinds = {node.get("type", "reference") for _, node in NODES}
    assert kinds == {"object", "array", "string", "integer", "number", "reference"}


def test_titles_do_not_repeat_keys() -> None:
    assert [path for path, node in NODES if "title" in node] == ["#"]


def test_keys_stand_in_the_order_in_which_a_policy_is_written() -> None:
    keys = list(policy_schema()["properties"])
    written = [key for key in keys if key in reference(2)]
    assert list(reference(2)) == written


def test_a_schema_is_a_fresh_copy() -> None:
    policy_schema().clear()
    assert policy_schema()


def test_a_schema_is_written_as_it_is_checked_in() -> None:
    assert schema_text().endswith("}\n")
    assert json.loads(schema_text()) == policy_schema()
