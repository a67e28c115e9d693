"""The JSON Schema of guards: complete, without choices, and of one mind with the models."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.planning.guard_files import GUARDS, bad_files
from policyengine.app.planning.guards.load import load_guards
from policyengine.app.planning.guards.schema import guards_schema, schema_text
from policyengine.policy.source import load_source


def keys(node: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, each in node.get("properties", {}).items():
        yield f"{path}/{key}", each
    for name, each in node.get("$defs", {}).items():
        yield from keys(each, name)


KEYS = list(keys(guards_schema(), "guards"))


def test_the_schema_is_a_valid_schema_without_choices() -> None:
    Draft202012Validator.check_schema(guards_schema())
    assert "anyOf" not in schema_text()
    assert "oneOf" not in schema_text()


@pytest.mark.parametrize(("path", "node"), KEYS, ids=[path for path, _ in KEYS])
def test_every_key_has_a_description_and_an_example_that_fits(
    path: str, node: dict[str, Any]
) -> None:
    assert node["description"].endswith("."), path
    exact = json.loads(json.dumps(node["examples"]), parse_float=Decimal)
    assert exact, path
    for example in exact:
        Draft202012Validator({**node, "$defs": guards_schema()["$defs"]}).validate(example)


def test_the_schema_takes_and_refuses_what_the_models_do() -> None:
    validator = Draft202012Validator(guards_schema())
    for text in [GUARDS, *(path.read_text() for path in bad_files())]:
        source, _ = load_source(text, "guards.yaml")
        codes = {each.code[:3] for each in load_guards(text, "guards.yaml").findings}
        is_shape = "PE1" in codes or "GR1" in codes
        assert validator.is_valid(source.plain) is not is_shape, text
