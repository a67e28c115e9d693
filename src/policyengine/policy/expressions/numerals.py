"""Numbers as authors write them: accepts the one plain shape, and says how to write the others."""

import re
from fractions import Fraction
from typing import Final

from policyengine.policy.expressions.bounds import DIGITS_MAX, NUMBER, is_plain_number
from policyengine.policy.expressions.faults import ExpressionFault

_SUFFIXED: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z_][A-Za-z0-9_]*)")
_EXPONENT: Final = re.compile(r"[eE]([0-9]*)")
_EXPONENT_DIGITS_MAX: Final = 2
_OTHER_BASE: Final = re.compile(r"0[xXoObB].*")
_GENERAL: Final = "write digits with at most one decimal point, such as `1.5`"
_POWERS: Final = {"k": 3, "K": 3, "M": 6}


def numeral_fault(run: str, start: int) -> ExpressionFault | None:
    """Judge a run of digits, letters, points and `_` that begins like a number.

    Gives: None when it is a plain number of at most `DIGITS_MAX` digits.
    """
    if is_plain_number(run):
        return None
    end = start + len(run)
    if NUMBER.fullmatch(run):
        message = f"`{run}` has more than {DIGITS_MAX} digits"
        return ExpressionFault("PE306", message, start, end, "round it to fewer digits")
    message = f"`{run}` is not a plain number"
    return ExpressionFault("PE305", message, start, end, _mended(run))


def _mended(run: str) -> str:
    suffixed = _SUFFIXED.fullmatch(run)
    if _OTHER_BASE.fullmatch(run):
        return "write it in decimal digits"
    if suffixed and "_" not in run[: suffixed.start(2) + 1]:
        return _without_suffix(suffixed[1], suffixed[2])
    if run.startswith("."):
        return _write(f"0{run}")
    return _write(run.rstrip(".").replace("_", "").lstrip("0") or "0")


def _write(guess: str) -> str:
    whole = guess if not guess.startswith(".") else f"0{guess}"
    return f"write `{whole}`" if is_plain_number(whole) else _GENERAL


def _without_suffix(number: str, suffix: str) -> str:
    exponent = _EXPONENT.fullmatch(suffix)
    if exponent and not 1 <= len(exponent[1]) <= _EXPONENT_DIGITS_MAX:
        return _GENERAL
    if exponent or suffix in _POWERS:
        power = int(exponent[1]) if exponent else _POWERS[suffix]
        return _write(str(Fraction(number) * 10**power))
    if suffix in ("x", "X"):
        return f"leave `{suffix}` out, and write `*` where `{number}` multiplies"
    return f"write `*` between them: `{number} * {suffix}`"
