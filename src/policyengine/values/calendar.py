"""The one calendar: instants in UTC microseconds, spans in words, same-day-or-last months."""

import re
from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

Instant: TypeAlias = int
"""Microseconds since 1970-01-01T00:00:00Z. Always UTC, always an int."""

SpanUnit: TypeAlias = Literal["second", "minute", "hour", "day", "week", "month", "year"]

SECOND: Final = 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIXED_SECONDS: Final[dict[str, int]] = {"second": 1, "minute": 60, "hour": 3600}
_CALENDAR_DAYS: Final[dict[str, int]] = {"day": 1, "week": 7}
_CALENDAR_MONTHS: Final[dict[str, int]] = {"month": 1, "year": 12}
_MONTHS_A_YEAR: Final = 12
SPAN_COUNT_MAX: Final = 100_000
_SPAN: Final = re.compile(r"([1-9][0-9]{0,5}) (second|minute|hour|day|week|month|year)s?")
_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})",
    re.ASCII,
)


def _micro_of(moment: datetime) -> Instant:
    return (moment - _EPOCH) // timedelta(microseconds=1)


INSTANT_MIN: Final[Instant] = _micro_of(datetime(1970, 1, 1, tzinfo=UTC))
INSTANT_MAX: Final[Instant] = _micro_of(datetime(9000, 1, 1, tzinfo=UTC))
NEVER: Final[Instant] = _micro_of(datetime(9999, 1, 1, tzinfo=UTC))
"""Later than every instant a policy or a caller can name."""


@dataclass(frozen=True, slots=True)
class CalendarSpan:
    """A length of time in words: hours and below are exact, days and above follow the calendar."""

    count: int
    unit: SpanUnit

    def __str__(self) -> str:
        """Write the span as a policy does: `1 month`, `12 months`."""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def parse_span(text: str) -> CalendarSpan:
    """Read `1 month`, `30 days`, `15 minutes`.

    Raises: ValueError with the forms that are accepted.
    """
    match = _SPAN.fullmatch(text)
    if match is None or int(match[1]) > SPAN_COUNT_MAX:
        raise ValueError(f"`{text}` is not a span; write for example `1 month` or `15 minutes`")
    unit: SpanUnit = match[2]  # type: ignore[assignment]  # the pattern admits the units only
    return CalendarSpan(int(match[1]), unit)


def parse_instant(text: str) -> Instant:
    """Read an instant with its offset: `2026-01-28T00:00:00Z`.

    Raises: ValueError when the offset, the time of day or the date is missing or impossible.
    """
    if _INSTANT.fullmatch(text) is None:
        raise ValueError(f"`{text}` is not an instant; write for example `2026-01-28T00:00:00Z`")
    try:
        return instant_of(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"`{text}` is not an instant: {error}") from error


def instant_of(moment: datetime) -> Instant:
    """Turn an aware datetime into an instant.

    Raises: ValueError for a naive datetime or one outside the years 1970 to 8999.
    """
    if moment.tzinfo is None:
        raise ValueError(f"`{moment.isoformat()}` has no time zone; give an aware datetime")
    # Beyond the first and the last year, Python cannot bring it to UTC.
    is_near = MINYEAR < moment.year < MAXYEAR
    instant = _micro_of(moment.astimezone(UTC)) if is_near else NEVER
    if not INSTANT_MIN <= instant < INSTANT_MAX:
        raise ValueError(f"`{moment.isoformat()}` is outside the years 1970 to 8999")
    return instant


def datetime_of(instant: Instant) -> datetime:
    """Turn an instant into an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def instant_text(instant: Instant) -> str:
    """Write an instant as `2026-01-28T00:00:00Z`, with microseconds only where it has them."""
    if instant >= NEVER:
        return "never"
    moment = datetime_of(instant).replace(tzinfo=None)
    return moment.isoformat() + "Z"


def wall_clock(instant: Instant, zone: str) -> datetime:
    """Give the date and time that clocks in a zone show at an instant."""
    return datetime_of(instant).astimezone(_zone(zone))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def add_span(anchor: Instant, span: CalendarSpan, zone: str, times: int = 1) -> Instant:
    """Give the instant `times` spans after `anchor`: the only calendar arithmetic of the house.

    Months and years keep the anchor's day, or take the month's last day where it has no such day,
    always counted from the anchor: 31 Jan, 28 Feb, 31 Mar. Days and above keep the wall-clock time
    in `zone`; hours and below are exact durations.

    Takes: an anchor below `INSTANT_MAX`, times >= 0.
    Gives: an instant, or `NEVER` where the result would lie beyond `INSTANT_MAX`.
    """
    count = span.count * times
    seconds = _FIXED_SECONDS.get(span.unit)
    if seconds is not None:
        later = anchor + count * seconds * SECOND
        return later if later < INSTANT_MAX else NEVER
    local = wall_clock(anchor, zone)
    try:
        moved = _shift(local, span.unit, count)
    except OverflowError:
        return NEVER
    instant = _micro_of(moved.astimezone(UTC))
    return instant if instant < INSTANT_MAX else NEVER


def spans_passed(anchor: Instant, span: CalendarSpan, zone: str, at: Instant) -> int:
    """Count the spans from `anchor` that are over at an instant, in few steps however many.

    Takes: an anchor and an instant below `INSTANT_MAX`.
    Gives: the largest `times` for which `add_span` is at or before `at`; 0 if there is none.
    """

    def end_of(times: int) -> Instant:
        return add_span(anchor, span, zone, times)

    beyond = 1
    while end_of(beyond) <= at:
        beyond *= 2
    return bisect_right(range(1, beyond), at, key=end_of)


_FIRST_DAY: Final = datetime(1969, 1, 1)  # noqa: DTZ001  # in whichever zone is asked for
_FIRST_MONDAY: Final = datetime(1968, 12, 30)  # noqa: DTZ001  # as above


def calendar_anchor(span: CalendarSpan, zone: str) -> Instant:
    """Give the instant from which spans counted in a zone begin where the calendar's do.

    Days begin at midnight, weeks on Monday, months on the 1st, years on 1 January; a midnight that
    the clocks skip is the instant at which they do. The anchor is before 1970 in every zone.

    Takes: a span for which `fits_calendar` holds.
    """
    first = _FIRST_MONDAY if span.unit == "week" else _FIRST_DAY
    return _micro_of(first.replace(tzinfo=_zone(zone)).astimezone(UTC))


def fits_calendar(span: CalendarSpan) -> bool:
    """Tell whether the calendar has boundaries of its own for a span: 1 month, but not 5 months."""
    if span.unit == "month":
        return _MONTHS_A_YEAR % span.count == 0
    return span.count == 1 and span.unit in {"day", "week", "year"}


def _shift(local: datetime, unit: SpanUnit, count: int) -> datetime:
    days = _CALENDAR_DAYS.get(unit)
    if days is not None:
        # Adding forgets which of two equal wall-clock times is meant; replacing keeps it.
        return (local + timedelta(days=days * count)).replace(fold=local.fold)
    months = local.year * 12 + local.month - 1 + _CALENDAR_MONTHS[unit] * count
    year, month = divmod(months, 12)
    if year > MAXYEAR:
        raise OverflowError
    return local.replace(
        year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1])
    )
