"""The pytest plugin, as a user's own pytest run sees it: items, drawings and snapshots."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from app.scenarios.playing import REFERENCE

Run: TypeAlias = tuple[int, str]

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


OUR_PLUGINS = ("-p", "syrupy", "-p", "policyengine.pytest_plugin")


def pytest_run(folder: Path, *arguments: str, plugins: Sequence[str] = OUR_PLUGINS) -> Run:
    """Run pytest in a folder with the named plugins only, or with all that are installed."""
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if plugins else {}
    done = subprocess.run(  # noqa: S603  # the interpreter that runs this test
        [sys.executable, "-m", "pytest", "-q", "-W", "error", *plugins, *arguments],
        cwd=folder,
        env={"COLUMNS": "200", **alone},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def furnish(folder: Path) -> Path:
    """Make a user's folder: a policy, its scenarios, and files that are none of ours."""
    scenarios = folder / "policies" / "acme" / "scenarios"
    scenarios.mkdir(parents=True)
    for version in ("v1.yaml", "v2.yaml"):
        shutil.copy(REFERENCE / version, scenarios.parent / version)
    (scenarios / "free.yaml").write_text(SCENARIOS)
    film = folder / "films" / "scenarios" / "film.yaml"
    film.parent.mkdir(parents=True)
    film.write_text("title: The Third Man\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder."""
    return furnish(tmp_path)


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A user's folder whose snapshots have been accepted, and what pytest said to that."""
    made = furnish(tmp_path_factory.mktemp("accepted"))
    return made, pytest_run(made, "--snapshot-update")


@pytest.fixture
def kept(accepted: tuple[Path, Run], tmp_path: Path) -> Path:
    """A copy of the folder whose snapshots have been accepted."""
    return shutil.copytree(accepted[0], tmp_path / "kept")


def test_a_ledger_without_a_snapshot_fails_and_says_how_to_accept_it(folder: Path) -> None:
    code, text = pytest_run(folder)
    assert (code, "2 failed" in text) == (1, True), text
    assert "this scenario's ledger has no snapshot yet" in text
    assert "run `pytest --snapshot-update`" in text


def test_accepted_ledgers_are_files_named_by_their_scenarios(accepted: tuple[Path, Run]) -> None:
    folder, (code, text) = accepted
    assert (code, "2 snapshots generated" in text) == (0, True), text
    ledgers = folder / "policies/acme/scenarios/ledgers/free"
    names = ["Credits-for-text.txt", "a-free-wallet-has-300.txt"]
    assert sorted(each.name for each in ledgers.iterdir()) == names


def test_scenarios_are_tests_named_by_their_titles(kept: Path) -> None:
    code, text = pytest_run(kept, "-vv")
    assert (code, "2 passed" in text) == (0, True), text
    assert "policies/acme/scenarios/free.yaml::a free wallet has 300 PASSED" in text


def test_what_fails_is_drawn_and_not_accepted_and_what_is_gone_is_named(kept: Path) -> None:
    policy = kept / "policies/acme/v1.yaml"
    policy.write_text(policy.read_text().replace("multiplier: 6", "multiplier: 7"))
    file = kept / "policies/acme/scenarios/free.yaml"
    file.write_text(file.read_text().replace("a free wallet has 300", "free wallets have 300"))
    code, text = pytest_run(kept, "--snapshot-update")
    assert code == 1
    assert "free.yaml:11:25: error[SC301] `charged` is 7.00, the scenario expects 6.00" in text
    assert "policies/acme/v1.yaml:26:1: multiplier of `frontier`: x 7" in text
    assert "Deleted a-free-wallet-has-300" in text
    snapshot = kept / "policies/acme/scenarios/ledgers/free/Credits-for-text.txt"
    assert "frontier: 10,000 text_input = 6.00" in snapshot.read_text()


def test_a_ledger_that_changed_is_drawn_beside_its_snapshot(kept: Path) -> None:
    policy = kept / "policies/acme/v1.yaml"
    policy.write_text(policy.read_text().replace("multiplier: 6", "multiplier: 7"))
    file = kept / "policies/acme/scenarios/free.yaml"
    file.write_text(file.read_text().replace("charged: 6", "charged: 7"))
    code, text = pytest_run(kept)
    assert code == 1
    assert "the ledger is not as in its snapshot" in text
    assert "-   2  2026-02-01T00:00:00Z  charge       -6.00   294.00" in text
    assert "+   2  2026-02-01T00:00:00Z  charge       -7.00   293.00" in text


def test_a_broken_file_fails_as_a_test_and_keeps_its_snapshots(kept: Path) -> None:
    file = kept / "policies/acme/scenarios/free.yaml"
    file.write_text(SCENARIOS.replace("about", "abuot"))
    code, text = pytest_run(kept, "--snapshot-update")
    assert (code, "1 failed" in text) == (1, True), text
    assert "free.yaml:1:1: error[PE110] unknown key `abuot` in the file" in text
    assert "INTERNALERROR" not in text
    assert len(list((kept / "policies/acme/scenarios/ledgers/free").iterdir())) == 2


def test_the_package_installs_the_plugin_and_needs_no_syrupy(folder: Path) -> None:
    code, text = pytest_run(folder, "-p", "no:syrupy", plugins=())
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
