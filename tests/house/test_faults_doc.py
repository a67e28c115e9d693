"""docs/faults.md: each fault of the model has a test, and the README has counts and no harm."""

import re
from pathlib import Path
from typing import Final

import pytest
from tools.counts import BEGIN, DONE, END, HARM, README

from house.proofs import ROOT, TEST, missing_proofs

DOCUMENT: Final = ROOT / "docs" / "faults.md"
ROWS: Final = re.findall(
    r"^\| (?!fault )(\w.*?) \| (.*?) \| (.*?) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE
)
FAULTS: Final = 28


def test_the_page_has_a_row_for_each_fault() -> None:
    assert len(ROWS) == FAULTS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_fault_has_a_test(row: tuple[str, str, str, str]) -> None:
    assert TEST.search(row[3])


def test_every_test_that_the_page_names_exists() -> None:
    assert missing_proofs(DOCUMENT.read_text(), Path(DOCUMENT.parent)) == []


def test_the_readme_counts_what_the_tool_counts_and_no_harm() -> None:
    table = README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = dict(re.findall(r"^\| \**(.+?)\** \| \**([\d,]+)\** \|$", table, re.MULTILINE))
    assert rows.keys() <= {*DONE.values(), *HARM.values()}
    assert {name: rows[name] for name in HARM.values()} == dict.fromkeys(HARM.values(), "0")
