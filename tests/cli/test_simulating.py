"""`policyengine simulate`: what it prints, what it writes, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.repositories import commit_all
from policyengine.app.simulation import simulating
from policyengine.cli.main import run

MAPPING = """\
format: 1
mapping: small
about: Three columns of a small file.
columns: {who: who, t: at, prompt: in, model: model}
wallets: {named_by: [who], plan: pro, still_short: refuse}
models: {column: model, names: [{like: big, model: frontier}], otherwise: {model: standard}}
time: {column: t, unit: seconds, zero_at: 2026-02-01T00:00:00Z}
units: {text_input: prompt}
without_usage: skip
"""
# A million tokens cost 100 credits, 600 on frontier in version 1, 500 in version 2. Pro has 2,000
# credits in version 1: ana's fourth request is refused; version 2 gives 2,400.
ROWS = """\
who,at,in,model
ana,1,199999,big
ana,2,15000000,small
ana,3,3000000,small
ana,4,1500000,small
bo,5,1000000,small
"""

Cli = Callable[..., tuple[int, str, str]]
CHANGE = ("--policy", "v2.yaml", "--vs", "v1.yaml")
USAGE = ("--usage", "usage.csv", "--mapping", "small.yaml")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run the command in a folder with a usage file, its mapping and two versions of a policy."""
    reference = Path(__file__).parents[2] / "policies" / "codeflicker"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("usage.csv").write_text(ROWS)
    Path("small.yaml").write_text(MAPPING)
    for name in ("v1.yaml", "v2.yaml"):
        Path(name).write_text((reference / name).read_text())

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(["simulate", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_a_change_is_drawn_for_people(cli: Cli) -> None:
    code, out, _ = cli(*USAGE, *CHANGE)
    assert code == 0
    # Bo is better off because pro leaves more. The price of all:
    # 120 + 1,500 + 300 + 150 + 100 = 2,170 becomes 100 + 2,050 = 2,150.
    assert "no wallet is worse off, 2 better" in out
    assert "2,170.00" in out
    assert "2,150.00" in out
    assert "2026-02-01 00:00" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_change_is_json_for_machines(cli: Cli) -> None:
    code, out, _ = cli(*USAGE, *CHANGE, "--format", "json")
    form = json.loads(out)
    assert code == 0
    assert form["figures"]["refused"]["old"]["value"] == 1
    assert form["figures"]["refused"]["new"]["value"] == 0
    assert form["figures"]["price"]["change"]["value"] == "-20"
    assert form["ran_out"]["listed"][0]["wallet"] == "ana"
    assert form["ran_out"]["listed"][0]["new"] is None
    assert form["largest"][0]["change_percent"] == "-0.97"


def test_what_a_ledger_recorded_is_simulated(cli: Cli) -> None:
    reference = ("--policies", "@codeflicker", "--db", "shop.db", "--at", "2026-02-01T09:00:00Z")
    assert run(["subscribe", "ana", "pro", *reference]) == 0
    assert run(["charge", "ana", "-m", "frontier", "-c", "text_input=100000", *reference]) == 0
    code, out, _ = cli("--usage", "ledger", "--db", "shop.db", *CHANGE)
    # 60 credits become 50.
    assert code == 0
    assert "falls by 16.7 %" in out
    code, _, err = cli("--usage", "ledger", "--db", "gone.db", *CHANGE)
    assert (code, "gone.db" in err) == (2, True)


def test_either_policy_may_be_as_a_git_revision_has_it(cli: Cli) -> None:
    commit_all(Path())
    before = json.loads(cli(*USAGE, *CHANGE, "--format", "json")[1])
    Path("v2.yaml").write_text(Path("v2.yaml").read_text().replace("credits: 2400", "credits: 9"))
    sides = ("--policy", "HEAD:v2.yaml", "--vs", "HEAD:./v1.yaml")
    after = json.loads(cli(*USAGE, *sides, "--format", "json")[1])
    assert after["new"]["path"] == "HEAD:v2.yaml"
    assert after["figures"] == before["figures"]


def test_a_change_is_markdown_for_a_pull_request(cli: Cli) -> None:
    code, out, _ = cli(*USAGE, *CHANGE, "--format", "markdown")
    assert code == 0
    assert out.startswith("## Simulation: no wallet is worse off")


def test_reports_are_written_by_their_endings(cli: Cli) -> None:
    reports = ("--report", "r.html", "--report", "r.md", "--report", "r.json")
    code, _, _ = cli(*USAGE, *CHANGE, *reports)
    assert code == 0
    assert Path("r.html").read_text().startswith("<!doctype html>")
    assert Path("r.md").read_text().startswith("## Simulation")
    assert json.loads(Path("r.json").read_text())["version"] == 1


def test_a_second_run_knows_what_the_first_one_found(cli: Cli) -> None:
    cli(*USAGE, *CHANGE)
    assert list(Path(".policyengine/simulations").rglob("bucket-*.json"))
    _, out, _ = cli(*USAGE, *CHANGE)
    assert "5 were known" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*USAGE, *CHANGE, "--sample", "0%"), "no share of the wallets"),
        ((*USAGE, *CHANGE, "--sample", "101%"), "no share of the wallets"),
        ((*USAGE, *CHANGE, "--sample", "some"), "no share of the wallets"),
        ((*USAGE, *CHANGE, "--report", "r.pdf"), "is no report"),
        (("--usage", "usage.csv", *CHANGE), "needs a mapping"),
        (("--usage", "gone.csv", "--mapping", "small.yaml", *CHANGE), "cannot be read"),
        ((*USAGE, "--policy", "v3.yaml", "--vs", "v1.yaml"), "no file or folder"),
        ((*USAGE[:2], "--mapping", "other", *CHANGE), "no mapping file `other`"),
    ],
)
def test_wrong_use_is_one_message(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_a_mapping_with_a_mistake_is_a_finding(cli: Cli) -> None:
    Path("small.yaml").write_text(MAPPING.replace("plan: pro", "plan: prod"))
    code, _, err = cli(*USAGE, *CHANGE)
    assert code == 1
    assert "did you mean `pro`" in err


def test_an_interruption_says_how_to_go_on(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulating, "simulate", stop)
    code, _, err = cli(*USAGE, *CHANGE)
    assert (code, "to go on" in err) == (130, True)


def test_a_share_is_a_percentage_or_a_fraction(cli: Cli) -> None:
    for share in ("50%", "0.5", "1/2", "100 %"):
        assert cli(*USAGE, *CHANGE, "--sample", share)[0] == 0
