"""Cells of a usage file, as exact numbers, texts and instants."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.values.calendar import Instant, instant_of
from policyengine.values.diagnostics import shown

Cell: TypeAlias = str | int | datetime | None
"""What a reader gives for a cell; numbers that are not whole come as text, never as floats."""

CELL_LENGTH_MAX: Final = 4_000
PLAIN_DIGITS_MAX: Final = 18
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell has no value: missing, empty or blanks only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def number_of(cell: Cell) -> int | Fraction:
    """Read a number exactly; whole ones as ints.

    Raises: ValueError for a cell that is no plain decimal number.
    """
    if isinstance(cell, int):
        return cell
    if not isinstance(cell, str):
        raise ValueError("a date is no number")  # noqa: TRY004  # it is the cell that is wrong
    if cell.isdecimal() and cell.isascii() and len(cell) <= PLAIN_DIGITS_MAX:
        return int(cell)
    text = cell.strip()
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{shown(text)} is no number")
    exact = Fraction(Decimal(text))
    return exact.numerator if exact.denominator == 1 else exact


def text_of(cell: Cell) -> str:
    """Read a text: the cell as it is, without blanks around it.

    Raises: ValueError for a text that is too long or was no UTF-8.
    """
    text = "" if cell is None else str(cell).strip()
    if len(text) > CELL_LENGTH_MAX:
        raise ValueError(f"it has more than {CELL_LENGTH_MAX:,} characters")
    if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        raise ValueError("it is not UTF-8")
    return text


def instant_in(cell: Cell, *, naive_is_utc: bool) -> Instant:
    """Read a date and time.

    Raises: ValueError for another text, or one without an offset unless `naive_is_utc`.
    """
    if isinstance(cell, datetime):
        moment = cell
    else:
        text = text_of(cell)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"{shown(text)} is no date and time") from error
    if moment.tzinfo is None:
        if not naive_is_utc:
            raise ValueError(f"`{moment}` has no offset; if it is UTC, write `unit: iso_utc`")
        moment = moment.replace(tzinfo=UTC)
    return instant_of(moment)
