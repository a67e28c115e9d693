"""Policy folders: every version of every policy below a folder, read and checked together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policyengine.policy.load import Loaded, load_policy
from policyengine.policy.timeline import Timeline
from policyengine.policy.versions import load_timeline
from policyengine.values.diagnostics import Diagnostic, drawn, has_errors

POLICY_FILES_MAX: Final = 2000
SUFFIXES: Final = frozenset({".yaml", ".yml"})
NOT_POLICIES: Final = frozenset({"scenarios", "mappings"})


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

    def report(self) -> str:
        """Draw all findings on their source lines."""
        lines = {each.source.name: each.source.lines for each in self.loaded}
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
        if each.suffix in SUFFIXES
        and each.is_file()
        and not NOT_POLICIES.intersection(each.relative_to(path).parts[:-1])
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
    for folder, folder_files in folders.items():
        result = load_timeline([(str(file), _read(file)) for file in folder_files])
        loaded += result.loaded
        findings += result.diagnostics
        if result.timeline is not None:
            name = result.timeline.name
            if name in homes:
                raise PolicyError(f"policy `{name}` is in two folders: {homes[name]}, {folder}")
            homes[name] = folder
            timelines[name] = result.timeline
    return Policies(timelines, tuple(loaded), tuple(findings))


def _read_single(file: Path) -> Policies:
    each = load_policy(_read(file), str(file))
    policy = each.policy
    timelines = {}
    if policy is not None and policy.document.status == "published":
        timelines[policy.name] = Timeline.of(policy)
    return Policies(timelines, (each,), each.diagnostics)


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
