"""Reading scenario files: strictly, with the line and column of every mistake."""

from dataclasses import dataclass

from policyengine.app.scenarios.checks import check_meaning
from policyengine.app.scenarios.document import ScenarioFile
from policyengine.app.scenarios.shape import check_shape
from policyengine.policy.source import Source, load_source
from policyengine.values.diagnostics import Diagnostic, has_errors


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A scenario file that was read: `document` is None when it has findings."""

    source: Source
    document: ScenarioFile | None
    findings: tuple[Diagnostic, ...]


def read_scenarios(data: bytes | str, name: str) -> ReadFile:
    """Read a scenario file.

    Takes: its content, and the name to report it by.
    Gives: the document, or everything that is wrong with the text, the shape or the meaning,
    whichever comes first. Never raises.
    """
    source, findings = load_source(data, name)
    if has_errors(findings):
        return ReadFile(source, None, findings)
    document, findings = check_shape(source)
    if document is None:
        return ReadFile(source, None, findings)
    findings = check_meaning(source, document)
    return ReadFile(source, None if findings else document, findings)
