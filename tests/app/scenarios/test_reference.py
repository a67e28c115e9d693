"""The reference policy's scenarios: complete, and biting: each expectation can fail."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.scenarios.playing import REFERENCE, results_of, timeline
from policyengine.app.scenarios.document import Scenario, Step
from policyengine.app.scenarios.ledger_text import ledger_text
from policyengine.app.scenarios.reading import ReadScenarios, read_scenarios
from policyengine.app.scenarios.run import run_scenario
from policyengine.app.scenarios.stage import Stage
from policyengine.app.scenarios.then import Then
from policyengine.policy.document.words import Part

FILES = sorted((REFERENCE / "scenarios").glob("*.yaml"))
SCENARIOS_MIN = 40
MODELINE = "# yaml-language-server: $schema=../../../schemas/scenario.schema.json\n"


def read(path: Path) -> ReadScenarios:
    found = read_scenarios(path.read_bytes(), path.name)
    assert found.document is not None
    return found


def scenarios(path: Path) -> list[Scenario]:
    document = read(path).document
    assert document is not None
    return document.scenarios


def test_there_are_enough_of_them_and_each_rule_has_both_sides() -> None:
    counts = {path.stem: len(scenarios(path)) for path in FILES}
    assert sum(counts.values()) >= SCENARIOS_MIN
    for rule in range(1, 11):
        (found,) = [stem for stem in counts if stem.startswith(f"rule-{rule:02d}-")]
        assert counts[found] >= 2


def test_editors_complete_and_check_every_file() -> None:
    for path in FILES:
        assert path.read_text().startswith(MODELINE)


def test_no_two_scenarios_of_the_policy_have_one_title() -> None:
    titles = [each.title for path in FILES for each in scenarios(path)]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_is_met(path: Path) -> None:
    assert [each.title for each in results_of(read(path)) if not each.passed] == []


def altered(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, str):
        return {"none": "pro_plus", "never": "x"}.get(value, f"{value}x")
    raise TypeError(value)


def mutants(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Give copies of a value with one leaf altered or one entry dropped, and where that is."""
    if isinstance(value, Part):
        for key in value.model_fields_set:
            for place, each in mutants(getattr(value, key), f"{pointer}/{key}"):
                yield place, value.model_copy(update={key: each})
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from ((at, {**value, key: new}) for at, new in mutants(each, f"{pointer}/{key}"))
    elif isinstance(value, list):
        if value:
            yield pointer, value[1:]
        for index, each in enumerate(value):
            for at, new in mutants(each, f"{pointer}/{index}"):
                yield at, [*value[:index], new, *value[index + 1 :]]
    else:
        yield pointer, altered(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_expectation_that_is_altered_fails_at_its_place(path: Path) -> None:
    source = read(path).source
    for index, scenario in enumerate(scenarios(path)):
        for number, step in enumerate(scenario.steps):
            for place, then in mutants(step.then, "/then") if step.then else ():
                steps = [*scenario.steps]
                steps[number] = step.model_copy(update={"then": then})
                changed = scenario.model_copy(update={"steps": steps})
                failures = run_scenario(source, index, changed, timeline()).failures
                places = {each.pointer for each in failures}
                assert any(_is_at(f"/scenarios/{index}/steps/{number}{place}", at) for at in places)


def _is_at(altered_at: str, reported_at: str) -> bool:
    """A mutant is reported where it is; words of a list, such as alerts, with their list."""
    return reported_at == altered_at or reported_at == altered_at.rpartition("/")[0]


def test_a_refusal_that_is_no_longer_expected_fails() -> None:
    path = REFERENCE / "scenarios" / "rule-06-packs.yaml"
    refused = [
        (index, scenario)
        for index, scenario in enumerate(scenarios(path))
        if any(step.then and step.then.refused for step in scenario.steps)
    ]
    assert refused
    for index, scenario in refused:
        steps = [step.model_copy(update={"then": Then()}) for step in scenario.steps]
        changed = scenario.model_copy(update={"steps": steps})
        result = run_scenario(read(path).source, index, changed, timeline())
        assert {each.code for each in result.failures} == {"SC302"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sweeper_between_the_steps_changes_nothing(path: Path) -> None:
    for scenario in scenarios(path):
        assert played(scenario, sweeping=True) == played(scenario, sweeping=False)


def played(scenario: Scenario, *, sweeping: bool) -> str:
    """Play a scenario, with or without sweeps of all wallets between its steps; its ledger."""
    stage = Stage.of(timeline())
    if scenario.given is not None:
        assert stage.begin(scenario.given) is None
    for number, step in enumerate(scenario.steps):
        if sweeping and step.at is not None and stage.at:
            before = stage.at
            for part in (3, 2, 1):
                sweep(stage, before + (step.at - before) // part)
        stage.perform(step, number + 1)
    sweep(stage, stage.at)
    return ledger_text(scenario.title, stage.ledger)


def sweep(stage: Stage, at: int) -> None:
    for wallet in tuple(stage.ledger.books):
        stage.perform(Step(wallet=wallet).model_copy(update={"at": at}), 0)
