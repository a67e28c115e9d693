"""The page for product managers says what happens: each of its examples is run."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from policy.expressions.written import NAMES
from policyengine.policy.expressions import Expression, ExpressionFault, parse_expression

PAGE = (Path(__file__).parents[3] / "docs" / "expressions.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = [match.groups() for match in ROW.finditer(PAGE)]
PLACES = [(row[2], row[1]) for row in ROWS if row[1] in ("credits", "yes or no")]
RESULTS = [row for row in ROWS if " = " in row[1]]
FINDINGS = [row for row in ROWS if row[1].startswith("PE3")]


def test_the_page_has_examples_of_each_kind() -> None:
    assert (len(PLACES), len(RESULTS), len(FINDINGS)) == (3, 6, 7)


@pytest.mark.parametrize(("written", "unit"), PLACES)
def test_an_example_of_a_place_gives_what_the_place_needs(written: str, unit: str) -> None:
    wants = {"credits": "credits", "yes or no": "yes_no"}[unit]
    assert isinstance(parse_expression(written.strip("`"), NAMES, wants), Expression)


@pytest.mark.parametrize(("written", "given", "result"), RESULTS)
def test_an_example_gives_its_result(written: str, given: str, result: str) -> None:
    pairs = [each.split(" = ") for each in given.split(", ")]
    values = {name: Fraction(value) for name, value in pairs}
    wants = "yes_no" if result in ("yes", "no") else "credits"
    expression = parse_expression(written.strip("`"), NAMES, wants)
    assert isinstance(expression, Expression)
    expected = result == "yes" if wants == "yes_no" else Fraction(result)
    assert expected == expression.evaluate(values)


@pytest.mark.parametrize(("written", "code", "help_"), FINDINGS)
def test_a_refused_example_is_helped_as_written(written: str, code: str, help_: str) -> None:
    fault = parse_expression(written.strip("`"), NAMES, "credits")
    assert isinstance(fault, ExpressionFault)
    assert (code, help_) == (fault.code, fault.help)
