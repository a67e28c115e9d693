"""What `diff` may be given: files, folders, versions of a policy, and git revisions of these."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from policyengine.app.file_kinds import SUFFIXES, is_policy_path
from policyengine.app.locking import lock_place
from policyengine.app.policies import PolicyError, policy_files
from policyengine.app.revisions import RevisionError, repository_of, revision_files
from policyengine.app.starter import policy_folder
from policyengine.policy.load import load_policy
from policyengine.policy.lock import LOCK_NAME, changed_lines, load_lock
from policyengine.policy.policy import Policy
from policyengine.values.diagnostics import drawn

_VERSION: Final = re.compile(r"(@?[a-z][a-z0-9_]*)@([1-9][0-9]{0,6})")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Edition:
    """Some versions of some policies, by name and number; `is_single` if one file was meant."""

    label: str
    policies: Mapping[str, Mapping[int, Policy]]
    is_single: bool = False

    @property
    def only(self) -> Policy | None:
        """Give the newest version, where there is a single policy."""
        if len(self.policies) != 1:
            return None
        (versions,) = self.policies.values()
        return versions[max(versions)]


def edition_of(text: str, folder: Path) -> Edition:
    """Read what a person names.

    Takes: a path; `codeflicker@2` or `codeflicker`, looked up in the folder of policies; or
    `REVISION:path`, the path from the top of the repository, or from here if it begins with `./`.
    Raises: PolicyError where there is nothing of that kind, or a file has errors.
    """
    path = Path(text)
    if path.exists():
        return _on_disk(path)
    versioned = _VERSION.fullmatch(text)
    if versioned is not None:
        return _version(versioned[1], int(versioned[2]), folder)
    revision, colon, inside = text.partition(":")
    if colon:
        return at_revision(revision, inside)
    if _NAME.fullmatch(text):
        return _named(text, folder)
    raise PolicyError(f"there is no file or folder `{text}`")


def at_revision(revision: str, inside: str | Path) -> Edition:
    """Read policies as a git revision has them.

    Takes: a path from the top of the repository as text, or any path of the working tree.
    Raises: PolicyError where it cannot be read, or a file has errors.
    """
    path, wanted = revision_policies(revision, inside)
    is_single = [name for name, _ in wanted] == [f"{revision}:{path}"]
    return _edition(f"{revision}:{path}", wanted, is_single=is_single)


def revision_policies(
    revision: str, inside: str | Path
) -> tuple[PurePosixPath, list[tuple[str, bytes]]]:
    """Read the policy files of a git revision.

    Takes: a path from the top of the repository as text, or any path of the working tree.
    Gives: the path from the top of the repository, and each file's content by `REVISION:path`.
    Raises: PolicyError where it cannot be read.
    """
    here = Path.cwd()
    try:
        if isinstance(inside, Path) or inside.startswith("./"):
            place = Path(inside).resolve()
            repository = repository_of(place)
            path = PurePosixPath(place.relative_to(repository.resolve()).as_posix())
        else:
            repository = repository_of(here)
            path = PurePosixPath(inside or ".")
        files = revision_files(repository, revision, path, SUFFIXES)
    except RevisionError as error:
        raise PolicyError(str(error)) from error
    return path, [
        (f"{revision}:{file}", data) for file, data in files.items() if is_policy_path(file)
    ]


def lock_changes(revision: str, path: Path) -> tuple[str, ...]:
    """Say which lines of a lock a revision had that it has not any more.

    Takes: a folder or file of the working tree, in a repository.
    """
    folder = path if path.is_dir() else path.parent
    place = (folder / LOCK_NAME).resolve()
    found = lock_place(folder)
    if found is not None:
        place = found.resolve()
    repository = repository_of(place.parent)
    inside = PurePosixPath(place.relative_to(repository.resolve()).as_posix())
    try:
        files = revision_files(repository, revision, inside, frozenset({".lock"}))
    except RevisionError:
        return ()
    old, _ = load_lock(files.get(inside, b""), LOCK_NAME)
    new, _ = load_lock(place.read_bytes() if place.is_file() else b"", LOCK_NAME)
    return tuple(each.message for each in changed_lines(old, new))


def _on_disk(path: Path) -> Edition:
    files = [(str(each), each.read_bytes()) for each in policy_files(path)]
    return _edition(str(path), files, is_single=path.is_file())


def _version(name: str, number: int, folder: Path) -> Edition:
    edition = _on_disk(policy_folder(name)) if name.startswith("@") else _on_disk(folder)
    versions = edition.policies.get(name.removeprefix("@"), {})
    if number not in versions:
        known = ", ".join(f"`{name}@{each}`" for each in sorted(versions))
        there = f"; there are {known}" if known else f" in `{folder}`"
        raise PolicyError(f"there is no `{name}@{number}`{there}")
    policy = versions[number]
    return Edition(f"{name}@{number}", {policy.name: {number: policy}}, is_single=True)


def _named(name: str, folder: Path) -> Edition:
    edition = _on_disk(folder)
    if name not in edition.policies:
        known = ", ".join(f"`{each}`" for each in edition.policies)
        raise PolicyError(f"there is no file, folder or policy `{name}`; policies are {known}")
    return Edition(name, {name: edition.policies[name]})


def _edition(label: str, files: Iterable[tuple[str, bytes]], *, is_single: bool) -> Edition:
    """Load each file on its own; what concerns several versions is for `validate`."""
    policies: dict[str, dict[int, Policy]] = {}
    for name, data in files:
        loaded = load_policy(data, name)
        if loaded.policy is None:
            lines = loaded.source.lines
            report = "\n\n".join(drawn(each, lines) for each in loaded.diagnostics)
            raise PolicyError(report, loaded.diagnostics)
        policy = loaded.policy
        versions = policies.setdefault(policy.name, {})
        if policy.version in versions:
            other = versions[policy.version].file
            raise PolicyError(f"`{name}` and `{other}` are both version {policy.version}")
        versions[policy.version] = policy
    if not policies:
        raise PolicyError(f"there is no policy file in `{label}`")
    return Edition(label, policies, is_single)
