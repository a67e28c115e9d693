"""Linting files: which versions are searched, and which findings belong to what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policyengine.app.policies import PolicyError, policy_files
from policyengine.linting.lint import Found, lint
from policyengine.policy.load import Loaded, load_policy
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import Instant
from policyengine.values.diagnostics import Diagnostic, drawn, has_errors


@dataclass(frozen=True, slots=True)
class Linted:
    """What came of linting: faults, and the errors of files that could not be searched."""

    files: int
    found: tuple[Found, ...]
    errors: tuple[Diagnostic, ...]
    loaded: tuple[Loaded, ...]

    def drawing(self, finding: Diagnostic) -> str:
        """Draw a finding on its source line."""
        lines = {each.source.name: each.source.lines for each in self.loaded}
        return drawn(finding, lines.get(finding.file, ()))

    def timeline_of(self, policy: str) -> Timeline:
        """Give the versions of a policy as scenarios see them: published ones, if there are any."""
        mine = [each.policy for each in self.loaded if each.policy is not None]
        named = [each for each in mine if each.name == policy]
        published = [each for each in named if each.document.status == "published"]
        return Timeline.of(*(published or named))


def lint_files(paths: Sequence[Path], now: Instant) -> Linted:
    """Search the policies below some paths for economic faults.

    A single file is searched as the version that it is: those beside it are read as well.
    Takes: the time, by which a draft may be late.
    Raises: PolicyError for a path that is not there, or where there is nothing to read.
    """
    asked = list(dict.fromkeys(file for path in paths for file in policy_files(path)))
    if not asked:
        raise PolicyError(f"there is no policy file in {', '.join(f'`{path}`' for path in paths)}")
    beside = [file for path in paths if path.is_file() for file in policy_files(path.parent)]
    loaded = {
        file: load_policy(file.read_bytes(), str(file)) for file in dict.fromkeys([*asked, *beside])
    }
    names = {str(file) for file in asked}
    errors = [
        finding
        for file in asked
        if has_errors(loaded[file].diagnostics)
        for finding in loaded[file].diagnostics
    ]
    found = lint([*loaded.values()], now)
    mine = tuple(each for each in found if each.finding.file in names)
    return Linted(len(asked), mine, tuple(errors), tuple(loaded.values()))
