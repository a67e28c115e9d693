"""Figures as people read them: credits to two decimals, signs, percentages, days."""

from fractions import Fraction
from typing import Final

from policyengine.simulate.sampling import Band
from policyengine.values.amounts import Micro, credits_text
from policyengine.values.calendar import Instant, instant_text

CENT: Final = 10_000
NOTHING: Final = "-"


def credits_shown(micro: Micro) -> str:
    """Write credits, rounded to two decimals."""
    return credits_text(round(Fraction(micro, CENT)) * CENT)


def signed(text: str) -> str:
    """Put a sign before a number that has none; 0 has none."""
    is_zero = not text.strip("0.,")
    return text if text.startswith("-") or is_zero else f"+{text}"


def tenths_text(tenths: int) -> str:
    """Write a number of tenths: `-13.9`."""
    sign = "-" if tenths < 0 else ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{sign}{whole:,}.{rest}"


def percent_text(part: int, whole: int) -> str:
    """Write a change as a signed percentage; a change from 0 has none."""
    if not whole:
        return NOTHING
    return f"{signed(tenths_text(round(Fraction(part * 1000, whole))))} %"


def share_text(part: int, whole: int) -> str:
    """Write a part of a whole as a percentage."""
    return f"{tenths_text(round(Fraction(part * 1000, whole)))} %" if whole else NOTHING


def points_text(points: int | None) -> str:
    """Write hundredths of a percent as a signed percentage."""
    if points is None:
        return NOTHING
    return f"{signed(tenths_text(round(Fraction(points, 10))))} %"


def number(value: int, *, is_amount: bool) -> str:
    """Write a count, or an amount of credits."""
    return credits_shown(value) if is_amount else f"{value:,}"


def spread(band: Band, *, is_amount: bool) -> str:
    """Write how far from an estimate the true figure may lie."""
    if not band.is_estimate:
        return "exact"
    return f"± {number(max(band.high - band.value, band.value - band.low), is_amount=is_amount)}"


def minute_text(instant: Instant | None) -> str:
    """Write an instant to the minute, in UTC."""
    return NOTHING if instant is None else instant_text(instant)[:16].replace("T", " ")


def day_text(instant: Instant) -> str:
    """Write the day of an instant, in UTC."""
    return instant_text(instant)[:10]
