"""docs/security.md: each threat has a test that exists, and each test of security its place."""

import re
from typing import Final

import pytest

from house.proofs import ROOT, TEST, missing_proofs

DOCUMENT: Final = ROOT / "docs" / "security.md"
TEXT: Final = DOCUMENT.read_text(encoding="utf-8")
ROWS: Final = re.findall(r"^\| (?!threat|---)(.*?) \| (.*?) \| (.*) \|$", TEXT, re.MULTILINE)


def test_the_page_has_a_row_for_each_threat() -> None:
    assert len(ROWS) == 32


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_threat_has_a_test(row: tuple[str, str, str]) -> None:
    assert TEST.search(row[2])


def test_every_test_that_is_named_exists() -> None:
    assert missing_proofs(TEXT, DOCUMENT.parent) == []


def test_every_test_of_policy_files_is_named() -> None:
    file = ROOT / "tests" / "security" / "test_policy_files.py"
    written = set(re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))
    assert written - set(TEST.findall(TEXT)) == set()
