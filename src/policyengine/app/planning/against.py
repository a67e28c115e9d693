"""What a plan compares with: policies and scenarios as a git revision has them, or other files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from policyengine.app.editions import Edition, at_revision, edition_of
from policyengine.app.file_kinds import GUARDS_NAME, SUFFIXES
from policyengine.app.policies import PolicyError
from policyengine.app.revisions import (
    NothingThereError,
    RevisionError,
    branch_point,
    commit_of,
    repository_of,
    revision_files,
)
from policyengine.app.scenarios.folders import SCENARIOS

SHORT: Final = 12
"""How many signs of a commit's name are shown."""
_VERSION: Final = re.compile(r"@?[a-z][a-z0-9_]*@[1-9][0-9]*")


class NoBaseError(PolicyError):
    """There is nothing of that name to compare with."""


@dataclass(frozen=True, slots=True)
class Base:
    """What is compared with.

    `words` say what it is, `exactly` names it so that nothing moves: a commit or a path.
    `scenarios` are files by their place below the policies, None where they are not known; `guards`
    are files by their place in the repository.
    """

    edition: Edition
    words: str
    exactly: str
    scenarios: Mapping[str, bytes] | None
    guards: Mapping[PurePosixPath, bytes] = field(default_factory=dict)
    repository: Path | None = None

    @property
    def is_commit(self) -> bool:
        """Tell whether it is a commit, not files."""
        return self.repository is not None


def base_of(against: str, place: Path, policies: Path) -> Base:
    """Read what a plan compares with.

    Takes: a git revision, a path, `codeflicker@1` or `REVISION:path`; nothing for the commit at
    which the current branch left the main one. The policies of the plan; where policies are looked
    up by name.
    Raises: NoBaseError where it cannot be read, PolicyError where a file of it has errors.
    """
    try:
        if not against:
            commit, branch = branch_point(repository_of(place))
            where = "the last commit"
            if branch != "HEAD":
                where = f"the commit where this branch left {branch}"
            return _at_commit(commit, f"{where} ({commit[:SHORT]})", place)
        path = Path(against)
        if path.exists() or ":" in against or _VERSION.fullmatch(against):
            edition = edition_of(against, policies)
            return Base(edition, against, against, _below(path) if path.is_dir() else None)
        commit = commit_of(repository_of(place), against)
        words = commit[:SHORT] if commit.startswith(against) else f"{against} ({commit[:SHORT]})"
        return _at_commit(commit, words, place)
    except RevisionError as error:
        raise NoBaseError(str(error)) from error
    except PolicyError as error:
        if error.findings:
            raise
        raise NoBaseError(str(error)) from error


def _at_commit(commit: str, words: str, place: Path) -> Base:
    repository = repository_of(place)
    inside = PurePosixPath(place.resolve().relative_to(repository.resolve()).as_posix())
    try:
        edition = at_revision(commit[:SHORT], place)
    except PolicyError as error:
        if not isinstance(error.__cause__, NothingThereError):
            raise
        edition = Edition(words, {})
    try:
        files = revision_files(repository, commit, PurePosixPath(), SUFFIXES)
    except NothingThereError:
        files = {}
    scenarios = {
        file.relative_to(inside).as_posix(): data
        for file, data in files.items()
        if file.is_relative_to(inside) and file.parent.name == SCENARIOS
    }
    guards = {file: data for file, data in files.items() if file.name == GUARDS_NAME}
    return Base(edition, words, commit[:SHORT], scenarios, guards, repository)


def _below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob(f"{SCENARIOS}/*"))
        if path.suffix in SUFFIXES
    }
