"""Policy folders: the versions that the scenarios below them run on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policyengine.app.file_kinds import is_policy_path
from policyengine.policy.timeline import Timeline
from policyengine.policy.versions import load_timeline
from policyengine.values.diagnostics import Diagnostic, drawn

SCENARIOS: Final = "scenarios"
_SUFFIXES: Final = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class PolicyFolder:
    """All versions in a folder: no timeline where one of them has an error, or none counts.

    `drafts` are the numbers of the versions that are drafts.
    """

    timeline: Timeline | None
    findings: tuple[Diagnostic, ...]
    lines: Mapping[str, Sequence[str]]
    drafts: tuple[int, ...] = ()

    def report(self) -> str:
        """Draw the findings on their source lines."""
        return "\n".join(drawn(each, self.lines.get(each.file, ())) for each in self.findings)


def shown_path(path: Path, root: Path) -> str:
    """Give the name of a file in messages: from the root on, if it is below."""
    absolute = path.absolute()
    inside = absolute.is_relative_to(root.absolute())
    return (absolute.relative_to(root.absolute()) if inside else path).as_posix()


def read_folder(folder: Path, root: Path, *, with_drafts: bool = False) -> PolicyFolder:
    """Read every version in a folder; times decide which is in force.

    Takes: whether drafts come into force as well, each from its own instant.
    """
    files = sorted(path for path in folder.iterdir() if is_policy_path(Path(path.name)))
    if not files:
        return PolicyFolder(None, (), {})
    texts = [(shown_path(path, root), path.read_bytes()) for path in files]
    result = load_timeline(texts, with_drafts=with_drafts)
    lines = {each.source.name: each.source.lines for each in result.loaded}
    documents = (each.document for each in result.loaded if each.document is not None)
    drafts = tuple(each.version for each in documents if each.status == "draft")
    return PolicyFolder(result.timeline, result.diagnostics, lines, drafts)


def is_scenario_file(path: Path) -> bool:
    """Tell a scenario file: it is in a folder `scenarios`, and says so by its first key or place.

    A file that begins otherwise is one as well where the folder above has a policy: a misspelt
    key must be reported, not passed over.
    """
    if path.suffix not in _SUFFIXES or path.parent.name != SCENARIOS:
        return False
    beside = (each for each in path.parent.parent.iterdir() if each.suffix in _SUFFIXES)
    return _has_key(path, b"about") or any(_has_key(each, b"policy") for each in beside)


def _has_key(path: Path, key: bytes) -> bool:
    """Tell whether a line of a file begins with a key."""
    return path.is_file() and b"\n%b:" % key in b"\n" + path.read_bytes()
