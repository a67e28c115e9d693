"""Everything that can be checked in files: policies, scenarios, mappings of usage, guards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from policyengine.app.file_kinds import GUARDS_NAME
from policyengine.app.mending import Mended, Reader, mended
from policyengine.app.policies import POLICY_FILES_MAX, PolicyError, read_policies
from policyengine.policy.load import load_policy
from policyengine.policy.reading import ReadFile
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, drawn, sorted_findings

_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_SCENARIOS: Final = "scenarios"
_MAPPINGS: Final = "mappings"


def counted(number: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{number} {one if number == 1 else many}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, and what was found; `lines` are those of every file, for drawing."""

    names: tuple[str, ...]
    policies: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    lines: Mapping[str, Sequence[str]]

    @property
    def files(self) -> int:
        """Count the files."""
        return len(self.names)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Give the errors."""
        return tuple(each for each in self.findings if each.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Give the warnings."""
        return tuple(each for each in self.findings if each.severity == "warning")

    @property
    def summary(self) -> str:
        """Count in one line."""
        return ", ".join(
            (
                counted(self.files, "file", "files"),
                counted(len(self.policies), "policy", "policies"),
                counted(len(self.errors), "error", "errors"),
                counted(len(self.warnings), "warning", "warnings"),
            )
        )

    def drawn(self) -> list[str]:
        """Draw each finding on its source line."""
        return [drawn(each, self.lines.get(each.file, ())) for each in self.findings]


@dataclass(frozen=True, slots=True)
class Files:
    """The files below some paths, by what they are."""

    policies: tuple[Path, ...]
    scenarios: tuple[Path, ...]
    mappings: tuple[Path, ...]
    paths: tuple[Path, ...]
    guards: tuple[Path, ...] = ()

    def __len__(self) -> int:
        """Count them."""
        return len(self.every)

    @property
    def every(self) -> tuple[Path, ...]:
        """Give all of them: policies first."""
        return (*self.policies, *self.scenarios, *self.mappings, *self.guards)


def files_of(paths: Sequence[Path]) -> Files:
    """Find YAML files; those in folders `scenarios` and `mappings` are what these are named after.

    A file `guards.yaml` has guards, wherever it is.

    Raises: PolicyError for a path that is not there, or too many files.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = (each for each in path.rglob("*") if each.suffix in _SUFFIXES)
            found.update(dict.fromkeys(sorted(each for each in below if each.is_file())))
        elif path.is_file():
            found[path] = None
        else:
            raise PolicyError(f"there is no file or folder `{path}`")
    if len(found) > POLICY_FILES_MAX:
        raise PolicyError(f"there are more than {POLICY_FILES_MAX:,} files to check")
    kinds: dict[str, list[Path]] = {_SCENARIOS: [], _MAPPINGS: [], GUARDS_NAME: []}
    policies: list[Path] = []
    for path in found:
        home = path.absolute().parent.name
        kinds.get(path.name if path.name == GUARDS_NAME else home, policies).append(path)
    of_kind = {kind: tuple(each) for kind, each in kinds.items()}
    return Files(
        tuple(policies),
        of_kind[_SCENARIOS],
        of_kind[_MAPPINGS],
        tuple(paths),
        of_kind[GUARDS_NAME],
    )


def check(files: Files) -> Checked:
    """Check files: each on its own, and the versions of a policy against each other.

    Gives: the findings, sorted by file and place. Scenarios are not run.
    """
    names: tuple[str, ...] = ()
    findings: list[Diagnostic] = []
    lines: dict[str, Sequence[str]] = {}
    if files.policies:
        of_policies = set(files.policies)
        policies = read_policies([p for p in files.paths if p.is_dir() or p in of_policies])
        names = tuple(sorted({_name_of(each.source) for each in policies.loaded} - {""}))
        findings += policies.findings
        lines.update(policies.lines)
    if files.scenarios:
        _check_each(files.scenarios, _scenario_reader(), findings, lines)
    if files.mappings:
        _check_each(files.mappings, _mapping_reader(), findings, lines)
    if files.guards:
        _check_each(files.guards, _guards_reader(), findings, lines)
    every = tuple(str(each) for each in files.every)
    return Checked(every, names, sorted_findings(findings), lines)


@dataclass(frozen=True, slots=True)
class MendedFile:
    """A file whose findings were mended, as far as their edits are safe."""

    path: Path
    mended: Mended


def mend(files: Files) -> tuple[MendedFile, ...]:
    """Work out what files would be with the edits of their findings; nothing is written.

    Gives: the files that would change. A file that is not UTF-8 is left alone.
    """
    changed = []
    for path in files.every:
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        result = mended(text, _reader_of(path, files))
        if result.text != text:
            changed.append(MendedFile(path, result))
    return tuple(changed)


def _reader_of(path: Path, files: Files) -> Reader:
    """Give what reads a file as what it is."""
    if path in files.policies:

        def read(text: str) -> tuple[Source, tuple[Diagnostic, ...]]:
            loaded = load_policy(text, str(path))
            return loaded.source, loaded.diagnostics

        return read
    if path in files.scenarios:
        reader = _scenario_reader()
    else:
        reader = _guards_reader() if path in files.guards else _mapping_reader()

    def read_other(text: str) -> tuple[Source, tuple[Diagnostic, ...]]:
        done = reader(text.encode(), str(path))
        return done.source, done.findings

    return read_other


def _name_of(source: Source) -> str:
    """Give the policy's name as far as it can be read; a file with errors counts as well."""
    plain = source.plain
    name = plain.get("policy") if isinstance(plain, dict) else None
    return name if isinstance(name, str) else ""


def _scenario_reader() -> Callable[[bytes, str], ReadFile[Any]]:
    # Their models take a tenth of a second to build; most checks are of policies alone.
    from policyengine.app.scenarios.reading import read_scenarios  # noqa: PLC0415  # as said above

    return read_scenarios


def _mapping_reader() -> Callable[[bytes, str], ReadFile[Any]]:
    from policyengine.app.replay.mapping.load import load_mapping  # noqa: PLC0415  # as above

    return load_mapping


def _guards_reader() -> Callable[[bytes, str], ReadFile[Any]]:
    from policyengine.app.planning.guards.load import load_guards  # noqa: PLC0415  # as above

    return load_guards


def _check_each(
    files: Sequence[Path],
    reader: Callable[[bytes, str], ReadFile[Any]],
    findings: list[Diagnostic],
    lines: dict[str, Sequence[str]],
) -> None:
    for file in files:
        read = reader(file.read_bytes(), str(file))
        findings += read.findings
        lines[str(file)] = read.source.lines
