"""Cuts the text of an expression into pieces, refusing every character that has no meaning."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from policyengine.policy.expressions.bounds import LENGTH_MAX
from policyengine.policy.expressions.faults import ExpressionFault
from policyengine.policy.expressions.numerals import numeral_fault
from policyengine.policy.expressions.signs import (
    FOREIGN_SIGNS,
    SIGN_LENGTH_MAX,
    SIGNS,
    WORDS,
    letters_help,
    shown,
    sign_help,
    word_help,
)

PieceKind: TypeAlias = Literal["number", "name", "word", "sign"]

_SPACES: Final = re.compile(r" +")
_NUMERAL: Final = re.compile(r"\.?[0-9][0-9A-Za-z_.]*")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})*,0[0-9]{2}(?:,[0-9]{3})*\b")
"""Thousands with commas; one group begins with 0, or it could be two inputs of a function."""
_LETTERS: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A number, name, word or sign, and where it stands in the text."""

    kind: PieceKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset just behind the piece."""
        return self.start + len(self.text)


def pieces_of(text: str) -> tuple[Piece, ...] | ExpressionFault:
    """Cut a text into pieces; afterwards it is known to be ASCII, printable and on one line.

    Gives: at least one piece, or the first fault from the left.
    """
    if len(text) > LENGTH_MAX:
        message = f"the expression has {len(text)} characters, and {LENGTH_MAX} are the most"
        return ExpressionFault("PE302", message, LENGTH_MAX, len(text), "split the rule into tiers")
    pieces: list[Piece] = []
    at = 0
    while at < len(text):
        spaces = _SPACES.match(text, at)
        if spaces:
            at = spaces.end()
            continue
        piece = _piece_at(text, at)
        if isinstance(piece, ExpressionFault):
            return piece
        pieces.append(piece)
        at = piece.end
    if not pieces:
        help_ = "write an expression, such as `tokens_at_rate * multiplier`"
        return ExpressionFault("PE301", "the expression is empty", 0, len(text), help_)
    return tuple(pieces)


def _piece_at(text: str, at: int) -> Piece | ExpressionFault:
    grouped = _GROUPED.match(text, at)
    if grouped:
        message = f"`{grouped[0]}` is not a plain number"
        help_ = f"write `{grouped[0].replace(',', '')}`"
        return ExpressionFault("PE305", message, at, grouped.end(), help_)
    numeral = _NUMERAL.match(text, at)
    if numeral:
        return numeral_fault(numeral[0], at) or Piece("number", numeral[0], at)
    letters = _LETTERS.match(text, at)
    return _word_at(letters[0], at) if letters else _sign_at(text, at)


def _word_at(run: str, at: int) -> Piece | ExpressionFault:
    end = at + len(run)
    if not run.isascii():
        message = f"{shown(run)} is not written in plain letters and digits"
        return ExpressionFault("PE303", message, at, end, letters_help(run))
    help_ = word_help(run)
    if help_ is not None:
        return ExpressionFault("PE304", f"`{run}` has no meaning in an expression", at, end, help_)
    return Piece("word" if run in WORDS else "name", run, at)


def _sign_at(text: str, at: int) -> Piece | ExpressionFault:
    for length in range(SIGN_LENGTH_MAX, 0, -1):
        sign = text[at : at + length]
        if sign in SIGNS:
            return Piece("sign", sign, at)
        if sign in FOREIGN_SIGNS:
            return _foreign(sign, at)
    return _foreign(text[at], at)


def _foreign(sign: str, at: int) -> ExpressionFault:
    message = f"{shown(sign)} has no meaning in an expression"
    return ExpressionFault("PE303", message, at, at + len(sign), sign_help(sign))
