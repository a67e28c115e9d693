"""Signs typed for others: a full-width colon, a wide space, a colon without its space."""

import re
from typing import Final

from policyengine.values.diagnostics import Diagnostic, Edit, Span, shown

WIDE_SIGNS: Final = {
    "：": ":",
    "，": ",",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "＃": "#",
    "－": "-",
    "＂": '"',
    "＇": "'",
    "\u3000": " ",
    "\u00a0": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u202f": " ",
}
"""Signs of other keyboards and pages that YAML takes for letters, and the plain sign of each."""

LINE_READ_MAX: Final = 400
"""Characters of a line that are searched for wide signs: the search takes quadratic time."""

_BEFORE_WIDE = re.compile(r"\s*(- +)*[A-Za-z_]?[\w.-]*(: *)?|[^:]*: *[\[{].*|\s*[\[{].*", re.ASCII)
KEY_WITHOUT_SPACE: Final = re.compile(r"([A-Za-z_][\w.-]*):([^\s:/]\S*)", re.ASCII)


def wide_sign_at(text: str) -> int | None:
    """Find the first wide sign of a line that stands where YAML needs a plain one.

    Such a sign ends or follows a key, begins a line or a value, or is inside brackets; within
    a text it is just a letter.
    """
    quote = ""
    for at, each in enumerate(text[:LINE_READ_MAX]):
        if quote:
            quote = "" if each == quote else quote
        elif each in "\"'":
            quote = each
        elif each == "#":
            return None
        elif each in WIDE_SIGNS and _BEFORE_WIDE.fullmatch(text, 0, at):
            return at
    return None


def wide_sign(name: str, line: int, column: int, rest: str, pointer: str = "") -> Diagnostic:
    """Report a wide sign where YAML needs the plain one.

    Takes: the place of the sign, counted from 1, and the text from the sign on.
    """
    sign, plain = rest[0], WIDE_SIGNS[rest[0]]
    label = f"space U+{ord(sign):04X}" if sign.isspace() else f"sign `{sign}`"
    wanted = "a plain space" if plain == " " else f"`{plain}`"
    space = " " if plain in ":," and rest[1:2].strip() else ""
    span = Span(line, column, line, column + 1)
    return Diagnostic(
        code="PE018",
        message=f"the {label} is a letter to YAML, which needs {wanted} here",
        file=name,
        span=span,
        pointer=pointer,
        help=f"write {wanted}" + (" and a space" if space else ""),
        edit=Edit(span, plain + space),
    )


def without_space(name: str, span: Span, match: re.Match[str], pointer: str = "") -> Diagnostic:
    """Report `key:value`; the match is one of `KEY_WITHOUT_SPACE`."""
    after_colon = span.column + len(match[1]) + 1
    spot = Span(span.line, after_colon, span.line, after_colon)
    return Diagnostic(
        code="PE015",
        message=f"{shown(match[0])} has no space after its colon",
        file=name,
        span=span,
        pointer=pointer,
        help=f"write {shown(f'{match[1]}: {match[2]}')}; or put it in quotes if it is one text",
        edit=Edit(spot, " "),
    )
