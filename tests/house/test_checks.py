"""What CI runs and how a run is drawn: one line a step, the whole log of what failed."""

import sys
from pathlib import Path

import pytest
from tools import checks
from tools.steps import run_step

ROOT = Path(checks.__file__).parent.parent


def test_a_step_that_passes_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = (sys.executable, "-c", "print('much'); print('2 passed')")
    assert run_step("pytest", command, tmp_path) == (True, "2 passed")
    words = capsys.readouterr().out.split()
    assert (words[0], words[1], words[3:]) == ("pytest", "ok", ["s"])


def test_a_step_that_fails_shows_its_whole_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = (sys.executable, "-c", "print('why'); raise SystemExit('because')")
    assert run_step("mypy", command, tmp_path) == (False, "because")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["mypy", "FAILED"]
    assert lines[1:] == ["why", "because"]


def test_a_step_that_fails_without_a_word_shows_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_step("mypy", (sys.executable, "-c", "raise SystemExit(3)"), tmp_path)
    assert "(it printed nothing and left with 3)" in capsys.readouterr().out


def test_named_checks_run_in_the_usual_order_and_no_name_means_all() -> None:
    assert [each.name for each in checks.chosen(["mypy", "tidy"])] == ["tidy", "mypy"]
    assert checks.chosen([]) == checks.CHECKS


def test_an_unknown_check_is_refused_with_those_there_are() -> None:
    with pytest.raises(SystemExit, match=r"there is no check `lint`\n.* choose from tidy, ruff, "):
        checks.chosen(["lint"])


def test_ci_runs_what_a_developer_runs() -> None:
    commands = [
        line for line in (ROOT / ".ci/run").read_text().splitlines() if not line.startswith("#")
    ]
    assert commands == ['exec sh "$(dirname -- "$0")/../tools/test"']


def test_each_test_is_run_once() -> None:
    core, shell = (each.arguments for each in checks.CHECKS if each.name.startswith("pytest"))
    in_core = {each for each in core if each.startswith("tests/")}
    in_shell = {each for each in shell if each.startswith("tests/")}
    left_out = {each.removeprefix("--ignore=") for each in core if "--ignore=" in each}
    assert left_out == {each for each in in_shell if each.count("/") > 1}
    assert all((ROOT / each).is_file() for each in left_out)
    for path in (ROOT / "tests").rglob("test_*.py"):
        asked = str(path.relative_to(ROOT))
        places = {asked, "/".join(asked.split("/")[:2])}
        times = bool(places & in_core) - (asked in left_out) + bool(places & in_shell)
        assert (asked, times) == (asked, 1)
    assert "policies" in shell
    assert "tests/policies" in core
