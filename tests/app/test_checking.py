"""What is checked in files: each kind by the folder that it is in."""

from pathlib import Path

import pytest

from policyengine.app.checking import check, files_of, mend
from policyengine.app.policies import PolicyError
from policyengine.app.starter import packaged, starter_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the starter policy and its scenarios."""
    for path, content in starter_files("chat").items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path / "policies"


def test_files_are_what_their_folder_says(folder: Path) -> None:
    found = files_of([folder])
    assert [each.name for each in found.policies] == ["v1.yaml"]
    assert [each.name for each in found.scenarios] == ["promises.yaml"]
    assert (len(found), len(found.every), found.mappings) == (2, 2, ())


def test_a_file_that_is_named_twice_is_checked_once(folder: Path) -> None:
    assert len(files_of([folder, folder / "my_product" / "v1.yaml"])) == 2


def test_a_path_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(PolicyError, match="there is no file or folder"):
        files_of([folder / "nothing"])


def test_scenarios_alone_can_be_checked(folder: Path) -> None:
    checked = check(files_of([folder / "my_product" / "scenarios"]))
    assert (checked.files, checked.policies, checked.findings) == (1, (), ())


def test_everything_that_comes_with_the_package_is_without_findings() -> None:
    checked = check(files_of([packaged("policies")]))
    assert checked.drawn() == []
    assert "codeflicker" in checked.policies


def test_findings_of_all_kinds_are_sorted_by_file_and_drawn(folder: Path) -> None:
    policy = folder / "my_product" / "v1.yaml"
    scenarios = folder / "my_product" / "scenarios" / "promises.yaml"
    mappings = folder / "my_product" / "mappings" / "usage.yaml"
    mappings.parent.mkdir()
    mappings.write_text("format: 1\nmapping: usage\n")
    policy.write_text(policy.read_text().replace("multiplier: 4\n", "multiplyer: 4\n"))
    scenarios.write_text(scenarios.read_text().replace("{balance: 100}", "{balence: 100}"))
    checked = check(files_of([folder]))
    names = [each.file for each in checked.findings]
    assert names == sorted(names)
    assert set(names) == {str(policy), str(scenarios), str(mappings)}
    assert len(checked.drawn()) == len(checked.errors) == len(checked.findings)
    assert checked.policies == ("my_product",)


def test_files_of_all_kinds_are_mended_and_nothing_is_written(folder: Path) -> None:
    policy = folder / "my_product" / "v1.yaml"
    scenarios = folder / "my_product" / "scenarios" / "promises.yaml"
    mapping = folder / "my_product" / "mappings" / "usage.yaml"
    mapping.parent.mkdir()
    mapping.write_text("format: １\nmapping: usage\n")
    good = policy.read_text(), scenarios.read_text()
    policy.write_text(good[0].replace("multiplier: 4\n", "multiplyer: 4\n"))
    scenarios.write_text(good[1].replace("{balance: 100}", "{balence: 100}"))
    (folder / "latin.yaml").write_bytes(b"why: caf\xe9\n")
    before = [path.read_bytes() for path in (policy, scenarios, mapping)]
    done = mend(files_of([folder]))
    assert [path.read_bytes() for path in (policy, scenarios, mapping)] == before
    assert {each.path: each.mended.text for each in done} == {
        policy: good[0],
        scenarios: good[1],
        mapping: "format: 1\nmapping: usage\n",
    }
