"""How facts are worded: numbers, percentages, lists of names, spans and instants."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.policy.checks.findings import plain
from policyengine.values.calendar import CalendarSpan, datetime_of, parse_instant, parse_span

NAMES_LISTED_MAX: Final = 6
_DECIMALS_MAX: Final = 5
_ALL: Final = 100
_DAY: Final = 86_400
_SECONDS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": _DAY,
    "week": 7 * _DAY,
    "month": 365 * _DAY // 12,
    "year": 365 * _DAY,
}
"""How long units are, where two spans are told apart; a year of 365 days is twelve months."""
_EXACT: Final = frozenset({"second", "minute", "hour"})
_MONTHLY: Final = frozenset({"month", "year"})

Amount: TypeAlias = Decimal | Fraction | int


def number(amount: Amount) -> str:
    """Write a number for people: `2,400`, `0.5`; what has many decimals is cut, and marked so."""
    whole, dot, decimals = plain(amount).partition(".")
    return f"{int(whole):,}{dot}{decimals}" if whole != "-0" else f"-0{dot}{decimals}"


def credits_text(amount: Amount) -> str:
    """Write an amount of credits."""
    return f"{number(amount)} {'credit' if amount == 1 else 'credits'}"


def percent(old: Amount, new: Amount) -> str:
    """Write how much more or less: ` (+20 %)`; nothing where it began at 0."""
    before, after = Fraction(old), Fraction(new)
    if before == 0:
        return ""
    return f" ({signed_percent(after / before)})"


def signed_percent(ratio: Fraction) -> str:
    """Write a ratio as a change: `+20 %`, `-16.7 %`, with as many decimals as it needs."""
    change = (ratio - 1) * _ALL
    for decimals in range(1, _DECIMALS_MAX):
        rounded = round(change, decimals)
        if not change or (rounded and (rounded != -_ALL or change == -_ALL)):
            return f"{'+' if change > 0 else '-'}{number(abs(rounded))} %"
    return "barely"


def listed(names: Sequence[str]) -> str:
    """List names as `a`, `a and b`, or `a, b and c`; the rest of many is counted."""
    if len(names) > NAMES_LISTED_MAX:
        return f"{', '.join(names[:NAMES_LISTED_MAX])} and {len(names) - NAMES_LISTED_MAX} more"
    if not names:
        return "nobody"
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def counted(count: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def seconds_of(text: str) -> int:
    """Give the usual length of a span, to tell which of two is longer."""
    span = parse_span(text)
    return span.count * _SECONDS[span.unit]


def is_same_span(one: str, other: str) -> bool:
    """Tell whether two spans always end together: `12 months` and `1 year`, `1 week` and 7 days."""
    first, second = parse_span(one), parse_span(other)
    return seconds_of(one) == seconds_of(other) and _family(first) == _family(second)


def _family(span: CalendarSpan) -> str:
    if span.unit in _EXACT:
        return "exact"
    return "monthly" if span.unit in _MONTHLY else "daily"


def instant(text: str) -> str:
    """Write an instant of a file for people: `2026-10-01 00:00 UTC`."""
    moment = datetime_of(parse_instant(text))
    form = "%Y-%m-%d %H:%M" if not (moment.second or moment.microsecond) else "%Y-%m-%d %H:%M:%S"
    return f"{moment.strftime(form)} UTC"
