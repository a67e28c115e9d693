"""Folders of policies: versions together, drafts apart, nothing passed over in silence."""

from pathlib import Path

import pytest

from app.shops import policy_text, second_version
from policyengine.app.policies import Policies, PolicyError, read_policies, usable_policies


def write(folder: Path, **texts: str) -> Path:
    """Write versions into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def versions(policies: Policies) -> list[int]:
    timelines = policies.timelines.values()
    return [each.version for timeline in timelines for each in timeline.policies]


def test_files_of_one_folder_are_the_versions_of_one_policy(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", v1=policy_text(), v2=second_version(policy_text()))
    assert versions(read_policies([tmp_path])) == [1, 2]
    assert versions(read_policies([folder, folder / "v1.yaml"])) == [1, 2]


def test_a_version_that_has_no_forerunner_is_found_in_a_folder_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, v2=second_version(policy_text()))
    assert read_policies([tmp_path]).findings
    assert not read_policies([tmp_path / "v2.yaml"]).findings


def test_a_draft_is_checked_and_decides_nothing(tmp_path: Path) -> None:
    draft = policy_text().replace("status: published", "status: draft")
    write(tmp_path, v1=draft)
    for path in (tmp_path, tmp_path / "v1.yaml"):
        policies = usable_policies([path])
        assert (len(policies.loaded), versions(policies)) == (1, [])


def test_a_policy_in_two_folders_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a", v1=policy_text())
    write(tmp_path / "b", v1=policy_text())
    with pytest.raises(PolicyError, match="policy `my_product` is in two folders"):
        read_policies([tmp_path])


def test_scenarios_and_mappings_are_no_policies(tmp_path: Path) -> None:
    write(tmp_path, v1=policy_text())
    write(tmp_path / "scenarios", any="about: x\n")
    write(tmp_path / "mappings", any="mapping: x\n")
    assert len(read_policies([tmp_path]).loaded) == 1


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="there is no policy file in"):
        read_policies([tmp_path])
    with pytest.raises(PolicyError, match="there is no file or folder"):
        read_policies([tmp_path / "nothing"])


def test_errors_are_drawn_and_kept_from_being_used(tmp_path: Path) -> None:
    write(tmp_path, v1=policy_text().replace("multiplier: 4\n", "multiplyer: 4\n"))
    with pytest.raises(PolicyError, match=r"did you mean `multiplier`\?") as caught:
        usable_policies([tmp_path])
    assert {each.severity for each in caught.value.findings} == {"error"}
