"""Policy folders: every version of every policy below a folder, read and checked together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policyengine.app.file_kinds import is_policy_path
from policyengine.app.locking import lock_place, read_lock
from policyengine.policy.load import Loaded, load_policy
from policyengine.policy.lock import Lock, absent_policies
from policyengine.policy.timeline import Timeline
from policyengine.policy.versions import load_timeline, lock_findings
from policyengine.values.diagnostics import Diagnostic, drawn, has_errors, sorted_findings

POLICY_FILES_MAX: Final = 2000


class PolicyError(Exception):
    """Policies that cannot be used: they have errors, or there are none.

    `findings` are the diagnostics, if any.
    """

    def __init__(self, message: str, findings: Sequence[Diagnostic] = ()) -> None:
        """Carry the message for people and the findings behind it."""
        super().__init__(message)
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Policies:
    """The timelines that were loaded, by policy name, with every finding."""

    timelines: Mapping[str, Timeline]
    loaded: tuple[Loaded, ...]
    findings: tuple[Diagnostic, ...]
    locks: tuple[Lock, ...] = ()

    @property
    def lines(self) -> Mapping[str, tuple[str, ...]]:
        """Give the lines of every file that was read, to draw findings on."""
        locks = {each.name: each.lines for each in self.locks}
        return {**locks, **{each.source.name: each.source.lines for each in self.loaded}}

    def report(self) -> str:
        """Draw all findings on their source lines."""
        lines = self.lines
        return "\n\n".join(drawn(each, lines.get(each.file, ())) for each in self.findings)


def policy_files(path: Path) -> list[Path]:
    """Find the policy files of a file or folder, in order; scenario folders are left out.

    Raises: PolicyError for a path that does not exist or has too many files.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise PolicyError(f"there is no file or folder `{path}`")
    found = sorted(
        each
        for each in path.rglob("*")
        if each.is_file() and is_policy_path(each.relative_to(path))
    )
    if len(found) > POLICY_FILES_MAX:
        raise PolicyError(f"`{path}` has more than {POLICY_FILES_MAX} policy files")
    return found


def read_policies(paths: Sequence[Path]) -> Policies:
    """Read and check policies; files in one folder are the versions of one policy.

    A single file is checked on its own: what concerns its neighbours cannot be seen.
    Raises: PolicyError where there is nothing to read, or a policy is in two folders.
    """
    files = list(dict.fromkeys(each for path in paths for each in policy_files(path)))
    if not files:
        names = ", ".join(f"`{path}`" for path in paths)
        raise PolicyError(f"there is no policy file in {names}")
    if list(paths) == files and len(files) == 1:
        return _read_single(files[0])
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    timelines: dict[str, Timeline] = {}
    homes: dict[str, Path] = {}
    loaded: list[Loaded] = []
    findings: list[Diagnostic] = []
    locks = _Locks()
    for folder, folder_files in folders.items():
        contents = [(str(file), _read(file)) for file in folder_files]
        result = load_timeline(contents, lock=locks.of(folder))
        loaded += result.loaded
        findings += result.diagnostics
        if result.timeline is not None:
            name = result.timeline.name
            if name in homes:
                raise PolicyError(f"policy `{name}` is in two folders: {homes[name]}, {folder}")
            homes[name] = folder
            timelines[name] = result.timeline
    findings += locks.findings
    known = {each.document.policy for each in loaded if each.document is not None}
    for place, (lock, _) in locks.read.items():
        # Of policies that are read in part only, the others may be where nobody looks.
        if any(place.is_relative_to(path.absolute()) for path in paths):
            findings += absent_policies(lock, tuple(known))
    return Policies(timelines, tuple(loaded), tuple(findings), locks.found)


class _Locks:
    """The locks of some folders, each read once."""

    def __init__(self) -> None:
        self.read: dict[Path, tuple[Lock, tuple[Diagnostic, ...]]] = {}

    def of(self, folder: Path) -> Lock | None:
        place = lock_place(folder)
        if place is None:
            return None
        key = place.absolute()
        if key not in self.read:
            self.read[key] = read_lock(place)
        return self.read[key][0]

    @property
    def found(self) -> tuple[Lock, ...]:
        return tuple(lock for lock, _ in self.read.values())

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        return tuple(each for _, found in self.read.values() for each in found)


def _read_single(file: Path) -> Policies:
    each = load_policy(_read(file), str(file))
    locks = _Locks()
    of_lock = lock_findings([each], locks.of(file.parent), is_whole=False)
    findings = sorted_findings((*each.diagnostics, *of_lock, *locks.findings))
    policy = each.policy
    timelines = {}
    is_usable = not has_errors(findings)
    if policy is not None and is_usable and policy.document.status == "published":
        timelines[policy.name] = Timeline.of(policy)
    return Policies(timelines, (each,), findings, locks.found)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PolicyError(f"`{file}` cannot be read: {error.strerror}") from error


def usable_policies(paths: Sequence[Path]) -> Policies:
    """Read policies that must be free of errors.

    Raises: PolicyError with every finding drawn.
    """
    policies = read_policies(paths)
    if has_errors(policies.findings):
        raise PolicyError(policies.report(), policies.findings)
    return policies
