"""A syntax error of the YAML parser, reworded: what is wrong in the author's line, and the cure.

The parser says what it did not find; this module looks at the line to say what was meant.
"""

import re
from collections.abc import Callable
from typing import Final

from policyengine.policy.indentation import odd_first_line
from policyengine.policy.signs import KEY_WITHOUT_SPACE, wide_sign, wide_sign_at, without_space
from policyengine.policy.stop import Stop, indent_of, line_span, stop_of, token_width
from policyengine.values.diagnostics import Diagnostic, Edit, Related, shown

INDENTS_SHOWN_MAX: Final = 8

_KEY = re.compile(r"\s*(?:- +)*(?P<key>'[^']*'|\"[^\"]*\"|[^\s#'\"\[{][^#]*?) *: +(?P<value>\S.*)")


def reworded(error: Exception, lines: tuple[str, ...], name: str) -> Diagnostic:
    """Turn an exception of PyYAML's pure parser into a finding."""
    stop = stop_of(error, lines, name)
    wide = _wide_sign(stop)
    if wide:
        return wide
    for pattern, rule in _RULES:
        if pattern.search(f"{stop.context}: {stop.problem}"):
            return rule(stop)
    return _not_yaml(stop)


def _wide_sign(stop: Stop) -> Diagnostic | None:
    for line in dict.fromkeys((stop.begun_line, stop.line)):
        text = stop.lines[line]
        at = wide_sign_at(text)
        if at is not None:
            return wide_sign(stop.name, line + 1, at + 1, text[at:])
    return None


def _no_colon(stop: Stop) -> Diagnostic:
    """A line that should be `key: value` and has no colon, or no space behind it."""
    text = stop.lines[stop.begun_line]
    rest = text[stop.begun_column :].split(" #")[0].rstrip()
    place = line_span(stop.begun_line, stop.begun_column, len(rest))
    match = KEY_WITHOUT_SPACE.match(rest)
    if match:
        return without_space(stop.name, place, match)
    if rest[:1] in {'"', "'"} and rest.count(rest[0]) == 1:
        return _open_quote(stop)
    return stop.finding(
        "PE015",
        f"{shown(rest)} is not followed by a colon",
        "write `key: value`; or indent the line further if it continues the text above",
        span=place,
    )


def _second_colon(stop: Stop) -> Diagnostic:
    """A colon where the parser has no use for one: in plain text, or in a line too far right."""
    match = _KEY.match(stop.text)
    if match and match.start("value") <= stop.column:
        value = match["value"].split(" #")[0].rstrip()
        span = line_span(stop.line, match.start("value"), len(value))
        quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return stop.finding(
            "PE011",
            f"the text of {shown(match['key'])} holds a colon and a space",
            "put the text in quotes",
            span=span,
            edit=Edit(span, quoted),
        )
    above = _line_above(stop)
    if above is None:
        return _not_yaml(stop)
    start = indent_of(stop.text)
    word = stop.text[start : stop.column]
    return (
        _no_key_above(stop, above)
        or _odd_first_line(stop)
        or stop.finding(
            "PE012",
            f"{shown(word)} is indented further than the line above allows",
            "move it left to line up with the keys beside it, or end the line above with a colon",
            span=line_span(stop.line, start, len(word)),
            related=_related(stop, above, "this line already has its value"),
        )
    )


def _line_above(stop: Stop) -> int | None:
    for line in range(stop.line - 1, -1, -1):
        text = stop.lines[line].strip()
        if text and not text.startswith("#"):
            return line
    return None


def _no_key_above(stop: Stop, above: int) -> Diagnostic | None:
    """Report the line above, if it is `key:value` or `key：value`, which YAML takes for text."""
    text = stop.lines[above]
    at = wide_sign_at(text)
    if at is not None:
        return wide_sign(stop.name, above + 1, at + 1, text[at:])
    start = indent_of(text)
    match = KEY_WITHOUT_SPACE.fullmatch(text.rstrip(), start)
    return (
        without_space(stop.name, line_span(above, start, len(match[0])), match) if match else None
    )


def _related(stop: Stop, line: int, message: str) -> tuple[Related, ...]:
    text = stop.lines[line].rstrip()
    start = indent_of(text)
    return (Related(line_span(line, start, len(text) - start), message),)


def _no_block_end(stop: Stop) -> Diagnostic:
    """A line that fits no line above, or text behind a value that is already complete."""
    start = indent_of(stop.text)
    rest = stop.text[stop.column :].strip()
    if rest.startswith(":"):
        return _missing_key(stop)
    if stop.column > start and stop.text[start] != "-":
        return stop.finding(
            "PE010",
            f"{shown(rest)} follows a value that has ended",
            "put the whole text in one pair of quotes, or delete what is too much",
        )
    place = line_span(stop.line, start, len(stop.text.rstrip()) - start)
    if start == stop.begun_column:
        this, those = ("list item", "keys") if rest.startswith("- ") else ("key", "list items")
        message = f"a {this} stands among {those}"
        help_ = "indent it further, below the key that it belongs to"
        return stop.finding("PE012", message, help_, span=place)
    return _odd_first_line(stop) or stop.finding(
        "PE012",
        "this line lines up with no line above",
        f"indent it by {_indents_above(stop)} spaces",
        span=place,
    )


def _odd_first_line(stop: Stop) -> Diagnostic | None:
    """Report the first line of a block, where it is the one that is not indented like the rest."""
    line = odd_first_line(stop.lines, stop.line)
    if line is None:
        return None
    text = stop.lines[line].rstrip()
    start, wanted = indent_of(text), indent_of(stop.text)
    rest = stop.text.rstrip()
    return stop.finding(
        "PE012",
        "this line does not line up with those that follow it",
        f"indent it by {wanted} spaces, like line {stop.line + 1}",
        span=line_span(line, start, len(text) - start),
        related=(Related(line_span(stop.line, wanted, len(rest) - wanted), "which stands here"),),
    )


def _indents_above(stop: Stop) -> str:
    """List the indentations that a line could have here: those of the lines it may belong to."""
    found: list[int] = []
    for text in reversed(stop.lines[: stop.line]):
        indent = indent_of(text)
        if text.strip() and not text.strip().startswith("#"):
            item = re.compile(r" *(- +)+").match(text)
            for each in (item.end() if item else indent, indent):
                if not found or each < found[-1]:
                    found.append(each)
    nearest = [each for each in found if each != stop.column][:INDENTS_SHOWN_MAX]
    *first, last = [str(each) for each in reversed(nearest)] or ["0"]
    return f"{', '.join(first)} or {last}" if first else last


def _not_listed_here(stop: Stop) -> Diagnostic:
    return stop.finding(
        "PE012",
        "a list item cannot begin here",
        "begin each `- ` on a line of its own below the key, or write the list as `[a, b]`",
    )


def _open_bracket(stop: Stop) -> Diagnostic:
    """A comma or closing bracket is missing; far from the opening, the closing one is."""
    opening, closing = ("[", "]") if "sequence" in stop.context else ("{", "}")
    at_end = stop.line != stop.begun_line or "<stream end>" in stop.problem
    spot = line_span(stop.begun_line, stop.begun_column, 1)
    related = (Related(spot, "opened here"),)
    if at_end:
        return stop.finding(
            "PE013",
            f"the `{opening}` is not closed before line {stop.line + 1} goes on",
            f"close it with `{closing}`, or put a comma between the entries",
            span=spot,
            related=(Related(stop.span(), "read on up to here"),),
        )
    if stop.text[stop.column : stop.column + 1] in {"]", "}"}:
        message = f"the `{opening}` is not closed before `{stop.text[stop.column]}`"
        return stop.finding("PE013", message, f"close it with `{closing}`", related=related)
    return _missing_comma(stop, related)


def _missing_comma(stop: Stop, related: tuple[Related, ...]) -> Diagnostic:
    at = stop.column
    before = stop.text[:at].rstrip()
    if stop.text[at : at + 1] == ":" and before:
        at = before.rfind(" ") + 1
    width = token_width(stop.text, at)
    return stop.finding(
        "PE013",
        f"a comma is missing before {shown(stop.text[at : at + width])}",
        "put a comma between the entries; text that holds a bracket, a comma or `: ` needs quotes",
        span=line_span(stop.line, at, width),
        related=related,
    )


def _open_quote(stop: Stop) -> Diagnostic:
    text = stop.lines[stop.begun_line]
    sign = text[stop.begun_column : stop.begun_column + 1]
    doubled = "''" if sign == "'" else '\\"'
    return stop.finding(
        "PE014",
        "the quote opened here is not closed",
        f"close the text with `{sign}`; the sign itself is written `{doubled}`",
        span=line_span(stop.begun_line, stop.begun_column, len(text) - stop.begun_column),
    )


def _unknown_escape(stop: Stop) -> Diagnostic:
    before = max(0, stop.column - 1)
    written = stop.text[before : stop.column + 1]
    return stop.finding(
        "PE017",
        f"{shown(written)} is not an escape in double quotes",
        "double the backslash, or use single quotes, where it has no meaning",
        span=line_span(stop.line, before, len(written)),
    )


def _beyond_unicode(stop: Stop) -> Diagnostic:
    """Find an escape of eight digits that is too large: the parser fails on it without a place."""
    for number, line in enumerate(stop.lines):
        match = re.search(r"\\U(?!000|0010)[0-9A-Fa-f]{8}", line)
        if match:
            return stop.finding(
                "PE017",
                f"{shown(match[0])} is beyond the last character of Unicode",
                "write the character itself, or an escape of up to `\\U0010FFFF`",
                span=line_span(number, match.start(), len(match[0])),
            )
    return _not_yaml(stop)


def _cannot_begin(stop: Stop) -> Diagnostic:
    at = stop.begun_column if stop.line == stop.begun_line else stop.column
    sign = "a backtick" if stop.text[at] == "`" else shown(stop.text[at])
    return stop.finding(
        "PE016",
        f"a value cannot begin with {sign}",
        f"put the value in quotes, if {sign} belongs to it",
        span=line_span(stop.line, at, 1),
    )


def _block_header(stop: Stop) -> Diagnostic:
    sign = stop.text[stop.begun_column : stop.begun_column + 1]
    return stop.finding(
        "PE016",
        f"text cannot follow {shown(sign)} in the same line",
        f"begin the text in the next line, or put the value in quotes if {shown(sign)} belongs "
        "to it",
        span=line_span(stop.line, stop.begun_column, 1),
    )


def _missing_key(stop: Stop) -> Diagnostic:
    message = "a key is missing before the colon"
    return stop.finding("PE031", message, "write the key, or delete the colon")


def _missing_value(stop: Stop) -> Diagnostic:
    found = stop.text[stop.column : stop.column + 1]
    if found == ":":
        return _missing_key(stop)
    where = shown(found) if found.strip() else "the end of the line"
    return stop.finding(
        "PE010",
        f"a value is missing before {where}",
        "write the value, or delete the sign that is too much",
        span=stop.span(),
    )


def _tag(stop: Stop) -> Diagnostic:
    at = stop.text.find("!")
    at = stop.column if at < 0 else at
    return stop.finding(
        "PE021",
        "a tag, begun by `!`, changes what a value is",
        "delete it; or put the text in quotes if `!` was meant as such",
        span=line_span(stop.line, at, 1),
    )


def _directive(stop: Stop) -> Diagnostic:
    return stop.finding(
        "PE023",
        "a line that begins with `%` changes how the file is read",
        "delete the line; a policy is YAML 1.2 without directives",
        span=line_span(stop.line, 0, len(stop.text)),
    )


def _after_the_end(stop: Stop) -> Diagnostic:
    text = stop.text.strip()
    return stop.finding(
        "PE012",
        f"{shown(text) if text else 'what follows'} does not belong to what stands above",
        "line it up with the lines above; a file holds one mapping",
    )


def _not_yaml(stop: Stop) -> Diagnostic:
    return stop.finding(
        "PE010",
        f"YAML cannot be read beyond this point ({_plain_problem(stop)})",
        "compare the line with the lines above; text with special signs needs quotes",
    )


def _plain_problem(stop: Stop) -> str:
    return " ".join(f"{stop.context} {stop.problem}".split())[:100].strip().lower()


_Rule = tuple[re.Pattern[str], Callable[[Stop], Diagnostic]]

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
