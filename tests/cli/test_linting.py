"""`lint`: each broken policy with what is printed for it, formats, and scenarios that pass."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cli.terminal import Terminal
from policyengine.linting.codes import FAULT_CODES

BROKEN = Path(__file__).parents[1] / "linting" / "broken"


def shop(empty: Terminal, code: str) -> Terminal:
    copytree(BROKEN / code, empty.folder / "policies" / "shop")
    return empty


@pytest.mark.parametrize("code", FAULT_CODES)
def test_a_fault_is_told_as_a_story(empty: Terminal, transcript: Any, code: str) -> None:
    assert shop(empty, code).play("lint") == transcript


@pytest.mark.parametrize("code", FAULT_CODES)
def test_a_story_is_a_scenario_that_passes(empty: Terminal, code: str) -> None:
    terminal = shop(empty, code)
    (terminal.folder / "policies/shop/scenarios").mkdir()
    assert terminal.run("lint --scenario policies/shop/scenarios/faults.yaml").code == 1
    assert terminal.run("validate --fail-level warning").code == 0
    answer = terminal.run("test")
    assert (answer.code, answer.out.startswith("1 scenario passed")) == (0, True), answer.out


def test_requests_of_a_story_are_derived_to_the_line(empty: Terminal, transcript: Any) -> None:
    assert shop(empty, "EF107").play("lint --explain policies/shop/v1.yaml") == transcript


def test_a_fault_that_is_meant_is_told_and_passes(empty: Terminal) -> None:
    answer = shop(empty, "EF105").run("lint --accept EF105")
    assert (answer.code, "(accepted)" in answer.out) == (0, True)
    assert "1 file, 1 fault, 1 of them accepted" in answer.out


def test_a_sound_policy_has_no_fault(terminal: Terminal) -> None:
    answer = terminal.run("lint")
    assert (answer.code, answer.out.startswith("1 file, 0 faults")) == (0, True)


def test_machines_read_faults_with_their_stories(empty: Terminal) -> None:
    form = shop(empty, "EF106").json("lint")
    (fault,) = form["faults"]
    assert (
        fault["code"],
        fault["file"],
        fault["accepted"],
    ) == ("EF106", "policies/shop/v1.yaml", False)
    assert [step["paid"] for step in fault["story"]][-2:] == [None, "4 USD"] or fault["story"]
    assert "8 USD" in fault["ending"]


def test_a_version_is_searched_beside_those_before_it(empty: Terminal) -> None:
    terminal = shop(empty, "EF109")
    assert "EF109" in terminal.run("lint policies/shop/v2.yaml").out
    assert terminal.run("lint policies/shop/v1.yaml").code == 0


def test_wrong_use_is_told(empty: Terminal) -> None:
    assert "there is no code `EF1`" in empty.run("lint --accept EF1").err
    terminal = shop(empty, "sound")
    assert "there is no fault to write" in terminal.run("lint --scenario x.yaml").err
    copytree(BROKEN / "EF105", terminal.folder / "policies/other")
    copytree(BROKEN / "EF106", terminal.folder / "policies/third")
    assert "faults of several policies" in terminal.run("lint --scenario x.yaml").err
    (terminal.folder / "policies/shop/v1.yaml").write_text("format: 1\n")
    answer = terminal.run("lint policies/shop")
    assert (answer.code, "error[PE" in answer.out) == (1, True)
