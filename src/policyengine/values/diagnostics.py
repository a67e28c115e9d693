"""Findings about a text as plain data: code, place, message, help; and how they are drawn."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

LINE_SHOWN_MAX: Final = 160
"""Characters of a source line that are drawn; a longer line is drawn around its mark."""
VALUE_SHOWN_MAX: Final = 60
"""Characters of an author's value that a message repeats."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text; lines and columns count from 1, in characters; the end is excluded."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a finding speaks of, such as the first of two equal keys.

    `file` is empty when the place is in the finding's own file.
    """

    span: Span
    message: str
    file: str = ""


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


def is_unseen(character: str) -> bool:
    """Tell whether a character has no shape of its own: control, direction, zero-width, none."""
    if character in "\ufffe\uffff":
        return True
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def shown(value: str) -> str:
    """Quote an author's value in a message: in backticks, clipped, on one line, nothing unseen."""
    clipped = value if len(value) <= VALUE_SHOWN_MAX else f"{value[: VALUE_SHOWN_MAX - 1]}…"
    return f"`{''.join(_escaped(each) for each in clipped)}`"


def drawn(finding: Diagnostic, lines: Sequence[str]) -> str:
    """Draw a finding on its source line, as a compiler does.

    Takes: the lines of the finding's own file. Places in other files are named, not drawn.
    """
    span = finding.span
    near = [each for each in finding.related if not each.file]
    head = (
        f"{_place(finding.file)}:{span.line}:{span.column}: "
        f"{finding.severity}[{finding.code}] {finding.message}"
    )
    gutter = len(str(max([span.line, *(each.span.line for each in near)])))
    parts = [head, *_frame(span, lines, gutter, "^", "")]
    for related in near:
        parts += _frame(related.span, lines, gutter, "-", related.message)
    margin = " " * (gutter + 3)
    for related in finding.related:
        if related.file:
            place = f"{_drawable(related.file)}:{related.span.line}:{related.span.column}"
            parts.append(f"{margin}> {place}: {related.message}")
    if finding.help:
        parts.append(f"{margin}= help: {finding.help}")
    return "\n".join(parts)


def _place(file: str) -> str:
    """Name a file at the start of a line, where build servers take some signs for commands."""
    return f"./{_drawable(file)}" if file.startswith(("::", "##")) else _drawable(file)


def _frame(span: Span, lines: Sequence[str], gutter: int, mark: str, note: str) -> list[str]:
    text = lines[span.line - 1] if 1 <= span.line <= len(lines) else ""
    if not text.strip():
        return []
    end = span.end_column if span.end_line == span.line else len(text) + 1
    start = min(span.column - 1, len(text))
    end = max(start, min(end - 1, len(text)))
    before, under, after = _windowed(text, start, end)
    marks = f"{' ' * _cells(before)}{mark * max(1, _cells(under))}{' ' + note if note else ''}"
    return [f"  {span.line:>{gutter}} | {before}{under}{after}", f"  {' ' * gutter} | {marks}"]


def _windowed(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Cut a line into what is before, under and after the mark, and a long one around the mark."""
    if len(text) <= LINE_SHOWN_MAX:
        left, right = 0, len(text)
    else:
        end = min(end, start + LINE_SHOWN_MAX // 2)
        left = max(0, min(start - LINE_SHOWN_MAX // 4, len(text) - LINE_SHOWN_MAX))
        right = min(len(text), left + LINE_SHOWN_MAX)
    before = ("…" if left else "") + _drawable(text[left:start])
    after = _drawable(text[end:right]) + ("…" if right < len(text) else "")
    return before, _drawable(text[start:end]), after


def _drawable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if each == "\t" else "\ufffd" if is_unseen(each) else each for each in text)


def _escaped(character: str) -> str:
    if not is_unseen(character):
        return character
    if character == "\n":
        return " "
    return f"\\u{ord(character):04x}"


def _cells(text: str) -> int:
    """Count the columns that a text takes on a screen: wide signs two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )
