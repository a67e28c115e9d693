"""Git revisions as policies: read by plumbing, refused with a reason, nothing ever written."""

from pathlib import Path, PurePosixPath

import pytest

from app.repositories import git
from policyengine.app.diffing import diff_of, latest_of
from policyengine.app.editions import at_revision, edition_of, lock_changes
from policyengine.app.policies import PolicyError
from policyengine.app.revisions import RevisionError, repository_of, revision_files
from policyengine.values.calendar import parse_instant

ROOT = Path(__file__).parents[2]
NOW = parse_instant("2026-03-01T00:00:00Z")
YAML = frozenset({".yaml"})


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the reference policy in a folder whose name is awkward."""
    top = tmp_path / "a folder; with $signs"
    place = top / "policies" / "codeflicker"
    (place / "scenarios").mkdir(parents=True)
    for name in ("v1.yaml", "v2.yaml"):
        (place / name).write_bytes((ROOT / "policies/codeflicker" / name).read_bytes())
    (place / "scenarios" / "x.yaml").write_text("not: a policy")
    git(tmp_path, "init", "-q", "-b", "main", str(top))
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "first")
    monkeypatch.chdir(top)
    # A hook's variables must not lead to another repository.
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    return top


def edit(top: Path, name: str, old: str, new: str) -> None:
    file = top / "policies" / "codeflicker" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_files_are_those_of_the_revision_and_not_of_the_working_tree(repository: Path) -> None:
    edit(repository, "v1.yaml", "multiplier: 6", "multiplier: 9")
    files = revision_files(repository, "HEAD", PurePosixPath("policies"), YAML)
    first = files[PurePosixPath("policies/codeflicker/v1.yaml")]
    assert first == (ROOT / "policies/codeflicker/v1.yaml").read_bytes()
    assert repository_of(repository / "policies") == repository


def test_an_edited_published_version_reaches_into_the_past(repository: Path) -> None:
    edit(repository, "v1.yaml", "multiplier: 6", "multiplier: 9")
    found = diff_of(at_revision("HEAD", Path("policies")), edition_of("policies", Path()), NOW)
    (one,) = found.compared
    assert (one.old.version, one.new.version) == (1, 1)
    assert [(each.is_past, each.sentence) for each in one.differences] == [
        (
            True,
            (
                "version 1 is published and was edited: what it has decided since 2026-01-28 00:00 "
                "UTC would be decided otherwise"
            ),
        ),
        (True, "frontier costs more up to 200,000 input tokens: x 6 -> x 9 (+50 %)"),
    ]
    assert found.is_past
    assert found.reaches("past")


def test_a_published_version_that_is_not_in_force_yet_is_locked_as_well(repository: Path) -> None:
    edit(repository, "v2.yaml", "credits: 2400", "credits: 2500")
    found = diff_of(at_revision("HEAD", Path("policies")), edition_of("policies", Path()), NOW)
    assert "it is locked, though it is in force only from" in found.differences[0].sentence
    assert not found.is_past
    assert not found.reaches("past")
    assert found.reaches("structural")


def test_a_new_version_is_compared_with_the_one_before_it(repository: Path) -> None:
    second = repository / "policies/codeflicker/v2.yaml"
    text = second.read_text()
    git(repository, "rm", "-q", str(second.relative_to(repository)))
    git(repository, "commit", "-q", "-m", "only one")
    second.write_text(text.replace("2026-10-01", "2026-02-01"))
    found = diff_of(at_revision("HEAD", Path("policies")), edition_of("policies", Path()), NOW)
    (one,) = found.compared
    assert (one.old.version, one.new.version) == (1, 2)
    assert "version 2 reaches into the past: it counts from 2026-02-01" in (
        one.differences[0].sentence
    )
    back = diff_of(edition_of("policies", Path()), at_revision("HEAD", Path("policies")), NOW)
    assert [(each.is_past, each.kind) for each in back.notes] == [(True, "structural")]


def test_a_lock_that_lost_a_line_is_named(repository: Path) -> None:
    lock = repository / "policies/policies.lock"
    assert lock_changes("HEAD", Path("policies")) == ()
    lock.write_text(f"codeflicker 1 {'a' * 64}\ncodeflicker 2 {'b' * 64}\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "locked")
    assert lock_changes("HEAD", Path("policies")) == ()
    lock.write_text(f"codeflicker 1 {'a' * 64}\n")
    assert lock_changes("HEAD", Path("policies/codeflicker")) == (
        "version 2 of `codeflicker` is gone from the lock",
    )
    lock.unlink()
    assert len(lock_changes("HEAD", Path("policies"))) == 2


def test_policies_that_came_or_went_are_noted(repository: Path) -> None:
    other = repository / "policies/bolt"
    other.mkdir()
    (other / "v1.yaml").write_bytes((ROOT / "policies/bolt/v1.yaml").read_bytes())
    found = diff_of(at_revision("HEAD", Path("policies")), edition_of("policies", Path()), NOW)
    assert [each.sentence for each in found.notes] == ["a new policy bolt, version 1"]
    assert found.kinds == ("additive",)


def test_a_revision_is_named_before_its_path(repository: Path) -> None:
    del repository
    whole = edition_of("HEAD:policies/codeflicker", Path())
    assert sorted(whole.policies["codeflicker"]) == [1, 2]
    one = edition_of("HEAD:./policies/codeflicker/v2.yaml", Path())
    assert one.is_single
    assert one.only is not None
    assert one.only.version == 2
    assert diff_of(edition_of("main:policies", Path()), whole, NOW).kinds == ()


def test_versions_are_found_by_the_name_of_their_policy(repository: Path) -> None:
    del repository
    folder = Path("policies")
    found = diff_of(edition_of("codeflicker@1", folder), edition_of("@codeflicker@2", folder), NOW)
    assert found.gravest == "dearer"
    assert latest_of(edition_of("codeflicker", folder), NOW).differences == found.differences
    assert (
        diff_of(edition_of("codeflicker@2", folder), edition_of("policies", folder), NOW).kinds
        == ()
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nowhere:policies", "git knows no revision `nowhere`"),
        ("--help:policies", "`--help` is not a revision"),
        (":policies", "`` is not a revision"),
        ("HEAD:missing", "`HEAD` has no file or folder `missing`"),
        ("HEAD:policies/codeflicker/scenarios", "there is no policy file in"),
        ("codeflicker@7", "there are `codeflicker@1`, `codeflicker@2`"),
        ("nobody@1", "there is no `nobody@1` in `policies`"),
        ("nobody", "there is no file, folder or policy `nobody`"),
        ("no/such/path", "there is no file or folder `no/such/path`"),
    ],
)
def test_what_is_not_there_is_said(repository: Path, text: str, reason: str) -> None:
    del repository
    with pytest.raises(PolicyError) as refused:
        edition_of(text, Path("policies"))
    assert reason in str(refused.value)


def test_two_files_of_one_version_cannot_be_compared(repository: Path) -> None:
    place = repository / "policies/codeflicker"
    (place / "copy.yaml").write_bytes((place / "v1.yaml").read_bytes())
    with pytest.raises(PolicyError, match="are both version 1"):
        edition_of("policies", Path())


def test_a_file_with_errors_is_drawn(repository: Path) -> None:
    edit(repository, "v1.yaml", "multiplier: 6", "multiplir: 6")
    with pytest.raises(PolicyError) as refused:
        edition_of("policies", Path())
    assert [each.code for each in refused.value.findings] == ["PE110"]


def test_without_a_repository_or_git_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RevisionError, match="git cannot do that: not a git repository"):
        repository_of(Path("/"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RevisionError, match="git is not installed"):
        repository_of(tmp_path)
