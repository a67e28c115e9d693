"""Markdown, for job summaries and the comments of a pull request."""

from typing import Final

from policyengine.app.reports.report import Report
from policyengine.values.characters import unsteered
from policyengine.values.diagnostics import Diagnostic

ROWS_MAX: Final = 50
"""How many findings a table shows; a comment has a bound."""


def markdown_text(report: Report) -> str:
    """Write a report as a heading and, where something was found, a table with the fixes."""
    failed = report.failed
    sign = "❌" if failed else "✅"
    lines = [f"### {sign} policyengine {report.command}", "", f"{report.summary}"]
    if report.findings:
        lines += ["", "| where | what | help |", "|---|---|---|"]
        errors_first = sorted(report.findings, key=lambda each: each.severity != "error")
        lines += [_row(each) for each in errors_first[:ROWS_MAX]]
    more = len(report.findings) - ROWS_MAX
    if more > 0:
        lines += ["", f"and {more:,} more, which are in the log"]
    broken = [each for each in report.cases if report.command == "test" and each.failed]
    if broken:
        lines += ["", "Not as promised:", ""]
        lines += [
            f"- {_cell(each.title)} ({_code(f'{each.file}:{each.line}')})"
            for each in broken[:ROWS_MAX]
        ]
    if report.notes:
        lines += ["", report.notes]
    return "\n".join(lines) + "\n"


def _row(finding: Diagnostic) -> str:
    place = _code(f"{finding.file}:{finding.span.line}:{finding.span.column}")
    what = f"{finding.severity} {finding.code}: {_cell(finding.message)}"
    return f"| {place} | {what} | {_cell(finding.help)} |"


def _cell(text: str) -> str:
    """Keep a text within its cell, and its signs from being read as tags."""
    text = unsteered(text)
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _code(text: str) -> str:
    """Quote the name of a place; a name may have any sign in it, and none may end the quote."""
    quoted = _cell(text).replace("&lt;", "<").replace("`", "'")
    return f"`{quoted}`"
