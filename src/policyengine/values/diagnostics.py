"""Findings about a text as plain data: code, place, message, help; and how they are drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text; lines and columns count from 1, in characters; the end is excluded."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a finding speaks of, such as the first of two equal keys."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of a stretch of the text that would mend the finding."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong, where, and one act that mends it.

    `pointer` is a JSON pointer into the document (`/plans/pro/cycle`), empty for the whole file.
    `message` is one lower-case sentence with the author's words in backticks.
    """

    code: str
    message: str
    file: str
    span: Span
    severity: Severity = "error"
    pointer: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()
    edit: Edit | None = None


def sorted_findings(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Order findings by file, place and code; equal findings are kept once."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda each: (each.file, each.span, each.code, each.message)))


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    """Tell whether any finding is an error."""
    return any(each.severity == "error" for each in findings)


def drawn(finding: Diagnostic, lines: Sequence[str]) -> str:
    """Draw a finding on its source line, as a compiler does."""
    span = finding.span
    head = (
        f"{finding.file}:{span.line}:{span.column}: "
        f"{finding.severity}[{finding.code}] {finding.message}"
    )
    gutter = len(str(max([span.line, *(each.span.line for each in finding.related)])))
    parts = [head, *_frame(span, lines, gutter, "^", "")]
    for related in finding.related:
        parts += _frame(related.span, lines, gutter, "-", related.message)
    if finding.help:
        parts.append(f"{' ' * (gutter + 2)}= help: {finding.help}")
    return "\n".join(parts)


LINE_SHOWN_MAX = 160


def _frame(span: Span, lines: Sequence[str], gutter: int, mark: str, note: str) -> list[str]:
    if not 1 <= span.line <= len(lines):
        return []
    text = lines[span.line - 1].replace("\t", " ")
    if len(text) > LINE_SHOWN_MAX:
        return []
    end = span.end_column if span.end_line == span.line else len(text) + 1
    width = max(1, min(end, len(text) + 1) - span.column)
    under = f"{' ' * (span.column - 1)}{mark * width}{' ' + note if note else ''}"
    return [f"  {span.line:>{gutter}} | {text}", f"  {' ' * gutter} | {under}"]
