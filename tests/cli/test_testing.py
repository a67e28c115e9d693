"""`test` with `--coverage` and `--mutate`: what is printed, and how the command ends."""

import json
from pathlib import Path

import pytest

from cli.terminal import Terminal


def test_coverage_lists_what_no_scenario_exercises(terminal: Terminal) -> None:
    answer = terminal.run("test --coverage")
    assert answer.code == 0
    assert "policies/my_product/v1.yaml: no scenario exercises\n" in answer.out
    assert " facts exercised (" in answer.out.splitlines()[-1]


@pytest.mark.parametrize(("least", "code"), [("1", 0), ("100", 1)])
def test_too_little_coverage_ends_with_1(terminal: Terminal, least: str, code: int) -> None:
    assert terminal.run(f"test --coverage --fail-under {least}").code == code


def test_a_threshold_needs_something_to_measure(terminal: Terminal) -> None:
    answer = terminal.run("test --fail-under 80")
    assert answer.code == 2
    assert "add `--coverage` or `--mutate`" in answer.err


def test_mutation_lists_what_nobody_notices_and_keeps_its_threshold(terminal: Terminal) -> None:
    answer = terminal.run("test --mutate --fail-under 99.5")
    assert answer.code == 1
    assert ": no scenario notices " in answer.out
    assert " changes noticed (" in answer.out.splitlines()[-1]


def test_both_are_json_for_machines(terminal: Terminal) -> None:
    answer = terminal.run("test --mutate --format json")
    plain = json.loads(answer.out)
    (coverage,), (mutation,) = plain["coverage"], plain["mutation"]
    assert coverage["policy"] == mutation["policy"] == "my_product"
    assert mutation["changes"] == mutation["noticed"] + len(mutation["survived"])
    assert "coverage" not in json.loads(terminal.run("test --format json").out)


def test_both_are_markdown_for_a_pull_request(terminal: Terminal) -> None:
    answer = terminal.run("test --coverage --format markdown")
    assert "| policy | facts exercised | changes noticed |" in answer.out


def test_nothing_is_changed_where_a_scenario_fails(terminal: Terminal) -> None:
    (file,) = Path("policies/my_product/scenarios").glob("*.yaml")
    file.write_text(file.read_text().replace("balance: ", "balance: 7", 1))
    answer = terminal.run("test --mutate")
    assert answer.code == 1
    assert "FAILED" in answer.out
    assert "changes noticed" not in answer.out
