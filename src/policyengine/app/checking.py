"""Everything that can be checked in files: policies, their scenarios, mappings of usage files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from policyengine.app.policies import POLICY_FILES_MAX, PolicyError, read_policies
from policyengine.policy.reading import ReadFile
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, drawn, sorted_findings

_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_SCENARIOS: Final = "scenarios"
_MAPPINGS: Final = "mappings"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, and what was found; `lines` are those of every file, for drawing."""

    files: int
    policies: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    lines: Mapping[str, Sequence[str]]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Give the errors."""
        return tuple(each for each in self.findings if each.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Give the warnings."""
        return tuple(each for each in self.findings if each.severity == "warning")

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

    def __len__(self) -> int:
        """Count them."""
        return len(self.policies) + len(self.scenarios) + len(self.mappings)

    @property
    def every(self) -> tuple[Path, ...]:
        """Give all of them: policies first."""
        return (*self.policies, *self.scenarios, *self.mappings)


def files_of(paths: Sequence[Path]) -> Files:
    """Find YAML files; those in folders `scenarios` and `mappings` are what these are named after.

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
    homes = {path: path.absolute().parent.name for path in found}
    return Files(
        tuple(path for path, home in homes.items() if home not in {_SCENARIOS, _MAPPINGS}),
        tuple(path for path, home in homes.items() if home == _SCENARIOS),
        tuple(path for path, home in homes.items() if home == _MAPPINGS),
        tuple(paths),
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
        _check_scenarios(files.scenarios, findings, lines)
    if files.mappings:
        _check_mappings(files.mappings, findings, lines)
    return Checked(len(files), names, sorted_findings(findings), lines)


def _name_of(source: Source) -> str:
    """Give the policy's name as far as it can be read; a file with errors counts as well."""
    plain = source.plain
    name = plain.get("policy") if isinstance(plain, dict) else None
    return name if isinstance(name, str) else ""


def _check_scenarios(
    files: Sequence[Path], findings: list[Diagnostic], lines: dict[str, Sequence[str]]
) -> None:
    # Their models take a tenth of a second to build; most checks are of policies alone.
    from policyengine.app.scenarios.reading import read_scenarios  # noqa: PLC0415  # as said above

    _check_each(files, read_scenarios, findings, lines)


def _check_mappings(
    files: Sequence[Path], findings: list[Diagnostic], lines: dict[str, Sequence[str]]
) -> None:
    from policyengine.app.replay.mapping.load import load_mapping  # noqa: PLC0415  # as above

    _check_each(files, load_mapping, findings, lines)


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
