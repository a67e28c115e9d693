"""Where and why the YAML parser stopped, with the lines around it."""

import re
from dataclasses import dataclass
from typing import Final

import yaml

from policyengine.values.diagnostics import Diagnostic, Edit, Related, Span

_WORD: Final = re.compile(r"[^\s,:\[\]{}#]+")


@dataclass(frozen=True, slots=True)
class Stop:
    """What the parser reported, and the text it read: places count from 0 here, as it does."""

    name: str
    lines: tuple[str, ...]
    problem: str
    context: str
    line: int
    column: int
    begun_line: int
    begun_column: int

    @property
    def text(self) -> str:
        """The line in which the parser stopped."""
        return self.lines[self.line]

    def span(self, width: int = 1) -> Span:
        """The place where the parser stopped."""
        return Span(self.line + 1, self.column + 1, self.line + 1, self.column + 1 + width)

    def finding(
        self,
        code: str,
        message: str,
        help: str,  # noqa: A002 the field of the finding has this name
        *,
        span: Span | None = None,
        related: tuple[Related, ...] = (),
        edit: Edit | None = None,
    ) -> Diagnostic:
        """Make the finding, at the place where the parser stopped unless another is given."""
        place = span or self.span(token_width(self.text, self.column))
        return Diagnostic(code, message, self.name, place, help=help, related=related, edit=edit)


def stop_of(error: Exception, lines: tuple[str, ...], name: str) -> Stop:
    """Read an exception of PyYAML; one without a place stops at the beginning."""
    problem, context = str(error), ""
    line = column = begun_line = begun_column = 0
    if isinstance(error, yaml.MarkedYAMLError):
        problem, context = error.problem or "", error.context or ""
        mark = error.problem_mark or error.context_mark
        begun = error.context_mark or mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        begun_line, begun_column = (begun.line, begun.column) if begun else (0, 0)
    last = len(lines) - 1
    line, begun_line = min(line, last), min(begun_line, last)
    return Stop(name, lines, problem, context, line, column, begun_line, begun_column)


def token_width(text: str, column: int) -> int:
    """Measure the word at a column: up to the next space or sign of YAML, at least 1."""
    match = _WORD.match(text, column)
    return len(match[0]) if match else 1


def line_span(line: int, column: int, width: int) -> Span:
    """Give a place in a line, at least one character wide; arguments count from 0."""
    return Span(line + 1, column + 1, line + 1, column + 1 + max(1, width))


def indent_of(text: str) -> int:
    """Count the spaces that a line begins with."""
    return len(text) - len(text.lstrip(" "))
