"""Choosing a policy: by file, by folder, by name, by version; and what cannot be chosen."""

from pathlib import Path

import pytest

from policyengine.app.choosing import chosen_policy
from policyengine.app.policies import PolicyError

ROOT = Path(__file__).parents[2]
HOME = ROOT / "policies"
NEWEST = 2


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        ("codeflicker", NEWEST),
        ("codeflicker@1", 1),
        ("@codeflicker", NEWEST),
        ("@codeflicker@1", 1),
        (str(HOME / "codeflicker"), NEWEST),
        (f"{HOME / 'codeflicker'}@1", 1),
        (str(HOME / "codeflicker" / "v1.yaml"), 1),
    ],
)
def test_a_policy_is_chosen_by_file_folder_name_and_version(asked: str, version: int) -> None:
    assert chosen_policy(asked, HOME).policy.version == version


def test_every_version_is_there_in_order() -> None:
    assert [each.version for each in chosen_policy("codeflicker@1", HOME).versions] == [1, NEWEST]


def test_the_newest_published_version_comes_before_a_draft(tmp_path: Path) -> None:
    folder = tmp_path / "codeflicker"
    folder.mkdir()
    for name in ("v1.yaml", "v2.yaml"):
        text = (HOME / "codeflicker" / name).read_text()
        draft = text.replace("status: published", "status: draft") if name == "v2.yaml" else text
        (folder / name).write_text(draft)
    assert chosen_policy("codeflicker", tmp_path).policy.version == 1
    assert chosen_policy("codeflicker@2", tmp_path).policy.version == NEWEST
    text = (folder / "v1.yaml").read_text().replace("status: published", "status: draft")
    (folder / "v1.yaml").write_text(text)
    assert chosen_policy("codeflicker", tmp_path).policy.version == NEWEST


def test_a_path_with_the_sign_of_a_version_is_a_path(tmp_path: Path) -> None:
    file = tmp_path / "policy@7"
    file.write_text((HOME / "codeflicker" / "v1.yaml").read_text())
    assert chosen_policy(str(file), HOME).policy.version == 1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("nowhere", "there is no file or folder `nowhere`"),
        ("codeflicker@9", "`codeflicker` has no version 9: 1, 2"),
        (str(HOME), "has several policies, say which: anthropic_api"),
    ],
)
def test_what_is_not_there_is_said(asked: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        chosen_policy(asked, HOME)


def test_an_unknown_packaged_policy_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="no policy `nowhere` comes with the package"):
        chosen_policy("@nowhere", HOME)


def test_a_policy_with_errors_is_not_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "v1.yaml").write_text("format: 1\n")
    with pytest.raises(PolicyError, match="PE"):
        chosen_policy(str(tmp_path), HOME)
