"""What is said of coverage and mutation: lines and hints for people, shares that never flatter."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.coverage.shelves import CHARGE, coverage_of, mutation_of, shelf
from policyengine.app.coverage.report import (
    coverage_form,
    coverage_text,
    markdown,
    mutation_form,
    mutation_text,
    percent,
)

EXCUSED = CHARGE.replace(
    "scenarios:",
    'excused:\n  - {fact: charge.minimum, to: ["0.00", "5"], because: rounding comes first}\n'
    "scenarios:",
)


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(0, 0, "100"), (3, 3, "100"), (2, 3, "66.6"), (9999, 10000, "99.9"), (0, 5, "0.0")],
)
def test_a_share_is_rounded_down_so_that_only_all_is_100(part: int, whole: int, share: str) -> None:
    assert percent(part, whole) == Decimal(share)


def test_a_missed_fact_is_listed_with_its_line_and_value(tmp_path: Path) -> None:
    text = coverage_text(coverage_of(shelf(tmp_path)))
    assert "/v1.yaml: no scenario exercises\n" in text
    assert "  23  models.lite.multiplier " in text
    assert text.splitlines()[-1].startswith("codeflicker: 18 of 71 facts exercised (25.3 %)")


def test_a_survivor_is_listed_with_its_values_and_what_would_notice(tmp_path: Path) -> None:
    text = mutation_text(mutation_of(shelf(tmp_path, EXCUSED)))
    assert (
        "/v1.yaml:39: no scenario notices charge.late_usage\n"
        "  7 days -> 8 days, 6 days\n"
        "  = help: report a request that began 7 days ago, and one that began a moment before\n"
    ) in text
    assert "/v1.yaml:35: excused charge.minimum\n  0.01 -> 0.00\n" in text
    assert "/test.yaml:3: rounding comes first\n" in text
    assert "the excuse for charge.minimum -> 5 is not needed" in text
    assert "1 excused, " in text.splitlines()[-1]


def test_a_missed_fact_is_data_for_machines(tmp_path: Path) -> None:
    form = coverage_form(coverage_of(shelf(tmp_path)))
    assert (form["facts"], form["exercised"], form["percent"]) == (71, 18, "25.3")
    assert form["missed"][0] | {"file": ""} == {
        "version": 1,
        "file": "",
        "line": 19,
        "path": "units.tokens.input.text_cached",
        "kind": "number",
        "value": "10",
    }


def test_survivors_and_excuses_are_data_for_machines(tmp_path: Path) -> None:
    form = mutation_form(mutation_of(shelf(tmp_path, EXCUSED)))
    assert form["changes"] == form["noticed"] + len(form["survived"])
    (late, _) = [each for each in form["survived"] if each["path"] == "charge.late_usage"]
    assert (late["new"], late["asked"], late["line"]) == ("8 days", 0, 39)
    (excused,) = form["excused"]
    assert (excused["new"], excused["because"]) == ("0.00", "rounding comes first")
    (idle,) = form["idle_excuses"]
    assert (idle["path"], idle["new"]) == ("charge.minimum", "5")


def test_a_page_for_a_pull_request_has_both(tmp_path: Path) -> None:
    folder = shelf(tmp_path, EXCUSED)
    page = markdown([coverage_of(folder)], [mutation_of(folder)])
    assert page.startswith("| policy | facts exercised | changes noticed |\n|---|---|---|\n")
    assert "| codeflicker | 18 of 71 (25.3 %) | " in page
    assert "`charge.late_usage: 7 days`" in page
    assert "`charge.late_usage` `7 days` → `8 days`: report a request" in page
    assert "`charge.minimum` `0.01` → `0.00`: rounding comes first" in page


def test_a_page_without_mutation_leaves_its_column_empty(tmp_path: Path) -> None:
    page = markdown([coverage_of(shelf(tmp_path))], [])
    assert "| codeflicker | 18 of 71 (25.3 %) |  |" in page
