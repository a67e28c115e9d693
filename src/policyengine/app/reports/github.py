"""Annotations of a GitHub workflow: findings on the lines of a pull request."""

from collections.abc import Iterator
from typing import Final

from policyengine.app.reports.report import Report
from policyengine.values.characters import unsteered
from policyengine.values.diagnostics import Diagnostic

ANNOTATIONS_MAX: Final = 10
"""How many errors, and how many warnings, GitHub shows of one step."""


def annotations(report: Report) -> Iterator[str]:
    """Write findings as GitHub reads them, errors first; the last counts those left out."""
    for severity in ("error", "warning"):
        findings = [each for each in report.findings if each.severity == severity]
        for index, each in enumerate(findings[:ANNOTATIONS_MAX]):
            more = len(findings) - ANNOTATIONS_MAX if index == ANNOTATIONS_MAX - 1 else 0
            yield _annotation(each, max(more, 0))


def _annotation(finding: Diagnostic, more: int) -> str:
    span = finding.span
    message = finding.message + (f"\n= help: {finding.help}" if finding.help else "")
    if more:
        message += f"\n{more} more of them are in the log"
    place = (
        f"file={_escaped(finding.file, in_property=True)},line={span.line},col={span.column},"
        f"endLine={span.end_line},endColumn={span.end_column},title={finding.code}"
    )
    return f"::{finding.severity} {place}::{_escaped(message)}"


def _escaped(text: str, *, in_property: bool = False) -> str:
    text = unsteered(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
