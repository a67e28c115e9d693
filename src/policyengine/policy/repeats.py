"""A key that stands twice with the same value: the second one can go without changing anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policyengine.values.diagnostics import Diagnostic, Edit, Span


@dataclass(frozen=True, slots=True)
class Repeat:
    """A key that stands a second time: the finding at it, and the places of both values."""

    finding: Diagnostic
    first: Span
    second: Span


def with_edit(repeat: Repeat, lines: Sequence[str]) -> Diagnostic:
    """Give the finding, with an edit that deletes the second entry where both say the same.

    There is none where the entry shares its lines with more than the entries beside it.
    """
    if _text(repeat.first, lines) != _text(repeat.second, lines):
        return repeat.finding
    span = _entry(repeat.finding.span, repeat.second, lines)
    return replace(repeat.finding, edit=Edit(span, "")) if span else repeat.finding


def _text(span: Span, lines: Sequence[str]) -> str:
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    middle = lines[span.line : span.end_line - 1]
    last = lines[span.end_line - 1][: span.end_column - 1]
    return "\n".join((lines[span.line - 1][span.column - 1 :], *middle, last))


def _entry(key: Span, value: Span, lines: Sequence[str]) -> Span | None:
    """Find what to delete: whole lines, or inside braces the entry and the comma before it."""
    before = lines[key.line - 1][: key.column - 1]
    behind = lines[value.end_line - 1][value.end_column - 1 :]
    if not before.strip() and not behind.strip() and value.end_line < len(lines):
        return Span(key.line, 1, value.end_line + 1, 1)
    if before.rstrip().endswith(","):
        return Span(key.line, len(before.rstrip()), value.end_line, value.end_column)
    return None
