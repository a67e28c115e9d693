"""What a check found, in one shape for every format: cases, findings, numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from policyengine.app.checking import Checked
from policyengine.app.forms import findings_form
from policyengine.app.scenarios.report import Report as ScenarioReport
from policyengine.values.diagnostics import Diagnostic, drawn

Command: TypeAlias = Literal["validate", "test"]

FORM_VERSION: Final = 1
"""The version of the JSON of a report; keys are added, never renamed or given another meaning."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was checked: a file, or a scenario; `findings` are what is wrong with it."""

    file: str
    line: int
    title: str
    findings: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Tell whether an error was found."""
        return any(each.severity == "error" for each in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """What a command found.

    `lines` are the lines of the files, for drawing; `form` is the whole as data.
    """

    command: Command
    summary: str
    cases: tuple[Case, ...]
    findings: tuple[Diagnostic, ...]
    lines: Mapping[str, Sequence[str]]
    form: Mapping[str, Any]
    notes: str = ""
    """What was measured besides, as Markdown."""

    @property
    def failed(self) -> int:
        """Count the cases in which an error was found."""
        return sum(each.failed for each in self.cases)

    def drawing(self, finding: Diagnostic) -> str:
        """Draw a finding on its line."""
        return drawn(finding, self.lines.get(finding.file, ()))


def report_of_files(checked: Checked) -> Report:
    """Give what was found in files: each file is a case."""
    cases = tuple(
        Case(name, 1, name, tuple(each for each in checked.findings if each.file == name))
        for name in checked.names
    )
    form = {
        "report": "validate",
        "version": FORM_VERSION,
        "files": checked.files,
        "policies": list(checked.policies),
        "errors": len(checked.errors),
        "warnings": len(checked.warnings),
        "findings": findings_form(checked.findings),
    }
    return Report("validate", checked.summary, cases, checked.findings, checked.lines, form)


def report_of_scenarios(run: ScenarioReport) -> Report:
    """Give what came of scenarios: each is a case, and so is each file that could not be run."""
    broken = dict.fromkeys(each.file for each in run.findings)
    cases = [
        Case(file, 1, "the file can be run", tuple(e for e in run.findings if e.file == file))
        for file in broken
    ]
    cases += (Case(each.file, each.line, each.title, each.failures) for each in run.results)
    form = {
        "report": "test",
        "version": FORM_VERSION,
        "files": run.files,
        "passed": len(run.passed),
        "failed": len(run.failed),
        "findings": findings_form(run.findings),
        "scenarios": [
            {
                "file": result.file,
                "line": result.line,
                "title": result.title,
                "passed": result.passed,
                "expectations": result.expectations,
                "failures": findings_form(result.failures),
            }
            for result in run.results
        ],
    }
    return Report("test", run.summary, tuple(cases), run.failures, run.lines, form)
