"""`policyengine replay`: what it prints, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policyengine.app.replay import replaying
from policyengine.cli.main import run

MAPPING = """\
format: 1
mapping: small
about: Three columns of a small file.
columns: {who: who, t: at, prompt: in, cost: cost}
wallets: {named_by: [who], plan: free, still_short: refuse}
models: {otherwise: {model: standard}}
time: {column: t, unit: seconds, zero_at: 2026-02-01T00:00:00Z}
units: {text_input: prompt}
without_usage: skip
cost: {column: cost, unit: USD}
"""
# A million tokens are 100 credits: ana pays 100 and 200, and nothing is left for the last one.
ROWS = "who,at,in,cost\nana,1,1000000,0.5\nbo,2,0,0\nana,3,2000000,1\nana,4,1,0\n"

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in a folder with a usage file and its mapping."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("usage.csv").write_text(ROWS)
    Path("small.yaml").write_text(MAPPING)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(["replay", "--policies", "@codeflicker", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_totals_are_drawn_for_people(cli: Cli) -> None:
    code, out, _ = cli("usage.csv", "--mapping", "small.yaml")
    assert code == 0
    assert "300.00 credits charged for 2 rows" in out
    assert "4 read, 3 used" in out
    assert "1: all counts are 0" in out
    assert "1 of 0.01 credits: insufficient_credits" in out
    assert "1.50 USD" in out
    assert "sqlite:///.policyengine/replay.db" in out
    assert Path(".policyengine/replay.db").exists()


def test_totals_are_json_for_machines(cli: Cli) -> None:
    code, out, _ = cli("usage.csv", "--mapping", "small.yaml", "--memory", "--format", "json")
    form: dict[str, Any] = json.loads(out)
    assert code == 0
    assert form["ledger"] == "memory"
    assert form["charges"]["charged"] == "300"
    assert form["rows"]["skipped"] == {"all counts are 0": {"rows": 1, "of": {}}}
    assert form["refused"] == {
        "charges": 1,
        "requests": 1,
        "needed": "0.01",
        "codes": {"insufficient_credits": 1},
    }
    assert form["source_cost"]["sum"] == "1.5"
    assert form["estimates"] is None
    assert not Path(".policyengine").exists()


def test_a_second_run_says_that_the_rows_are_known(cli: Cli) -> None:
    cli("usage.csv", "--mapping", "small.yaml", "--db", "mine.db", "--estimate")
    _, out, _ = cli("usage.csv", "--mapping", "small.yaml", "--db", "mine.db")
    assert "3 rows were in the ledger before" in out
    assert "of the prices were within their range" in out
    assert Path("mine.db").exists()


def test_bad_rows_are_shown_and_end_in_1(cli: Cli) -> None:
    Path("usage.csv").write_text(ROWS + "ana,5,many,0\n")
    code, out, _ = cli("usage.csv", "--mapping", "small.yaml", "--memory")
    assert code == 1
    assert "line 6: `prompt`: `many` is no number" in out
    code, _, error = cli("usage.csv", "--mapping", "small.yaml", "--memory", "--strict")
    assert code == 2
    assert "line 6 of `usage.csv`: `prompt`: `many` is no number; nothing was charged" in error


def test_a_file_without_rows_is_nothing_to_replay(cli: Cli) -> None:
    Path("usage.csv").write_text("who,at,in,cost\n")
    code, out, _ = cli("usage.csv", "--mapping", "small.yaml", "--memory")
    assert (code, "0 read" in out) == (5, True)


def test_a_bad_mapping_is_drawn_and_nothing_is_charged(cli: Cli) -> None:
    Path("small.yaml").write_text(MAPPING.replace("text_input", "text_inputs"))
    code, out, error = cli("usage.csv", "--mapping", "small.yaml")
    assert (code, out) == (1, "")
    assert "small.yaml:8:9: error[MP301] the policy has no unit `text_inputs`" in error
    assert not Path(".policyengine").exists()


def test_a_mapping_or_file_that_is_not_there_is_wrong_usage(cli: Cli) -> None:
    code, _, error = cli("usage.csv", "--mapping", "acme")
    assert code == 2
    assert "there is no mapping file `acme`; the policies come with `aider`" in error
    code, _, error = cli("none.csv", "--mapping", "small.yaml")
    assert (code, "`none.csv` cannot be read: No such file" in error) == (2, True)


def test_only_the_first_rows_are_read_where_asked(cli: Cli) -> None:
    _, out, _ = cli("usage.csv", "--mapping", "small.yaml", "--memory", "--rows", "1")
    assert "100.00 credits charged for 1 row" in out


def test_a_stop_says_how_to_go_on(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replaying, "placing_of", stop)
    code, _, error = cli("usage.csv", "--mapping", "small.yaml", "--memory")
    assert (code, error) == (130, "stopped; run the same command again to go on\n")


def test_progress_is_drawn_on_a_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    code, _, error = cli("usage.csv", "--mapping", "small.yaml", "--memory")
    assert code == 0
    assert "charging" in error
    code, _, error = cli("usage.csv", "--mapping", "small.yaml", "--memory", "--no-progress")
    assert (code, error) == (0, "")
