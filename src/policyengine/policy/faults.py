"""What can be wrong with one key or one text of the tree, each as a finding or None."""

import re
from typing import Final

from policyengine.policy.nodes import Node, ScalarNode
from policyengine.policy.scalars import LookAlike
from policyengine.policy.signs import KEY_WITHOUT_SPACE, WIDE_SIGNS, wide_sign, without_space
from policyengine.values.diagnostics import Diagnostic, Edit, Related, Span, is_unseen, shown

_WIDE_SPACES: Final = "".join(sign for sign, plain in WIDE_SIGNS.items() if plain == " ")
_WIDE = re.compile(f"[{''.join(WIDE_SIGNS)}]")
_WIDE_AT_EDGE = re.compile(f"^[{_WIDE_SPACES}]|[{_WIDE_SPACES}]$")
_WIDE_COLON = re.compile(rf"[A-Za-z_][\w.-]*(?=：)|[A-Za-z_][\w.-]*:(?=[{_WIDE_SPACES}])", re.ASCII)
_DIGIT_GROUP = re.compile(r"[0-9]{3}")
_DIGITS = re.compile(r"[0-9]+")
_WHOLE = re.compile(r"0|[1-9][0-9]*")


def twice(name: str, key: ScalarNode, first: ScalarNode, pointer: str) -> Diagnostic:
    """Report a key that the mapping holds already."""
    return Diagnostic(
        code="PE030",
        message=f"the key {shown(key.text)} stands here a second time",
        file=name,
        span=key.span,
        pointer=pointer,
        help="delete one of the two",
        related=(Related(first.span, "it stands here already"),),
    )


def merge_key(name: str, key: ScalarNode, pointer: str) -> Diagnostic:
    """Report `<<`."""
    return Diagnostic(
        code="PE022",
        message="the merge key `<<` copies keys from elsewhere",
        file=name,
        span=key.span,
        pointer=pointer,
        help="write the keys out; a reader must see what counts",
    )


def key_is_no_text(name: str, text: str, span: Span, pointer: str) -> Diagnostic:
    """Report a key that is empty, a number, true, false or null."""
    if not text:
        return Diagnostic(
            code="PE031",
            message="a key is missing before the colon",
            file=name,
            span=span,
            pointer=pointer,
            help="write the key, or delete the colon",
        )
    quoted = f'"{text}"'
    return Diagnostic(
        code="PE031",
        message=f"the key {shown(text)} is not text",
        file=name,
        span=span,
        pointer=pointer,
        help=f"put it in quotes: {shown(quoted)}",
        edit=Edit(span, quoted),
    )


def key_is_no_name(name: str, span: Span, pointer: str) -> Diagnostic:
    """Report a list or mapping that stands where a key is expected."""
    return Diagnostic(
        code="PE032",
        message="a list or mapping stands where a key is expected",
        file=name,
        span=span,
        pointer=pointer,
        help="write a name as the key; check that the brackets before it close in the right order",
    )


def look_alike(name: str, found: LookAlike, span: Span, pointer: str) -> Diagnostic:
    """Report text that only looks like a number."""
    return Diagnostic(
        code=found.code,
        message=found.message,
        file=name,
        span=span,
        pointer=pointer,
        help=found.help,
        edit=Edit(span, found.meant) if found.is_certain else None,
    )


def no_colon(name: str, key: ScalarNode, pointer: str, before: Node | None) -> Diagnostic:
    """Report a key in `{...}` that has neither colon nor value; `before` is the value before it."""
    wide = wide_sign_in_key(name, key.text, key.span, pointer) if key.style == "plain" else None
    if wide:
        return wide
    match = KEY_WITHOUT_SPACE.match(key.text)
    if match:
        return without_space(name, key.span, match, pointer)
    if isinstance(before, ScalarNode) and _is_cut_number(before, key):
        return _cut_number(name, key, pointer, before)
    return Diagnostic(
        code="PE015",
        message=f"{shown(key.text)} has neither a colon nor a value",
        file=name,
        span=key.span,
        pointer=pointer,
        help=f"write `{key.text}: ` and its value; text that holds a comma needs quotes",
    )


def _is_cut_number(before: ScalarNode, key: ScalarNode) -> bool:
    """Tell a number that a comma cuts in two: `{credits: 0,5}`."""
    return _WHOLE.fullmatch(before.text) is not None and _DIGITS.fullmatch(key.text) is not None


def _cut_number(name: str, key: ScalarNode, pointer: str, before: ScalarNode) -> Diagnostic:
    """Report it: as a decimal comma, or as separators where three digits follow the comma."""
    is_group = _DIGIT_GROUP.fullmatch(key.text) is not None and before.text != "0"
    meant = before.text + ("" if is_group else ".") + key.text
    reason = "separators between digits" if is_group else "a decimal comma"
    span = Span(before.span.line, before.span.column, key.span.end_line, key.span.end_column)
    return Diagnostic(
        code="PE040",
        message=f"{shown(f'{before.text},{key.text}')} is not plain decimal notation: it has "
        f"{reason}",
        file=name,
        span=span,
        pointer=pointer,
        help=f"write `{meant}`",
        edit=None if is_group else Edit(span, meant),
    )


def wide_sign_in_key(name: str, key: str, span: Span, pointer: str) -> Diagnostic | None:
    """Report a full-width sign or wide space in a key without quotes."""
    match = _WIDE.search(key)
    if match is None:
        return None
    at = match.start()
    return wide_sign(name, span.line, span.column + at, key[at:], pointer)


def wide_space_at_edge(name: str, text: str, span: Span, pointer: str) -> Diagnostic | None:
    """Report a wide space that begins or ends a text without quotes."""
    match = _WIDE_AT_EDGE.search(text)
    if match is None or span.line != span.end_line:
        return None
    return wide_sign(name, span.line, span.column + match.start(), match[0], pointer)


def wide_colon(name: str, text: str, span: Span, pointer: str) -> Diagnostic | None:
    """Report text such as `credits：300`, where a key was meant."""
    match = _WIDE_COLON.match(text)
    if match is None:
        return None
    return wide_sign(name, span.line, span.column + match.end(), text[match.end() :], pointer)


def colon_without_space(name: str, text: str, span: Span, pointer: str) -> Diagnostic | None:
    """Report text such as `credits:300` on a line of its own, where a key was meant."""
    match = KEY_WITHOUT_SPACE.match(text)
    if match is None:
        return None
    first_word = Span(span.line, span.column, span.line, span.column + len(match[0]))
    return without_space(name, first_word, match, pointer)


def unseen_escape(name: str, text: str, span: Span, pointer: str) -> Diagnostic | None:
    """Report an escape in quotes that stands for a character that cannot be seen."""
    found = next((each for each in text if each != "\n" and is_unseen(each)), None)
    if found is None:
        return None
    return Diagnostic(
        code="PE003",
        message=f"the text holds the character U+{ord(found):04X}, which cannot be seen",
        file=name,
        span=span,
        pointer=pointer,
        help="delete the escape that stands for it",
    )
