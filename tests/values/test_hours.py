"""Hours of the day: what clocks show decides, over midnight and when clocks change."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.values.calendar import SECOND, datetime_of, parse_instant
from policyengine.values.hours import (
    END_OF_DAY,
    MINUTES_A_WEEK,
    WEEKDAYS,
    DailyHours,
    clock_text,
    is_within,
    minutes_of_week,
    parse_time_of_day,
    time_of_day_text,
)

MINUTES = st.integers(0, END_OF_DAY - 1)
INSTANTS = st.integers(parse_instant("2024-01-01T00:00:00Z"), parse_instant("2028-01-01T00:00:00Z"))
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York"])


@given(st.integers(0, END_OF_DAY))
def test_a_time_of_day_is_read_as_it_is_written(minute: int) -> None:
    assert parse_time_of_day(time_of_day_text(minute)) == minute


@pytest.mark.parametrize("text", ["24:01", "8:30", "08:60", "08:30:00", "", "８:30", "08:30\n"])
def test_what_is_no_time_of_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape("write for example `08:30`")):
        parse_time_of_day(text)


@given(MINUTES, st.integers(1, END_OF_DAY), st.sets(st.sampled_from(WEEKDAYS)), INSTANTS, ZONES)
def test_hours_hold_for_their_length_from_their_start_on_their_days(
    starts: int, length: int, days: set[str], at: int, zone: str
) -> None:
    ends = (starts + length) % END_OF_DAY
    window = DailyHours(starts, ends, tuple(day for day in WEEKDAYS if day in days))
    local = datetime_of(at).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    expected = False
    for back in (0, 1):  # it began today, or yesterday
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=back)
        begun = midnight + timedelta(minutes=starts)
        is_on = not days or WEEKDAYS[midnight.weekday()] in days
        expected |= is_on and begun <= local < begun + timedelta(minutes=length)
    assert expected == is_within((window,), at, zone)


def test_hours_until_the_end_of_the_day_are_over_at_midnight() -> None:
    evening = (DailyHours(22 * 60, END_OF_DAY),)
    midnight = parse_instant("2026-03-02T00:00:00Z")
    assert is_within(evening, midnight - 1, "UTC")
    assert not is_within(evening, midnight, "UTC")


def test_where_clocks_go_back_an_hour_holds_twice() -> None:
    night = (DailyHours(2 * 60, 3 * 60),)
    first = parse_instant("2026-10-25T00:30:00Z")  # 02:30 in Berlin, and once more an hour later
    found = [is_within(night, first + hour * 3600 * SECOND, "Europe/Berlin") for hour in range(3)]
    assert found == [True, True, False]


@settings(max_examples=20, deadline=None)
@given(MINUTES, st.integers(0, END_OF_DAY), st.sets(st.sampled_from(WEEKDAYS)))
def test_the_minutes_of_a_week_are_those_in_which_hours_hold(
    starts: int, ends: int, days: set[str]
) -> None:
    window = DailyHours(starts, ends, tuple(day for day in WEEKDAYS if day in days))
    monday = datetime(2026, 3, 2)  # noqa: DTZ001  # what clocks show, in no zone
    within = {n for n in range(MINUTES_A_WEEK) if window.holds(monday + timedelta(minutes=n))}
    assert minutes_of_week((window,)) == within


def test_windows_and_clocks_have_words() -> None:
    assert str(DailyHours(540, 720)) == "09:00-12:00"
    assert str(DailyHours(1320, 360, ("saturday", "sunday"))) == "22:00-06:00 on saturday, sunday"
    at = parse_instant("2026-08-03T01:00:00Z")
    assert clock_text(at, "Asia/Shanghai") == "Monday at 09:00 in Asia/Shanghai"
