"""The house style of policy files: white space put in order, and never anything else.

Each step is kept only when it is proven to change nothing: the document that is read is the same,
and so is every character that is not white space, comments included.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import yaml

from policyengine.policy.source import load_source
from policyengine.values.diagnostics import Diagnostic, has_errors

INDENT: Final = 2

_Edits: TypeAlias = list[tuple[int, int, int, str]]
"""Replacements of columns `start` to `end` of a line by white space, as (line, start, end, new)."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file in house style; `text` is what it should be."""

    text: str
    is_changed: bool


def formatted(data: bytes, name: str) -> Formatted | tuple[Diagnostic, ...]:
    """Put a policy or scenario file in house style.

    Gives: the text, or the findings of a file that cannot be read; those come first.
    """
    source, findings = load_source(data, name)
    if has_errors(findings) or source.root is None:
        return findings
    text = source.text
    for step in (_without_trailing_spaces, _indented, _spaced, _without_blank_runs):
        text = _proven(step, text, source.plain)
    return Formatted(text, text.encode() != data)


def _proven(step: Callable[[str], str], text: str, plain: object) -> str:
    """Take a step, or stay where it would change the document."""
    after = step(text)
    if after == text or "".join(after.split()) != "".join(text.split()):
        return text
    source, findings = load_source(after, "")
    return text if has_errors(findings) or source.plain != plain else after


def _tokens(text: str) -> list[yaml.Token]:
    """Give the tokens of a text; those without a character of their own tell where blocks are."""
    return list(yaml.scan(text, Loader=yaml.SafeLoader))


def _inside_scalars(tokens: list[yaml.Token]) -> set[int]:
    """Give the lines that go on with a text of several lines: their white space may count."""
    inside: set[int] = set()
    for token in tokens:
        if isinstance(token, yaml.ScalarToken):
            last = token.end_mark.line - (token.end_mark.column == 0)
            inside.update(range(token.start_mark.line + 1, last + 1))
    return inside


def _without_trailing_spaces(text: str) -> str:
    inside = _inside_scalars(_tokens(text))
    return "\n".join(
        line if number in inside else line.rstrip(" ")
        for number, line in enumerate(text.split("\n"))
    )


def _without_blank_runs(text: str) -> str:
    """Leave one blank line of several, none at either end, and one line end at the last."""
    inside = _inside_scalars(_tokens(text))
    lines: list[str] = []
    for number, line in enumerate(text.split("\n")):
        is_blank = not line and number not in inside
        if not is_blank or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip("\n") + "\n"


def _edited(text: str, edits: _Edits) -> str:
    lines = text.split("\n")
    for number, start, end, new in sorted(edits, reverse=True):
        line = lines[number]
        lines[number] = line[:start] + new + line[end:]
    return "\n".join(lines)


# Spaces inside braces and brackets


def _spaced(text: str) -> str:
    edits: _Edits = []
    depth = 0
    seen = [each for each in _tokens(text) if each.start_mark.index < each.end_mark.index]
    for before, after in pairwise(seen):
        if isinstance(before, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            depth += 1
        elif isinstance(before, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            depth -= 1
        line = before.end_mark.line
        if not depth or line != after.start_mark.line:
            continue
        gap = _gap(before, after)
        start, end = before.end_mark.column, after.start_mark.column
        if gap is not None and end - start != len(gap):
            edits.append((line, start, end, gap))
    return _edited(text, edits)


def _gap(before: yaml.Token, after: yaml.Token) -> str | None:
    """Give the white space between two neighbours inside braces; None where it is left alone."""
    opening = yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken
    closing = yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken
    if isinstance(before, opening) or isinstance(after, closing | yaml.FlowEntryToken):
        return ""
    if isinstance(after, yaml.ValueToken):
        return ""
    return " " if isinstance(before, yaml.FlowEntryToken | yaml.ValueToken) else None


# Two spaces for each level


@dataclass(slots=True)
class _Margins:
    """Where lines begin, and where they should."""

    wanted: dict[int, tuple[int, int]]
    dashes: _Edits


def _indented(text: str) -> str:
    tokens = _tokens(text)
    lines = text.split("\n")
    margins = _margins(tokens)
    edits = list(margins.dashes)
    known = sorted(margins.wanted)
    inside = _inside_scalars(tokens)
    for number, line in enumerate(lines):
        margin = len(line) - len(line.lstrip(" "))
        if not line.strip():
            continue
        if number in margins.wanted:
            new = margins.wanted[number][1]
        else:
            is_comment = line.lstrip(" ").startswith("#") and number not in inside
            new = _followed(number, margin, known, margins, is_comment=is_comment)
        edits.append((number, 0, margin, " " * new))
    return _edited(text, edits)


def _followed(
    number: int, margin: int, known: list[int], margins: _Margins, *, is_comment: bool
) -> int:
    """Give the margin of a line that begins nothing: it moves along with the one it belongs to.

    A comment belongs to the next line or to the one before, whichever it is aligned with; the
    rest of a text or of braces belongs to the line that began it.
    """
    at = bisect_right(known, number)
    before = margins.wanted[known[at - 1]] if at else (0, 0)
    after = margins.wanted[known[at]] if at < len(known) else (0, 0)
    if is_comment:
        for old, new in (after, before):
            if margin == old:
                return new
        before = after
    return max(0, margin + before[1] - before[0])


def _margins(tokens: list[yaml.Token]) -> _Margins:
    """Find the lines that begin a key, an item or a value of a block, and their right margins."""
    margins = _Margins({}, [])
    stack: list[tuple[int, int]] = []
    depth, last_line = 0, -1
    dash: yaml.Token | None = None
    for token in tokens:
        start = token.start_mark
        if isinstance(token, yaml.BlockMappingStartToken | yaml.BlockSequenceStartToken):
            stack.append((start.column, _margin(stack, start.column)))
            continue
        if isinstance(token, yaml.BlockEndToken):
            stack.pop()
        if start.index == token.end_mark.index:
            continue
        if not depth:
            if start.line > last_line:
                margins.wanted[start.line] = (start.column, _margin(stack, start.column))
            elif dash is not None:
                margins.dashes += _after_dash(dash, token)
        depth += _step(token)
        dash = token if isinstance(token, yaml.BlockEntryToken) else None
        last_line = max(last_line, token.end_mark.line - (token.end_mark.column == 0))
    return margins


def _margin(stack: list[tuple[int, int]], column: int) -> int:
    """Give the margin of the first token of a line: that of its block, or one level further."""
    if not stack:
        return 0
    old, new = stack[-1]
    return new if column <= old else new + INDENT


def _after_dash(dash: yaml.Token, token: yaml.Token) -> Iterator[tuple[int, int, int, str]]:
    line, start, end = dash.end_mark.line, dash.end_mark.column, token.start_mark.column
    if end - start > 1 and token.start_mark.line == line:
        yield line, start, end, " "


def _step(token: yaml.Token) -> int:
    if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
        return 1
    closing = isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken)
    return -1 if closing else 0
