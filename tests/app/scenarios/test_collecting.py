"""The pytest plugin, as a user's own pytest run sees it: items, drawings and snapshots."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.scenarios.playing import REFERENCE

SCENARIOS = """\
about: a test
scenarios:
  - title: a free wallet has 300
    given: {at: 2026-02-01T00:00:00Z, plan: free}
    steps:
      - then: {balance: 300}
  - title: Credits, for text
    given: {at: 2026-02-01T00:00:00Z, plan: free}
    steps:
      - charge: {model: frontier, used: {text_input: 10000}}
        then: {charged: 6}
"""


def pytest_run(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603  # the interpreter that runs this test
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            "-W",
            "error",
            *arguments,
        ],
        cwd=folder,
        env={"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder: a policy, its scenarios, and files that are none of ours."""
    scenarios = tmp_path / "policies" / "acme" / "scenarios"
    scenarios.mkdir(parents=True)
    for version in ("v1.yaml", "v2.yaml"):
        shutil.copy(REFERENCE / version, scenarios.parent / version)
    (scenarios / "free.yaml").write_text(SCENARIOS)
    film = tmp_path / "films" / "scenarios" / "film.yaml"
    film.parent.mkdir(parents=True)
    film.write_text("title: The Third Man\n")
    return tmp_path


def test_scenarios_are_tests_and_their_ledgers_are_accepted_on_purpose(folder: Path) -> None:
    code, text = pytest_run(folder)
    assert (code, "2 failed" in text) == (1, True), text
    assert "this scenario's ledger has no snapshot yet" in text
    code, text = pytest_run(folder, "--snapshot-update")
    assert (code, "2 snapshots generated" in text) == (0, True), text
    ledgers = folder / "policies/acme/scenarios/ledgers/free"
    assert sorted(each.name for each in ledgers.iterdir()) == [
        "Credits-for-text.txt",
        "a-free-wallet-has-300.txt",
    ]
    code, text = pytest_run(folder, "-vv")
    assert (code, "2 passed" in text) == (0, True), text
    assert "policies/acme/scenarios/free.yaml::a free wallet has 300 PASSED" in text


def test_what_changes_is_drawn_and_what_is_gone_is_named(folder: Path) -> None:
    pytest_run(folder, "--snapshot-update")
    policy = folder / "policies/acme/v1.yaml"
    policy.write_text(policy.read_text().replace("multiplier: 6", "multiplier: 7"))
    file = folder / "policies/acme/scenarios/free.yaml"
    file.write_text(file.read_text().replace("a free wallet has 300", "free wallets have 300"))
    code, text = pytest_run(folder, "--snapshot-update")
    assert code == 1
    assert "free.yaml:11:25: error[SC301] `charged` is 7.00, the scenario expects 6.00" in text
    assert "policies/acme/v1.yaml:26:1: multiplier of `frontier`: x 7" in text
    assert "Deleted a-free-wallet-has-300" in text
    kept = folder / "policies/acme/scenarios/ledgers/free/Credits-for-text.txt"
    assert "frontier: 10,000 text_input = 6.00" in kept.read_text()  # what fails is not accepted
    file.write_text(file.read_text().replace("charged: 6", "charged: 7"))
    code, text = pytest_run(folder)
    assert code == 1
    assert "the ledger is not as in its snapshot" in text
    assert "+   2  2026-02-01T00:00:00Z  charge       -7.00   293.00" in text


def test_a_broken_file_fails_as_a_test_and_keeps_its_snapshots(folder: Path) -> None:
    pytest_run(folder, "--snapshot-update")
    file = folder / "policies/acme/scenarios/free.yaml"
    file.write_text(SCENARIOS.replace("about", "abuot"))
    code, text = pytest_run(folder, "--snapshot-update")
    assert (code, "1 failed" in text) == (1, True), text
    assert "free.yaml:1:1: error[PE110] unknown key `abuot` in the file" in text
    assert "INTERNALERROR" not in text
    assert len(list((folder / "policies/acme/scenarios/ledgers/free").iterdir())) == 2


def test_without_syrupy_scenarios_are_run_all_the_same(folder: Path) -> None:
    code, text = pytest_run(folder, "-p", "no:syrupy")
    assert (code, "2 passed" in text) == (0, True), text


def test_a_broken_policy_fails_its_scenario_files(folder: Path) -> None:
    policy = folder / "policies/acme/v1.yaml"
    policy.write_text(policy.read_text().replace("multiplier: 6", "multiplir: 6"))
    code, text = pytest_run(folder)
    assert (code, "1 failed" in text) == (1, True), text
    assert "the policy of these scenarios has errors" in text
    assert "unknown key `multiplir`" in text


def test_the_plugin_imports_nothing_of_the_house_before_it_is_needed() -> None:
    lines = "import sys, policyengine.pytest_plugin\nprint(*sys.modules)"
    done = subprocess.run(  # noqa: S603  # the interpreter that runs this test
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if name.startswith("policyengine")}
    assert loaded == {"policyengine", "policyengine.pytest_plugin"}
