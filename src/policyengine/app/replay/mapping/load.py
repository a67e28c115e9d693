"""Intake mapping files: strictly, with the line and column of every mistake."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.mapping.checks import check_meaning
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.mapping.shape import check_shape
from policyengine.policy.source import Source, load_source
from policyengine.values.diagnostics import Diagnostic, drawn, has_errors

FOLDER: Final = "mappings"
"""The folder beside a policy's versions that holds mapping files."""
_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class LoadedMapping:
    """A mapping file that was read: `document` is None when it has findings."""

    source: Source
    document: MappingDocument | None
    findings: tuple[Diagnostic, ...]

    def report(self) -> str:
        """Draw all findings on their source lines."""
        return "\n\n".join(drawn(each, self.source.lines) for each in self.findings)


def load_mapping(data: bytes | str, name: str) -> LoadedMapping:
    """Read a mapping file.

    Takes: its content, and the name to report it by.
    Gives: the document, or everything that is wrong with the text, the shape or the meaning,
    whichever comes first. Never raises.
    """
    source, findings = load_source(data, name)
    if has_errors(findings):
        return LoadedMapping(source, None, findings)
    document, findings = check_shape(source)
    if document is None:
        return LoadedMapping(source, None, findings)
    findings = check_meaning(source, document)
    return LoadedMapping(source, None if findings else document, findings)


def find_mapping(name: str, policies: Path) -> Path:
    """Find a mapping file: a path, or the name of one in a `mappings` folder of the policies.

    Raises: ReplayError where there is none, or more than one of the name.
    """
    path = Path(name)
    if path.is_file():
        return path
    known = sorted(each for each in policies.rglob(f"{FOLDER}/*") if each.suffix in _SUFFIXES)
    found = [each for each in known if each.stem == name]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"`{each}`" for each in found)
        raise ReplayError(f"several mappings are called `{name}`: {listed}; give a path")
    listed = ", ".join(f"`{each.stem}`" for each in known)
    raise ReplayError(
        f"there is no mapping file `{name}`"
        + (f"; the policies come with {listed}" if listed else f", and none below `{policies}`")
    )
