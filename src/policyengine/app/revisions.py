"""Files as a git revision has them, read by git's plumbing; the working tree is never touched."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

SECONDS_MAX: Final = 30
FILES_MAX: Final = 2000

_BLOB_MODES: Final = frozenset({"100644", "100755"})
"""Plain files; links and submodules hold no policy."""


MAIN_BRANCHES: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
"""Where a branch usually leaves from, the likeliest first."""


class RevisionError(ValueError):
    """A revision that cannot be read: no repository, no git, no such revision or path."""


class NothingThereError(RevisionError):
    """A revision that has no file or folder of a name."""


def repository_of(path: Path) -> Path:
    """Find the top folder of the repository that a path is in.

    Raises: RevisionError outside of repositories, and without git.
    """
    place = path.resolve()
    while not place.is_dir():
        place = place.parent
    top = _git(place, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape")
    return Path(top.removesuffix("\n"))


def revision_files(
    repository: Path, revision: str, path: PurePosixPath, suffixes: frozenset[str]
) -> dict[PurePosixPath, bytes]:
    """Read the files with some suffixes at or below a path of a revision, sorted by path.

    Takes: the path from the top of the repository.
    Raises: RevisionError where the revision does not exist, or has nothing there.
    """
    commit = commit_of(repository, revision)
    where = path.as_posix()
    listing = ["ls-tree", "-r", "-z", "--full-tree", commit]
    rows = _git(repository, *listing, *(["--", where] if where != "." else []))
    blobs: dict[PurePosixPath, str] = {}
    for row in filter(None, rows.split(b"\0")):
        about, _, name = row.partition(b"\t")
        mode, _, identity = about.decode("ascii").split()
        file = PurePosixPath(name.decode("utf-8", "surrogateescape"))
        if mode in _BLOB_MODES and file.suffix in suffixes:
            blobs[file] = identity
    if not rows:
        raise NothingThereError(f"`{revision}` has no file or folder `{where}`")
    if len(blobs) > FILES_MAX:
        raise RevisionError(f"`{revision}` has more than {FILES_MAX} such files in `{where}`")
    contents = _blobs(repository, list(blobs.values()))
    return dict(sorted(zip(blobs, contents, strict=True)))


def commit_of(repository: Path, revision: str) -> str:
    """Give the full name of a commit.

    Raises: RevisionError for a revision that does not exist, or a text that is none.
    """
    if not revision or revision.startswith("-"):
        raise RevisionError(f"`{revision}` is not a revision")
    command = ["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
    try:
        return _git(repository, *command).decode("ascii").strip()
    except RevisionError as error:
        # Asked quietly, git says nothing where the revision does not exist.
        raise RevisionError(f"git knows no revision `{revision}`") from error


def branch_point(repository: Path) -> tuple[str, str]:
    """Find the commit at which the current branch left the main one.

    Gives: the commit, and the name of the main branch; `HEAD` where there is none.
    Raises: RevisionError in a repository without commits.
    """
    head = commit_of(repository, "HEAD")
    for name in MAIN_BRANCHES:
        try:
            shared = _git(repository, "merge-base", head, commit_of(repository, name))
        except RevisionError:
            continue
        return shared.decode("ascii").strip(), name
    return head, "HEAD"


def _blobs(repository: Path, identities: Sequence[str]) -> list[bytes]:
    """Read the contents of blobs, all by one process."""
    asked = "".join(f"{each}\n" for each in identities).encode("ascii")
    answer = _git(repository, "cat-file", "--batch", given=asked)
    contents: list[bytes] = []
    at = 0
    for identity in identities:
        end = answer.index(b"\n", at)
        head = answer[at:end].decode("ascii", "replace").split()
        if len(head) != 3 or head[1] != "blob":  # noqa: PLR2004  # name, kind, size
            raise RevisionError(f"git has lost the content of `{identity}`")
        start = end + 1
        at = start + int(head[2]) + 1
        contents.append(answer[start : at - 1])
    return contents


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Run a git command that only reads.

    Raises: RevisionError where it fails or takes too long, with what git says.
    """
    # Variables that a hook sets would point git to another repository than the folder's.
    clean = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command; nothing goes through a shell
            ["git", "--no-pager", "-C", str(folder), *arguments],  # noqa: S607  # the user's git
            input=given,
            capture_output=True,
            check=False,
            timeout=SECONDS_MAX,
            env={**clean, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        )
    except FileNotFoundError as error:
        raise RevisionError("git is not installed, so that no revision can be read") from error
    except subprocess.TimeoutExpired as error:
        raise RevisionError(f"git did not answer within {SECONDS_MAX} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1].removeprefix("fatal: ") if said else f"it left with {done.returncode}"
        raise RevisionError(f"git cannot do that: {reason}")
    return done.stdout
