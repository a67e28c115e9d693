"""Hours of the day: times on the wall clock of a zone, and windows that recur each day."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from policyengine.values.calendar import Instant, wall_clock

Weekday: TypeAlias = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

END_OF_DAY: Final = 24 * 60
"""The midnight at which a day ends, in minutes since the one at which it begins."""

MINUTES_A_WEEK: Final = len(WEEKDAYS) * END_OF_DAY

_MINUTES_AN_HOUR: Final = 60
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def parse_time_of_day(text: str) -> int:
    """Read `08:30` as the minutes since midnight; `24:00` is the end of a day.

    Raises: ValueError with the form that is accepted.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text}` is not a time of day; write for example `08:30`")
    hours, minutes = text.split(":")
    return int(hours) * _MINUTES_AN_HOUR + int(minutes)


def time_of_day_text(minute: int) -> str:
    """Write minutes since midnight as `08:30`."""
    hours, minutes = divmod(minute, _MINUTES_AN_HOUR)
    return f"{hours:02d}:{minutes:02d}"


@dataclass(frozen=True, slots=True)
class DailyHours:
    """From one time of day up to, not including, another one.

    `starts` and `ends` are minutes since midnight. A window that ends before it starts, or at the
    same time, goes on over midnight. `days` are the days on which it begins, none for every day.
    """

    starts: int
    ends: int
    days: tuple[Weekday, ...] = ()

    def __str__(self) -> str:
        """Write the window as `09:00-12:00`, with its days if it has some."""
        text = f"{time_of_day_text(self.starts)}-{time_of_day_text(self.ends)}"
        return f"{text} on {', '.join(self.days)}" if self.days else text

    def holds(self, local: datetime) -> bool:
        """Tell whether a moment on the wall clock is in the window."""
        minute = local.hour * _MINUTES_AN_HOUR + local.minute
        if self.starts < self.ends:
            return self.starts <= minute < self.ends and self._is_on(local.weekday())
        if minute >= self.starts:
            return self._is_on(local.weekday())
        return minute < self.ends and self._is_on(local.weekday() - 1)

    def _is_on(self, weekday: int) -> bool:
        return not self.days or WEEKDAYS[weekday] in self.days


def minutes_of_week(hours: tuple[DailyHours, ...]) -> frozenset[int]:
    """Give the minutes of a week, from Monday's midnight on, that are in one of the windows."""
    found: set[int] = set()
    for window in hours:
        length = (window.ends - window.starts) % END_OF_DAY or END_OF_DAY
        for day in window.days or WEEKDAYS:
            start = WEEKDAYS.index(day) * END_OF_DAY + window.starts
            found.update(minute % MINUTES_A_WEEK for minute in range(start, start + length))
    return frozenset(found)


def clock_text(at: Instant, zone: str) -> str:
    """Write what clocks show at an instant: `Monday at 09:30 in Asia/Shanghai`."""
    local = wall_clock(at, zone)
    time = time_of_day_text(local.hour * _MINUTES_AN_HOUR + local.minute)
    return f"{WEEKDAYS[local.weekday()].capitalize()} at {time} in {zone}"


def is_within(hours: tuple[DailyHours, ...], at: Instant, zone: str) -> bool:
    """Tell whether an instant is in one of the windows, on the wall clock of a zone."""
    local = wall_clock(at, zone)
    return any(each.holds(local) for each in hours)
