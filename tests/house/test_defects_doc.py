"""docs/defects.md: each defect that others shipped has a proof here that exists."""

import re
from pathlib import Path
from typing import Final

import pytest

from house.proofs import ROOT, SCENARIO, TEST, missing_proofs

DOCUMENT: Final = ROOT / "docs" / "defects.md"
ROWS: Final = re.findall(
    r"^\| (?!seen elsewhere)(\w.*?|\".*?) \| (.*?) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE
)


def test_the_page_has_a_row_for_each_defect() -> None:
    assert len(ROWS) == 24


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_defect_has_a_proof(row: tuple[str, str, str]) -> None:
    assert SCENARIO.search(row[2]) or TEST.search(row[2])


def test_every_proof_exists() -> None:
    assert missing_proofs(DOCUMENT.read_text(), Path(DOCUMENT.parent)) == []
