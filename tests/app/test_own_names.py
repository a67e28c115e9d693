"""Schemas that know a repository's own names, and where they are written."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.shops import policy_text
from policyengine.app.checking import files_of
from policyengine.app.modelines import own_schemas, schema_place
from policyengine.app.own_names import POLICY_PLACES, SCENARIO_PLACES, OwnNames, own_names
from policyengine.app.scenarios.schema import scenario_schema
from policyengine.app.starter import packaged, packaged_policies
from policyengine.policy.schema import policy_schema
from policyengine.policy.source import load_source

OF_CHAT = own_names([policy_text().encode()])


def findings(schema: str, file: Path | str) -> list[str]:
    """Check a file against a schema as an editor would."""
    text = file if isinstance(file, str) else file.read_text()
    validator = Draft202012Validator(json.loads(schema))
    return [each.message for each in validator.iter_errors(_floats(load_source(text, "")[0].plain))]


def _floats(plain: Any) -> Any:
    """Give numbers as the validator knows them."""
    if isinstance(plain, dict):
        return {key: _floats(each) for key, each in plain.items()}
    if isinstance(plain, list):
        return [_floats(each) for each in plain]
    return float(plain) if type(plain).__name__ == "Decimal" else plain


def test_the_places_of_names_are_in_the_schemas() -> None:
    for schema, places in (
        (policy_schema(), POLICY_PLACES),
        (scenario_schema(), SCENARIO_PLACES),
    ):
        for part, key, _ in places:
            assert key in schema["$defs"][part]["properties"], (part, key)


def test_names_are_collected_from_all_versions_and_broken_files() -> None:
    assert OF_CHAT.of["models"] == ("small", "standard", "large")
    assert OF_CHAT.of["units"] == ("text_input", "text_cached", "image_input", "text_output")
    assert OF_CHAT.of["measures"] == ("tokens",)
    later = b"models: {small: 1, tiny: [}"
    broken = b"models: {tiny: x}\ncohorts: [annual, 3]\nplans: 1\nunits: {words: {input: no}}\n"
    names = own_names([policy_text().encode(), later, broken, b"- list\n"])
    assert names.of["models"] == ("small", "standard", "large", "tiny")
    assert names.of["cohorts"] == ("annual",)
    assert names.of["plans"] == ("free", "plus", "max")
    assert names.of["measures"] == ("tokens", "words")


@pytest.mark.parametrize("name", packaged_policies())
def test_every_policy_and_its_scenarios_suit_the_schemas_of_their_names(name: str) -> None:
    files = files_of([packaged("policies") / name])
    names = own_names(each.read_bytes() for each in files.policies)
    for file in files.policies:
        assert findings(names.policy_schema_text(), file) == []
    for file in files.scenarios:
        assert findings(names.scenario_schema_text(), file) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sold_to: [plus, max]", "sold_to: [plus, team]"),
        ("to: free", "to: gratis"),
        ("counted_as: usual", "counted_as: unusual"),
        ("multiplier: 4\n", "multiplier: 4\n    rates: {text_inptu: 1}\n"),
        ("multiplier: 4\n", "multiplier: 4\n    multiplier_on_plan: {team: 1}\n"),
    ],
)
def test_a_name_that_is_not_there_is_a_finding(old: str, new: str) -> None:
    text = policy_text().replace(old, new, 1)
    assert text != policy_text()
    assert len(findings(OF_CHAT.policy_schema_text(), text)) == 1


def test_a_scenario_may_ask_for_what_is_not_there() -> None:
    text = (
        "about: A refusal.\nscenarios:\n"
        "  - title: it is refused\n    given: {at: 2026-02-01T00:00:00Z, plan: plus}\n"
        "    steps:\n      - charge: {model: nothing, used: {words: 1}}\n"
        "        then: {refused: unknown_model}\n"
    )
    assert findings(OF_CHAT.scenario_schema_text(), text) == []
    offered = json.loads(OF_CHAT.scenario_schema_text())["$defs"]["ChargeVerb"]["properties"]
    assert offered["model"]["examples"] == ["small", "standard", "large"]
    assert list(offered["used"]["properties"]) == list(OF_CHAT.of["units"])


def test_without_names_a_schema_says_what_it_says_for_all() -> None:
    own = json.loads(OwnNames().policy_schema_text())
    assert {**own, "$id": ""} == {**policy_schema(), "$id": ""}


def test_schemas_are_written_where_files_name_them(tmp_path: Path) -> None:
    for product in ("one", "two"):
        file = tmp_path / "policies" / product / "v1.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(policy_text().replace("  small:", f"  {product}:"))
        scenarios = file.parent / "scenarios" / "s.yaml"
        scenarios.parent.mkdir()
        scenarios.write_text(
            "# yaml-language-server: $schema=../../../schemas/scenario.schema.json\nabout: x\n"
        )
    texts = own_schemas(files_of([tmp_path / "policies"]))
    schemas = tmp_path / "schemas"
    assert set(texts) == {schemas / "policy.schema.json", schemas / "scenario.schema.json"}
    for text in texts.values():
        assert '"one"' in text
        assert '"two"' in text


@pytest.mark.parametrize(
    "line",
    [
        "format: 1",
        "# yaml-language-server: $schema=/etc/policy.schema.json",
        "# yaml-language-server: $schema=policy.json",
        "# yaml-language-server: $schema=x:policy.schema.json",
    ],
)
def test_only_a_relative_path_to_a_schema_is_a_place(tmp_path: Path, line: str) -> None:
    file = tmp_path / "v1.yaml"
    file.write_text(f"{line}\n")
    assert schema_place(file) is None


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"$id": "urn:other"}'])
def test_what_is_no_schema_of_ours_is_not_written_over(tmp_path: Path, content: str) -> None:
    place = tmp_path / "schemas/policy.schema.json"
    place.parent.mkdir()
    place.write_text(content)
    file = tmp_path / "policies/acme/v1.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(policy_text())
    with pytest.raises(ValueError, match="holds something else"):
        own_schemas(files_of([file]))
