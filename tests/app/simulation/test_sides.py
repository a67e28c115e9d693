"""Sides: files as always in force, folders from their own instants, drafts in either."""

from pathlib import Path

import pytest

from app.repositories import commit_all
from app.simulation.simulations import REFERENCE, altered
from policyengine.app.policies import PolicyError
from policyengine.app.simulation.sides import content_of, side_of, timeline_of
from policyengine.values.calendar import INSTANT_MIN


def test_a_file_is_one_version_in_force_at_all_times() -> None:
    timeline = timeline_of(side_of(str(REFERENCE / "v2.yaml")))
    assert (timeline.starts, timeline.policies[0].version) == ((INSTANT_MIN,), 2)


def test_a_folder_has_each_version_from_its_own_instant() -> None:
    for name in (str(REFERENCE), "@codeflicker"):
        timeline = timeline_of(side_of(name))
        assert [each.version for each in timeline.policies] == [1, 2]
        assert timeline.starts == tuple(each.effective_at for each in timeline.policies)


def test_a_draft_takes_part(tmp_path: Path) -> None:
    draft = altered(tmp_path, 1, "status: published", "status: draft")
    assert timeline_of(side_of(str(draft))).policies[0].version == 1


def test_content_does_not_depend_on_layout_or_place(tmp_path: Path) -> None:
    spaced = altered(tmp_path, 1, "format: 1", "format:  1 # the first")
    other = altered(tmp_path, 1, "multiplier: 6", "multiplier: 7", "other.yaml")
    contents = [content_of(side_of(str(each))) for each in (REFERENCE / "v1.yaml", spaced, other)]
    assert contents[0] == contents[1] != contents[2]
    assert content_of(side_of(str(REFERENCE))) not in contents


def test_a_git_revision_is_what_it_was_and_not_what_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = Path("policies/codeflicker")
    place.mkdir(parents=True)
    for name in ("v1.yaml", "v2.yaml"):
        (place / name).write_bytes((REFERENCE / name).read_bytes())
    commit_all(tmp_path)
    was = [content_of(side_of(str(each))) for each in (place, place / "v1.yaml")]
    altered(place, 1, "multiplier: 6", "multiplier: 7", "v1.yaml")
    Path("policies/codeflicker/scenarios").mkdir()
    names = ("HEAD:policies/codeflicker", "HEAD:policies/codeflicker/v1.yaml")
    sides = [side_of(name) for name in names]
    assert [content_of(each) for each in sides] == was
    assert [each.is_always for each in sides] == [False, True]
    assert content_of(side_of(str(place / "v1.yaml"))) != was[1]
    with pytest.raises(PolicyError, match="no revision `nowhere`"):
        side_of("nowhere:policies/codeflicker")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "no file or folder"),
        ("empty", "no policy file"),
        ("both", "several policies"),
        ("wrong.yaml", "format"),
    ],
)
def test_what_is_no_policy_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    for each in ("both/a", "both/b"):
        Path(each).mkdir(parents=True)
        Path(each, "v1.yaml").write_text((REFERENCE / "v1.yaml").read_text())
    Path("wrong.yaml").write_text("formatt: 1\n")
    with pytest.raises(PolicyError, match=message):
        timeline_of(side_of(name))
