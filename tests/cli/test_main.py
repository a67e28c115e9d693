"""The command as a whole: what it lists, what it imports, how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from cli.terminal import Terminal
from policyengine.cli.main import COMMANDS, command_of, run

HEAVY = ("alembic", "pyarrow", "rich", "sqlalchemy", "sqlmodel", "tiktoken")


def modules_after(folder: Path, *arguments: str) -> set[str]:
    """Give the heavy packages that a command imports, in a process of its own."""
    code = (
        "import sys; from policyengine.cli.main import run; run(sys.argv[1:]);"
        f"print('loaded', *[m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_the_help_lists_every_command_with_a_line_about_it(empty: Terminal) -> None:
    answer = empty.run("--help")
    assert answer.code == 0
    listed = {line.split()[0] for line in answer.out.splitlines() if line.startswith("  ")}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str, empty: Terminal) -> None:
    answer = empty.run(f"{name} --help")
    assert answer.code == 0
    assert f"Example: policyengine {name}" in " ".join(answer.out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_fits_80_columns(name: str, empty: Terminal) -> None:
    lines = empty.run(f"{name} --help").out.splitlines()
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    command = command_of(name, COMMANDS[name][0])
    silent = [each.name for each in command.params if not getattr(each, "help", None)]
    assert silent == []


def test_the_command_imports_nothing_heavy_by_itself(tmp_path: Path) -> None:
    assert modules_after(tmp_path, "--help") == set()


def test_validate_imports_neither_a_database_nor_a_tokenizer_nor_a_drawing_library(
    terminal: Terminal,
) -> None:
    assert modules_after(terminal.folder, "validate", "policies") == set()


def test_charging_does_not_import_the_tokenizer(terminal: Terminal) -> None:
    terminal.run("subscribe ana plus")
    loaded = modules_after(terminal.folder, "charge", "ana", "-m", "small", "-c", "text_input=1")
    assert "tiktoken" not in loaded


def test_without_a_command_the_help_is_printed_and_the_usage_is_wrong(empty: Terminal) -> None:
    answer = empty.run("")
    assert answer.code == 2
    assert "Start:" in answer.out + answer.err


def test_a_reader_that_goes_away_is_no_fault(terminal: Terminal) -> None:
    done = subprocess.run(  # noqa: S602  # a pipe is what is tested
        f"{sys.executable} -m policyengine.cli.main schema | head -n 1",
        shell=True,
        cwd=terminal.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_a_narrow_encoding_is_no_fault(terminal: Terminal) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "policyengine.cli.main", "subscribe", "ana", "plus"],
        cwd=terminal.folder,
        env={"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("? ana is on plan plus")


def broken() -> int:
    """Fail as our own code never should."""
    return 1 // 0


def test_an_internal_fault_is_one_message_and_a_trace_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken_command(_name: str, _module: str) -> object:
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command("version")(broken)
        return typer.main.get_command(single)

    monkeypatch.setattr("policyengine.cli.main.command_of", broken_command)
    assert run(["version"]) == 3
    told = capsys.readouterr().err
    assert told == (
        "error: internal fault: ZeroDivisionError: integer division or modulo by zero\n"
        "  = help: run it again with `--debug` and report what it prints\n"
    )
    assert run(["version", "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_leaves_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted_command(_name: str, _module: str) -> object:
        def interrupted() -> int:
            raise KeyboardInterrupt

        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command("version")(interrupted)
        return typer.main.get_command(single)

    monkeypatch.setattr("policyengine.cli.main.command_of", interrupted_command)
    assert run(["version"]) == 130
    assert "Traceback" not in capsys.readouterr().err
