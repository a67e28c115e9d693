"""docs/semantics.md: each statement has a number, and a proof that exists."""

import re
from typing import Final

import pytest

from house.proofs import ROOT, TEST, names_of_tests, titles

DOCUMENT: Final = ROOT / "docs" / "semantics.md"
SCENARIOS: Final = ROOT / "policies" / "codeflicker" / "scenarios"

_STATEMENT: Final = re.compile(r"^(\d+)\. (.*?)(?=^\d+\. |^## |\Z)", re.MULTILINE | re.DOTALL)
_SCENARIO: Final = re.compile(
    r"\[([^\]]+)\]\(\.\./((?:tests/)?policies/\w+/scenarios/[\w.-]+\.yaml)\)"
)

NUMBERED: Final = [
    (int(match[1]), match[2]) for match in _STATEMENT.finditer(DOCUMENT.read_text(encoding="utf-8"))
]
STATEMENTS: Final = dict(NUMBERED)


def test_statements_are_numbered_one_by_one() -> None:
    assert [number for number, _ in NUMBERED] == list(range(1, len(NUMBERED) + 1))
    assert len(STATEMENTS) > 50


@pytest.mark.parametrize("number", STATEMENTS)
def test_a_statement_has_a_proof(number: int) -> None:
    text = STATEMENTS[number]
    assert _SCENARIO.search(text) or TEST.search(text)


def test_every_scenario_that_proves_a_statement_exists() -> None:
    named = {match.groups() for text in STATEMENTS.values() for match in _SCENARIO.finditer(text)}
    assert sorted(title for title, file in named if title not in titles(ROOT / file)) == []


def test_every_test_that_proves_a_statement_exists() -> None:
    named = {match[1] for text in STATEMENTS.values() for match in TEST.finditer(text)}
    assert sorted(named - names_of_tests()) == []


def test_every_test_that_the_readme_names_exists() -> None:
    named = set(TEST.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(named) > 5
    assert sorted(named - names_of_tests()) == []


def test_every_rule_of_the_product_proves_a_statement() -> None:
    named = {match[2] for text in STATEMENTS.values() for match in _SCENARIO.finditer(text)}
    rules = {str(each.relative_to(ROOT)) for each in SCENARIOS.glob("rule-*.yaml")}
    assert sorted(rules - named) == []
