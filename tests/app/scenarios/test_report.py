"""The report: which files are run, what is counted, and what the exit code says."""

import shutil
from pathlib import Path

import pytest

from app.scenarios.playing import REFERENCE
from policyengine.app.scenarios.folders import is_scenario_file
from policyengine.app.scenarios.report import run_scenarios, scenario_files

MET = """\
about: a test
scenarios:
  - title: a free wallet has 300
    given: {at: 2026-02-01T00:00:00Z, plan: free}
    steps:
      - then: {balance: 300, plan: free}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policy folder with one scenario file, in the present folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme" / "scenarios").mkdir(parents=True)
    for version in ("v1.yaml", "v2.yaml"):
        shutil.copy(REFERENCE / version, tmp_path / "acme" / version)
    (tmp_path / "acme" / "scenarios" / "free.yaml").write_text(MET)
    return tmp_path / "acme"


def test_everything_met_is_exit_code_0(folder: Path) -> None:
    report = run_scenarios([folder])
    assert report.exit_code == 0
    assert report.text() == "1 scenario passed, 0 failed; 2 expectations in 1 file"
    assert [each.file for each in report.results] == ["acme/scenarios/free.yaml"]


def test_something_not_met_is_exit_code_1_and_is_drawn(folder: Path) -> None:
    file = folder / "scenarios" / "free.yaml"
    file.write_text(MET.replace("balance: 300", "balance: 200"))
    report = run_scenarios([file])
    assert report.exit_code == 1
    assert report.text() == (
        "acme/scenarios/free.yaml:3: FAILED a free wallet has 300\n"
        "acme/scenarios/free.yaml:6:25: error[SC301] `balance` is 300.00, the scenario expects "
        "200.00\n"
        "  6 |       - then: {balance: 200, plan: free}\n"
        "    |                         ^^^\n"
        "    > acme/v1.yaml:43:1: lot 1 `v1.plans.free.grants.welcome`\n"
        "\n"
        "0 scenarios passed, 1 failed; 2 expectations in 1 file"
    )
    assert report.failures == report.failed[0].failures


def test_a_broken_scenario_file_is_exit_code_1_and_does_not_stop_the_others(folder: Path) -> None:
    (folder / "scenarios" / "broken.yaml").write_text(MET.replace("about", "abuot"))
    report = run_scenarios([folder])
    assert report.exit_code == 1
    assert [each.code for each in report.findings] == ["PE110"]
    assert report.summary == "1 scenario passed, 0 failed; 2 expectations in 2 files, 1 finding"


def test_a_broken_policy_is_reported_once_and_stops_its_scenarios(folder: Path) -> None:
    policy = folder / "v1.yaml"
    policy.write_text(policy.read_text().replace("multiplier: 6", "multiplir: 6"))
    (folder / "scenarios" / "other.yaml").write_text(MET)
    report = run_scenarios([folder])
    assert report.exit_code == 1
    assert report.results == ()
    codes = [each.code for each in report.findings]
    assert codes.count("PE110") == 1
    assert codes.count("SC208") == 2
    assert "acme/v1.yaml:26:5: error[PE110] unknown key `multiplir`" in report.text()


def test_no_scenario_at_all_is_exit_code_5(tmp_path: Path) -> None:
    report = run_scenarios([tmp_path])
    assert (report.exit_code, report.text()) == (5, "no scenarios found")


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no file or folder"):
        run_scenarios([tmp_path / "nothing"])


def test_a_named_file_without_a_policy_says_where_scenarios_belong(tmp_path: Path) -> None:
    file = tmp_path / "free.yaml"
    file.write_text(MET)
    report = run_scenarios([file])
    assert [each.code for each in report.findings] == ["SC208"]
    assert "in a folder `scenarios`" in report.findings[0].help


def test_a_draft_counts_only_where_that_is_asked_for(folder: Path) -> None:
    for policy in folder.glob("v*.yaml"):
        policy.write_text(policy.read_text().replace("status: published", "status: draft"))
    (found,) = run_scenarios([folder]).findings
    assert found.message == "every version in the folder above is a draft, and decides nothing"
    assert found.help == "run them with drafts: `policyengine test --drafts`"
    assert run_scenarios([folder], with_drafts=True).exit_code == 0


def test_files_are_found_once_and_in_order(folder: Path) -> None:
    second = folder / "scenarios" / "again.yml"
    second.write_text(MET)
    first = folder / "scenarios" / "free.yaml"
    assert scenario_files([folder, first]) == [second, first]


def test_a_file_is_a_scenario_file_by_its_place_and_its_first_key(
    folder: Path, tmp_path: Path
) -> None:
    misspelt = folder / "scenarios" / "misspelt.yaml"
    misspelt.write_text("abuot: x\n")
    other = tmp_path / "scenarios" / "film.yaml"
    other.parent.mkdir()
    other.write_text("title: The Third Man\n")
    homeless = tmp_path / "scenarios" / "homeless.yaml"
    homeless.write_text(MET)
    text = folder / "scenarios" / "notes.txt"
    text.write_text(MET)
    answers = [is_scenario_file(each) for each in (misspelt, other, homeless, text)]
    assert answers == [True, False, True, False]
    assert not is_scenario_file(folder / "v1.yaml")
