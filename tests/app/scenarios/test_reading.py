"""Reading: each mistake of a scenario file is drawn where it is, with what mends it."""

import re
from pathlib import Path

import pytest

from app.scenarios.playing import HERE, ROOT, drawn_reading, drawn_run
from policyengine.app.scenarios.codes import SCENARIO_CODES
from policyengine.app.scenarios.reading import read_scenarios
from policyengine.policy.codes import CODES

BROKEN = sorted(HERE.glob("broken/*.yaml"))
UNMET = sorted(HERE.glob("unmet/*.yaml"))
SOURCES = ROOT / "src" / "policyengine" / "app" / "scenarios"
WRITE_ANEW = "`PYTHONPATH=tests python -m app.scenarios.playing` writes the goldens anew"


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_drawn_as_its_golden_says(path: Path) -> None:
    assert path.with_suffix(".txt").read_text() == drawn_reading(path), WRITE_ANEW


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_has_the_fault_that_it_is_named_after(path: Path) -> None:
    read = read_scenarios(path.read_bytes(), path.name)
    assert read.document is None
    assert path.stem.split("-")[0] in {each.code for each in read.findings}


@pytest.mark.parametrize("path", UNMET, ids=lambda path: path.stem)
def test_what_is_not_met_is_drawn_as_its_golden_says(path: Path) -> None:
    assert path.with_suffix(".txt").read_text() == drawn_run(path), WRITE_ANEW


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    used = {
        code
        for path in SOURCES.glob("*.py")
        if path.name != "codes.py"
        for code in re.findall(r'"(SC\d{3})"', path.read_text())
    }
    assert used == set(SCENARIO_CODES)
    assert not set(SCENARIO_CODES) & set(CODES)


def test_every_fault_of_a_file_has_a_golden() -> None:
    faults = {code for code in SCENARIO_CODES if code < "SC208"}
    assert faults <= {path.stem.split("-")[0] for path in BROKEN}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a: [", b"42", b"about: x", b"- 1\n- 2"])
def test_no_content_makes_the_reader_raise(data: bytes) -> None:
    read = read_scenarios(data, "odd.yaml")
    assert read.document is None
    assert read.findings


def test_a_file_without_fault_has_a_document_and_no_findings() -> None:
    path = ROOT / "policies" / "codeflicker" / "scenarios" / "holds.yaml"
    read = read_scenarios(path.read_bytes(), path.name)
    assert read.findings == ()
    assert read.document is not None
