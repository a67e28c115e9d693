"""What a plain scalar means: YAML 1.2 core, and a finding for whatever only looks like a number."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from policyengine.policy.nodes import Value
from policyengine.values.diagnostics import shown

DIGITS_MAX: Final = 30
LOOK_ALIKE_LENGTH_MAX: Final = 64
"""Longer text is not compared with the notations of numbers: some patterns take quadratic time."""

_WORDS: Final[dict[str, Value]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?")
_DIGIT = re.compile(r"\d")
_SIGNS = str.maketrans("．，－−–＋＿’\u00a0\u2009\u202f\u3000", ".,---+_'    ")


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Text that some reader would take for a number, and how to write what was meant.

    `meant` is the number in plain notation, empty when it cannot be told; `is_certain` when no
    other reading exists, so that a tool may replace the text.
    """

    code: str
    message: str
    help: str
    meant: str = ""
    is_certain: bool = False


def typed(text: str) -> Value | LookAlike:
    """Give the value of a scalar written without quotes.

    Gives: None, a bool, an int, an exact Decimal or the text itself; or a `LookAlike`.
    Source: YAML 1.2.2, 10.3 core schema; notations that readers disagree on are refused.
    """
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    if match:
        return _number(text, is_decimal=match[1] is not None)
    if _NOT_FINITE.fullmatch(text):
        return LookAlike(
            code="PE041",
            message=f"{shown(text)} is not an amount",
            help="write a number, or leave the key out where it may be missing",
        )
    return _look_alike(text) or text


def number_of(text: str) -> int | Decimal:
    """Read a number in plain notation, exactly."""
    return Decimal(text) if "." in text else int(text)


def _number(text: str, *, is_decimal: bool) -> Value | LookAlike:
    if sum(map(str.isdigit, text)) > DIGITS_MAX:
        return LookAlike(
            code="PE028",
            message=f"the number {shown(text)} has more than {DIGITS_MAX} digits",
            help="write a smaller or less exact number, or put it in quotes if it is a name",
        )
    if text.startswith("-") and not text.strip("-0."):
        return _refused(text, "zero has no sign", text[1:], is_certain=True)
    return Decimal(text) if is_decimal else int(text)


def _look_alike(text: str) -> LookAlike | None:
    """Match text against the notations that other readers take for numbers."""
    if len(text) > LOOK_ALIKE_LENGTH_MAX or not _DIGIT.search(text):
        return None
    ascii_text = text if text.isascii() else _in_ascii(text)
    sign, body = "", ascii_text
    if ascii_text[0] in "+-":
        sign, body = ascii_text[0], ascii_text[1:]
    for pattern, reason, plain, is_certain in _NOTATIONS:
        if pattern.fullmatch(body):
            why = reason if ascii_text == text else _OTHER_SIGNS
            return _refused(text, why, _tidy(sign, plain(body)), is_certain=is_certain)
    return None


_OTHER_SIGNS = "its digits or signs are not the plain ones"


def _in_ascii(text: str) -> str:
    return "".join(str(int(each)) if each.isdecimal() else each for each in text).translate(_SIGNS)


def _refused(text: str, reason: str, meant: str, *, is_certain: bool) -> LookAlike:
    name = f'put it in quotes if it is a name: `"{text}"`'
    if not _NUMBER.fullmatch(meant) or len(meant) > DIGITS_MAX:
        meant = ""
    return LookAlike(
        code="PE040",
        message=f"{shown(text)} is not plain decimal notation: {reason}",
        help=f"write `{meant}`, or {name}" if meant else f"write a plain number, or {name}",
        meant=meant,
        is_certain=is_certain and bool(meant),
    )


def _tidy(sign: str, body: str) -> str:
    """Write a number plainly; nothing stays nothing."""
    if not body:
        return ""
    whole, point, fraction = body.partition(".")
    tidy = (whole.lstrip("0") or "0") + point + fraction
    return f"-{tidy}" if sign == "-" and tidy.strip("0.") else tidy


def _without_groups(body: str) -> str:
    return re.sub(r"[_,' ]", "", body)


def _from_exponent(body: str) -> str:
    exponent = body.lower().partition("e")[2]
    if len(exponent) > len("-30") or abs(int(exponent)) > DIGITS_MAX:
        return ""
    exact = format(Decimal(body), "f")
    return exact.rstrip("0").rstrip(".") if "." in exact else exact


def _from_radix(body: str) -> str:
    return str(int(body, 0)) if len(body) <= DIGITS_MAX else ""


def _with_point(body: str) -> str:
    return body.replace(".", "").replace(",", ".")


_Notation = tuple[re.Pattern[str], str, Callable[[str], str], bool]

_NOTATIONS: Final[tuple[_Notation, ...]] = tuple(
    (re.compile(pattern, re.ASCII), reason, plain, is_certain)
    for pattern, reason, plain, is_certain in (
        (r"0\d+(\.\d+)?", "it begins with a zero", str, False),
        (r"\d+(\.\d+)?", "it begins with a sign that is not needed", str, True),
        (r"\.\d+", "a digit is missing before the point", "0{}".format, True),
        (r"\d+\.", "a digit is missing after the point", lambda body: body[:-1], True),
        (r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", "it is not base ten", _from_radix, True),
        (r"(\d+\.?\d*|\.\d+)[eE][-+]?\d+", "it has an exponent", _from_exponent, True),
        (r"\d[\d_]*_[\d_]*(\.[\d_]+)?", "it has `_` between digits", _without_groups, True),
        (
            r"[1-9]\d{0,2}([,' ])\d{3}(\1\d{3})*(\.\d+)?",
            "it has separators between digits",
            _without_groups,
            False,
        ),
        (r"\d{1,3}(\.\d{3}){2,}", "it has points between digits", _with_point, False),
        (r"0,\d+|\d+,(\d{1,2}|\d{4,})", "it has a decimal comma", _with_point, True),
        (r"(\d+|\d{1,3}(\.\d{3})+),\d+", "it has a decimal comma", _with_point, False),
    )
)
