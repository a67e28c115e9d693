"""The scenario schema: complete, closed, as checked in, and of one mind with the models."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.scenarios.playing import HERE, REFERENCE
from policyengine.app.scenarios.schema import scenario_schema, schema_text
from policyengine.policy.nodes import Plain
from policyengine.policy.source import load_source


def nodes(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, node
    for group in ("$defs", "properties", "patternProperties"):
        for key, each in node.get(group, {}).items():
            yield from nodes(each, f"{path}/{group}/{key}")
    if "items" in node:
        yield from nodes(node["items"], f"{path}/items")


def plain(text: str) -> Plain:
    return load_source(text, "test.yaml")[0].plain


NODES = list(nodes(scenario_schema()))
KEYS = [
    (f"{path}/{key}", each)
    for path, node in NODES
    for key, each in node.get("properties", {}).items()
]
VALIDATOR = Draft202012Validator(json.loads(schema_text()))


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(scenario_schema())


@pytest.mark.parametrize(("path", "key"), KEYS, ids=[path for path, _ in KEYS])
def test_every_key_says_what_it_means_and_gives_an_example(path: str, key: dict[str, Any]) -> None:
    assert key["description"].endswith("."), path
    assert key["examples"], path


@pytest.mark.parametrize(("path", "key"), KEYS, ids=[path for path, _ in KEYS])
def test_every_example_is_right(path: str, key: dict[str, Any]) -> None:
    schema = {**key, "$defs": scenario_schema()["$defs"]}
    for example in key["examples"]:
        assert list(Draft202012Validator(schema).iter_errors(example)) == [], path


def test_every_object_is_closed_and_no_choice_hides_a_fault() -> None:
    for path, node in NODES:
        if node.get("type") == "object":
            assert node["additionalProperties"] is False, path
        assert not {"anyOf", "oneOf", "allOf"} & set(node), path


@pytest.mark.parametrize(
    "path", sorted((REFERENCE / "scenarios").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_schema_accepts_the_reference_scenarios(path: Any) -> None:
    assert list(VALIDATOR.iter_errors(plain(path.read_text()))) == []


@pytest.mark.parametrize(
    "path",
    [each for each in sorted(HERE.glob("broken/PE1*.yaml")) if "no-value" not in each.stem],
    ids=lambda path: path.stem,
)
def test_the_schema_refuses_what_the_models_refuse(path: Any) -> None:
    assert list(VALIDATOR.iter_errors(plain(path.read_text())))
