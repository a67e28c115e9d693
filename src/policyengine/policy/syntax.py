"""A syntax error of the YAML parser, reworded: what is wrong in the author's line, and the cure.

The parser says what it did not find; this module looks at the line to say what was meant.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import yaml

from policyengine.policy.signs import KEY_WITHOUT_SPACE, wide_sign, wide_sign_at, without_space
from policyengine.values.diagnostics import Diagnostic, Edit, Related, Span, shown

INDENTS_SHOWN_MAX: Final = 8

_KEY = re.compile(r"\s*(?:- +)*(?P<key>'[^']*'|\"[^\"]*\"|[^\s#'\"\[{][^#]*?) *: +(?P<value>\S.*)")


@dataclass(frozen=True, slots=True)
class Fault:
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
        place = span or self.span(_token_width(self.text, self.column))
        return Diagnostic(code, message, self.name, place, help=help, related=related, edit=edit)


def reworded(error: Exception, lines: tuple[str, ...], name: str) -> Diagnostic:
    """Turn an exception of PyYAML's pure parser into a finding."""
    fault = _fault(error, lines, name)
    wide = _wide_sign(fault)
    if wide:
        return wide
    for pattern, rule in _RULES:
        if pattern.search(f"{fault.context}: {fault.problem}"):
            return rule(fault)
    return _not_yaml(fault)


def _fault(error: Exception, lines: tuple[str, ...], name: str) -> Fault:
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
    return Fault(name, lines, problem, context, line, column, begun_line, begun_column)


def _token_width(text: str, column: int) -> int:
    """Measure the word at a column: up to the next space or sign of YAML, at least 1."""
    match = re.compile(r"[^\s,:\[\]{}#]+").match(text, column)
    return len(match[0]) if match else 1


def _wide_sign(fault: Fault) -> Diagnostic | None:
    for line in dict.fromkeys((fault.begun_line, fault.line)):
        text = fault.lines[line]
        at = wide_sign_at(text)
        if at is not None:
            return wide_sign(fault.name, line + 1, at + 1, text[at:])
    return None


def _no_colon(fault: Fault) -> Diagnostic:
    """A line that should be `key: value` and has no colon, or no space behind it."""
    text = fault.lines[fault.begun_line]
    rest = text[fault.begun_column :].split(" #")[0].rstrip()
    place = _line_span(fault.begun_line, fault.begun_column, len(rest))
    match = KEY_WITHOUT_SPACE.match(rest)
    if match:
        return without_space(fault.name, place, match)
    if rest[:1] in {'"', "'"} and rest.count(rest[0]) == 1:
        return _open_quote(fault)
    return fault.finding(
        "PE015",
        f"{shown(rest)} is not followed by a colon",
        "write `key: value`; or indent the line further if it continues the text above",
        span=place,
    )


def _line_span(line: int, column: int, width: int) -> Span:
    return Span(line + 1, column + 1, line + 1, column + 1 + max(1, width))


def _second_colon(fault: Fault) -> Diagnostic:
    """A colon where the parser has no use for one: in plain text, or in a line too far right."""
    match = _KEY.match(fault.text)
    if match and match.start("value") <= fault.column:
        value = match["value"].split(" #")[0].rstrip()
        span = _line_span(fault.line, match.start("value"), len(value))
        quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return fault.finding(
            "PE011",
            f"the text of {shown(match['key'])} holds a colon and a space",
            "put the text in quotes",
            span=span,
            edit=Edit(span, quoted),
        )
    above = _line_above(fault)
    if above is None:
        return _not_yaml(fault)
    start = _indent(fault.text)
    word = fault.text[start : fault.column]
    return _no_key_above(fault, above) or fault.finding(
        "PE012",
        f"{shown(word)} is indented further than the line above allows",
        "move it left to line up with the keys beside it, or end the line above with a colon",
        span=_line_span(fault.line, start, len(word)),
        related=_related(fault, above, "this line already has its value"),
    )


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _line_above(fault: Fault) -> int | None:
    for line in range(fault.line - 1, -1, -1):
        text = fault.lines[line].strip()
        if text and not text.startswith("#"):
            return line
    return None


def _no_key_above(fault: Fault, above: int) -> Diagnostic | None:
    """Report the line above, if it is `key:value` or `key：value`, which YAML takes for text."""
    text = fault.lines[above]
    at = wide_sign_at(text)
    if at is not None:
        return wide_sign(fault.name, above + 1, at + 1, text[at:])
    start = _indent(text)
    match = KEY_WITHOUT_SPACE.fullmatch(text.rstrip(), start)
    return (
        without_space(fault.name, _line_span(above, start, len(match[0])), match) if match else None
    )


def _related(fault: Fault, line: int, message: str) -> tuple[Related, ...]:
    text = fault.lines[line].rstrip()
    start = _indent(text)
    return (Related(_line_span(line, start, len(text) - start), message),)


def _no_block_end(fault: Fault) -> Diagnostic:
    """A line that fits no line above, or text behind a value that is already complete."""
    start = _indent(fault.text)
    rest = fault.text[fault.column :].strip()
    if rest.startswith(":"):
        message = "a key is missing before the colon"
        return fault.finding("PE031", message, "write the key, or delete the colon")
    if fault.column > start and fault.text[start] != "-":
        return fault.finding(
            "PE010",
            f"{shown(rest)} follows a value that has ended",
            "put the whole text in one pair of quotes, or delete what is too much",
        )
    place = _line_span(fault.line, start, len(fault.text.rstrip()) - start)
    if start == fault.begun_column:
        this, those = ("list item", "keys") if rest.startswith("- ") else ("key", "list items")
        message = f"a {this} stands among {those}"
        help_ = "indent it further, below the key that it belongs to"
        return fault.finding("PE012", message, help_, span=place)
    return fault.finding(
        "PE012",
        "this line lines up with no line above",
        f"indent it by {_indents_above(fault)} spaces",
        span=place,
    )


def _indents_above(fault: Fault) -> str:
    """List the indentations that a line could have here: those of the lines it may belong to."""
    found: list[int] = []
    for text in reversed(fault.lines[: fault.line]):
        indent = _indent(text)
        if text.strip() and not text.strip().startswith("#"):
            item = re.compile(r" *(- +)+").match(text)
            for each in (item.end() if item else indent, indent):
                if not found or each < found[-1]:
                    found.append(each)
    nearest = [each for each in found if each != fault.column][:INDENTS_SHOWN_MAX]
    *first, last = [str(each) for each in reversed(nearest)] or ["0"]
    return f"{', '.join(first)} or {last}" if first else last


def _not_listed_here(fault: Fault) -> Diagnostic:
    return fault.finding(
        "PE012",
        "a list item cannot begin here",
        "begin each `- ` on a line of its own below the key, or write the list as `[a, b]`",
    )


def _open_bracket(fault: Fault) -> Diagnostic:
    """A comma or closing bracket is missing; far from the opening, the closing one is."""
    opening, closing = ("[", "]") if "sequence" in fault.context else ("{", "}")
    at_end = fault.line != fault.begun_line or "<stream end>" in fault.problem
    spot = _line_span(fault.begun_line, fault.begun_column, 1)
    related = (Related(spot, "opened here"),)
    if at_end:
        return fault.finding(
            "PE013",
            f"the `{opening}` is not closed before line {fault.line + 1} goes on",
            f"close it with `{closing}`, or put a comma between the entries",
            span=spot,
            related=(Related(fault.span(), "read on up to here"),),
        )
    if fault.text[fault.column : fault.column + 1] in {"]", "}"}:
        message = f"the `{opening}` is not closed before `{fault.text[fault.column]}`"
        return fault.finding("PE013", message, f"close it with `{closing}`", related=related)
    return _missing_comma(fault, related)


def _missing_comma(fault: Fault, related: tuple[Related, ...]) -> Diagnostic:
    at = fault.column
    before = fault.text[:at].rstrip()
    if fault.text[at : at + 1] == ":" and before:
        at = before.rfind(" ") + 1
    width = _token_width(fault.text, at)
    return fault.finding(
        "PE013",
        f"a comma is missing before {shown(fault.text[at : at + width])}",
        "put a comma between the entries; text that holds a bracket, a comma or `: ` needs quotes",
        span=_line_span(fault.line, at, width),
        related=related,
    )


def _open_quote(fault: Fault) -> Diagnostic:
    text = fault.lines[fault.begun_line]
    sign = text[fault.begun_column : fault.begun_column + 1]
    doubled = "''" if sign == "'" else '\\"'
    return fault.finding(
        "PE014",
        "the quote opened here is not closed",
        f"close the text with `{sign}`; the sign itself is written `{doubled}`",
        span=_line_span(fault.begun_line, fault.begun_column, len(text) - fault.begun_column),
    )


def _unknown_escape(fault: Fault) -> Diagnostic:
    before = max(0, fault.column - 1)
    written = fault.text[before : fault.column + 1]
    return fault.finding(
        "PE017",
        f"{shown(written)} is not an escape in double quotes",
        "double the backslash, or use single quotes, where it has no meaning",
        span=_line_span(fault.line, before, len(written)),
    )


def _beyond_unicode(fault: Fault) -> Diagnostic:
    """Find an escape of eight digits that is too large: the parser fails on it without a place."""
    for number, line in enumerate(fault.lines):
        match = re.search(r"\\U(?!000|0010)[0-9A-Fa-f]{8}", line)
        if match:
            return fault.finding(
                "PE017",
                f"{shown(match[0])} is beyond the last character of Unicode",
                "write the character itself, or an escape of up to `\\U0010FFFF`",
                span=_line_span(number, match.start(), len(match[0])),
            )
    return _not_yaml(fault)


def _cannot_begin(fault: Fault) -> Diagnostic:
    at = fault.begun_column if fault.line == fault.begun_line else fault.column
    sign = "a backtick" if fault.text[at] == "`" else shown(fault.text[at])
    return fault.finding(
        "PE016",
        f"a value cannot begin with {sign}",
        f"put the value in quotes, if {sign} belongs to it",
        span=_line_span(fault.line, at, 1),
    )


def _block_header(fault: Fault) -> Diagnostic:
    sign = fault.text[fault.begun_column : fault.begun_column + 1]
    return fault.finding(
        "PE016",
        f"text cannot follow {shown(sign)} in the same line",
        f"begin the text in the next line, or put the value in quotes if {shown(sign)} belongs "
        "to it",
        span=_line_span(fault.line, fault.begun_column, 1),
    )


def _missing_value(fault: Fault) -> Diagnostic:
    found = fault.text[fault.column : fault.column + 1]
    where = shown(found) if found.strip() else "the end of the line"
    return fault.finding(
        "PE010",
        f"a value is missing before {where}",
        "write the value, or delete the sign that is too much",
        span=fault.span(),
    )


def _tag(fault: Fault) -> Diagnostic:
    at = fault.text.find("!")
    at = fault.column if at < 0 else at
    return fault.finding(
        "PE021",
        "a tag, begun by `!`, changes what a value is",
        "delete it; or put the text in quotes if `!` was meant as such",
        span=_line_span(fault.line, at, 1),
    )


def _directive(fault: Fault) -> Diagnostic:
    return fault.finding(
        "PE023",
        "a line that begins with `%` changes how the file is read",
        "delete the line; a policy is YAML 1.2 without directives",
        span=_line_span(fault.line, 0, len(fault.text)),
    )


def _after_the_end(fault: Fault) -> Diagnostic:
    text = fault.text.strip()
    return fault.finding(
        "PE012",
        f"{shown(text) if text else 'what follows'} does not belong to what stands above",
        "line it up with the lines above; a file holds one mapping",
    )


def _not_yaml(fault: Fault) -> Diagnostic:
    return fault.finding(
        "PE010",
        f"YAML cannot be read beyond this point ({_plain_problem(fault)})",
        "compare the line with the lines above; text with special signs needs quotes",
    )


def _plain_problem(fault: Fault) -> str:
    return " ".join(f"{fault.context} {fault.problem}".split())[:100].strip().lower()


_Rule = tuple[re.Pattern[str], Callable[[Fault], Diagnostic]]

_RULES: Final[tuple[_Rule, ...]] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"could not find expected ':'", _no_colon),
        (r"mapping values are not allowed", _second_colon),
        (r"sequence entries are not allowed", _not_listed_here),
        (r"expected <block end>", _no_block_end),
        (r"expected ',' or", _open_bracket),
        (r"unexpected end of stream|unexpected document separator", _open_quote),
        (r"unknown escape|hexadecimal numbers", _unknown_escape),
        (r"chr\(\) arg|too large to convert", _beyond_unicode),
        (r"cannot start any token|mapping keys are not allowed", _cannot_begin),
        (r"scanning an (anchor|alias)", _cannot_begin),
        (r"scanning a block scalar", _block_header),
        (r"expected the node content", _missing_value),
        (r"(scanning|parsing) a tag|tag handle", _tag),
        (r"directive|incompatible YAML document", _directive),
        (r"expected '<document start>'", _after_the_end),
    )
)
