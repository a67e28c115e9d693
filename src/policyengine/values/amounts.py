"""Exact credit amounts: integer micro-credits, decimals read from text, one rounding function."""

from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeAlias

Micro: TypeAlias = int
"""A number of micro-credits: 1 credit = 1,000,000. Always an int, within +/- `AMOUNT_MICRO_MAX`."""

MICRO_PER_CREDIT: Final = 1_000_000
AMOUNT_MICRO_MAX: Final = 10**18
"""The largest amount accepted anywhere: a sum of nine such amounts still fits 64 bits."""
_DECIMALS_MAX: Final = 6
_FIRST_DIGIT_MAX: Final = 12
_DECIMALS_SHOWN: Final = 12

RoundingMode: TypeAlias = Literal["up", "down", "half_up", "half_even"]


def round_ratio(numerator: int, denominator: int, quantum: int, mode: RoundingMode) -> int:
    """Round the exact amount `numerator / denominator` to a whole number of `quantum`.

    Takes: numerator >= 0, denominator > 0, quantum > 0; all in the same unit (micro-credits).
    Gives: a multiple of quantum.
    """
    step = denominator * quantum
    whole, rest = divmod(numerator, step)
    if rest and _goes_up(whole, rest, step, mode):
        whole += 1
    return whole * quantum


def _goes_up(whole: int, rest: int, step: int, mode: RoundingMode) -> bool:
    if mode == "up":
        return True
    if mode == "down":
        return False
    if rest * 2 == step:
        return mode == "half_up" or whole % 2 == 1
    return rest * 2 > step


def micro_of(amount: Decimal | int) -> Micro:
    """Turn credits into micro-credits, exactly.

    Raises: ValueError when the amount has more than six decimals or is out of bounds.
    """
    exact = Decimal(amount)
    if not exact.is_finite():
        raise ValueError(f"`{amount}` is not an amount")
    # The place of the first digit bounds the work: `1e999999` is never written out.
    first_digit = exact.adjusted() if exact else 0
    if first_digit > _FIRST_DIGIT_MAX:
        raise ValueError(f"`{amount}` is more credits than a ledger can hold")
    if first_digit < -_DECIMALS_MAX:
        raise ValueError(f"`{amount}` has more than six decimals")
    # Ratios, not decimal arithmetic, which would round a long amount to its context.
    numerator, denominator = exact.as_integer_ratio()
    micro, rest = divmod(numerator * MICRO_PER_CREDIT, denominator)
    if rest:
        raise ValueError(f"`{amount}` has more than six decimals")
    if abs(micro) > AMOUNT_MICRO_MAX:
        raise ValueError(f"`{amount}` is more credits than a ledger can hold")
    return micro


def credits_text(micro: Micro, *, decimals: int = 2) -> str:
    """Write an amount as credits: thousands separated, at least `decimals` decimals, never rounded.

    `1234500000` is `1,234.50`; `1` is `0.000001`.
    """
    sign = "-" if micro < 0 else ""
    whole, rest = divmod(abs(micro), MICRO_PER_CREDIT)
    fraction = f"{rest:06d}".rstrip("0").ljust(decimals, "0")
    return f"{sign}{whole:,}.{fraction}" if fraction else f"{sign}{whole:,}"


def credits_plain(micro: Micro) -> str:
    """Write an amount as a plain decimal for machines: `1234.5`, no separators, no padding."""
    sign = "-" if micro < 0 else ""
    whole, rest = divmod(abs(micro), MICRO_PER_CREDIT)
    fraction = f"{rest:06d}".rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def decimal_text(number: Fraction, decimals: int = 0) -> str:
    """Write an exact number: thousands separated, as a decimal where it has a short one.

    12 is `12`, one half is `0.5`, one third is `1/3`.

    Takes: a number >= 0; how many decimals it has at least.
    """
    scaled = number * 10**_DECIMALS_SHOWN
    if scaled.denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    whole, rest = divmod(scaled.numerator, 10**_DECIMALS_SHOWN)
    fraction = f"{rest:0{_DECIMALS_SHOWN}d}".rstrip("0").ljust(decimals, "0")
    return f"{whole:,}.{fraction}" if fraction else f"{whole:,}"
