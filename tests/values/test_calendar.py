"""One calendar: instants read and written, and spans that never drift from their anchor."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.values.calendar import (
    INSTANT_MAX,
    INSTANT_MIN,
    NEVER,
    SECOND,
    CalendarSpan,
    Instant,
    SpanUnit,
    add_span,
    calendar_anchor,
    datetime_of,
    fits_calendar,
    instant_of,
    instant_text,
    parse_instant,
    parse_span,
    spans_passed,
)

ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
DAY = 86_400 * SECOND
Y2100 = parse_instant("2100-01-01T00:00:00Z")

instants = st.integers(INSTANT_MIN, Y2100)
zones = st.sampled_from(ZONES)
spans = st.builds(
    CalendarSpan,
    st.integers(1, 40),
    st.sampled_from(["second", "minute", "hour", "day", "week", "month", "year"]),
)
calendar_spans = st.builds(
    CalendarSpan, st.integers(1, 30), st.sampled_from(["day", "week", "month", "year"])
)


def times(anchor: str, span: str, zone: str, count: int) -> list[str]:
    start = parse_instant(anchor)
    found = [add_span(start, parse_span(span), zone, each) for each in range(count)]
    return [datetime_of(each).astimezone(ZoneInfo(zone)).isoformat() for each in found]


def test_a_month_after_31_january_is_the_last_of_february_then_31_march() -> None:
    expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
    assert expected == [each[:10] for each in times("2026-01-31T00:00:00Z", "1 month", "UTC", 5)]


def test_a_year_after_29_february_is_the_28th_until_the_next_leap_year() -> None:
    expected = ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    assert expected == [each[:10] for each in times("2024-02-29T12:00:00Z", "1 year", "UTC", 5)]


def test_days_keep_the_wall_clock_where_the_clocks_change() -> None:
    # Berlin: summer time begins on 29 March 2026; 02:30 does not exist on that day.
    assert times("2026-03-28T01:30:00Z", "1 day", "Europe/Berlin", 3) == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


def test_hours_are_exact_where_the_clocks_change() -> None:
    assert times("2026-03-29T00:30:00Z", "1 hour", "Europe/Berlin", 3) == [
        "2026-03-29T01:30:00+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-03-29T04:30:00+02:00",
    ]


def test_the_second_of_two_equal_wall_clock_times_stays_the_second() -> None:
    # New York: 01:30 comes twice on 1 November 2026; 06:30Z is the second one.
    anchor = parse_instant("2026-11-01T06:30:00Z")
    for span in ("1 day", "1 week", "1 month", "1 year"):
        assert anchor == add_span(anchor, parse_span(span), "America/New_York", 0)


def test_a_month_is_counted_in_the_policys_zone() -> None:
    # 31 January 20:00Z is 1 February in Shanghai: a month later it is 1 March there.
    later = add_span(parse_instant("2026-01-31T20:00:00Z"), parse_span("1 month"), "Asia/Shanghai")
    assert instant_text(later) == "2026-02-28T20:00:00Z"


@given(instants, spans, zones)
def test_no_spans_after_the_anchor_is_the_anchor(
    anchor: Instant, span: CalendarSpan, zone: str
) -> None:
    assert anchor == add_span(anchor, span, zone, 0)


@given(instants, spans, zones, st.integers(0, 50))
def test_more_spans_are_later(anchor: Instant, span: CalendarSpan, zone: str, count: int) -> None:
    found = [add_span(anchor, span, zone, each) for each in range(count, count + 3)]
    assert all(one < other or other == NEVER for one, other in pairwise(found))


@given(instants, calendar_spans, zones, st.integers(1, 60))
def test_a_span_of_days_or_more_lands_on_its_day_at_its_time_of_day(
    anchor: Instant, span: CalendarSpan, zone: str, count: int
) -> None:
    local = datetime_of(anchor).astimezone(ZoneInfo(zone))
    later = datetime_of(add_span(anchor, span, zone, count)).astimezone(ZoneInfo(zone))
    wall = later.replace(tzinfo=None)
    if span.unit in {"day", "week"}:
        days = span.count * count * (7 if span.unit == "week" else 1)
        wanted = local.replace(tzinfo=None) + timedelta(days=days)
    else:
        months = span.count * count * (12 if span.unit == "year" else 1)
        year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
        wanted = _same_day_or_last(local, year, month + 1)
    # Where that time of day does not exist, the clock has been put forward past it.
    assert timedelta(0) <= wall - wanted <= timedelta(hours=1) or _skipped(wanted, zone)


def _same_day_or_last(local: datetime, year: int, month: int) -> datetime:
    for day in range(local.day, 0, -1):
        try:
            return local.replace(tzinfo=None, year=year, month=month, day=day)
        except ValueError:
            continue
    raise AssertionError


def _skipped(wall: datetime, zone: str) -> bool:
    there = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
    return there.replace(tzinfo=None) != wall


@given(instants, spans, zones, instants)
def test_spans_passed_counts_those_that_are_over(
    anchor: Instant, span: CalendarSpan, zone: str, at: Instant
) -> None:
    passed = spans_passed(anchor, span, zone, at)
    assert passed == 0 or add_span(anchor, span, zone, passed) <= at
    assert at < add_span(anchor, span, zone, passed + 1)


@pytest.mark.parametrize(
    ("text", "unit"), [("1 second", "second"), ("99999 hours", "hour"), ("100000 years", "year")]
)
def test_what_lies_beyond_the_calendar_is_never(text: str, unit: SpanUnit) -> None:
    span = parse_span(text)
    assert span.unit == unit
    assert add_span(INSTANT_MAX - 1, span, "Asia/Shanghai") == NEVER


def test_too_many_days_are_never() -> None:
    assert add_span(0, CalendarSpan(100_000, "day"), "UTC", 10**9) == NEVER
    assert add_span(0, CalendarSpan(1, "month"), "UTC", 12 * 7029) < NEVER
    assert add_span(0, CalendarSpan(1, "month"), "UTC", 12 * 7031) == NEVER


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [("1 month", 1, "month"), ("30 days", 30, "day"), ("100000 seconds", 100_000, "second")],
)
def test_a_span_reads_and_writes(text: str, count: int, unit: SpanUnit) -> None:
    assert parse_span(text) == CalendarSpan(count, unit)
    assert text == str(parse_span(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "month",
        "0 days",
        "01 day",
        "1.5 days",
        "1  day",
        " 1 day",
        "1 day ",
        "100001 days",
        "1 fortnight",
        "-1 days",
        "1 Day",
        "1000000 days",
        "1 dayss",
        "¹ day",
    ],
)
def test_other_spans_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a span; write for example `1 month`"):
        parse_span(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2026-01-28T08:00:00+08:00", "2026-01-28T00:00:00Z"),
        ("2026-01-28T00:00:00.5Z", "2026-01-28T00:00:00.500000Z"),
        ("8999-12-31T23:59:59.999999Z", "8999-12-31T23:59:59.999999Z"),
    ],
)
def test_an_instant_reads_and_writes(text: str, written: str) -> None:
    assert written == instant_text(parse_instant(text))


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-28",
        "2026-01-28T00:00:00",
        "2026-01-28 00:00:00Z",
        "2026-1-28T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-28T25:00:00Z",
        "1969-12-31T23:59:59Z",
        "9000-01-01T00:00:00Z",
        "2026-01-28T00:00:00.1234567Z",
        "2026-01-28T00:00:00z",
        "0001-01-01T00:00:00+23:59",
        "2026-01-28T00:00:00+24:00",
        "२०२६-01-28T00:00:00Z",
    ],
)
def test_other_instants_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an instant|is outside the years"):
        parse_instant(text)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone; give an aware datetime"):
        instant_of(datetime(2026, 1, 28))  # noqa: DTZ001  # the fault that is tested


@given(instants, st.integers(-23, 23))
def test_an_instant_is_the_same_in_every_zone(instant: Instant, hours: int) -> None:
    moment = datetime_of(instant).astimezone(timezone(timedelta(hours=hours)))
    if moment.year >= 1970:
        assert instant == instant_of(moment)
    assert instant == parse_instant(instant_text(instant))


def test_never_is_later_than_every_instant() -> None:
    assert INSTANT_MAX < NEVER
    assert instant_text(NEVER) == "never"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 day", True),
        ("2 days", False),
        ("1 week", True),
        ("2 weeks", False),
        ("1 month", True),
        ("4 months", True),
        ("5 months", False),
        ("12 months", True),
        ("24 months", False),
        ("1 year", True),
        ("2 years", False),
        ("24 hours", False),
        ("1 second", False),
    ],
)
def test_the_calendar_has_boundaries_for_some_spans(text: str, *, expected: bool) -> None:
    assert fits_calendar(parse_span(text)) == expected


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_calendar_is_counted_from_before_any_instant(zone: str) -> None:
    year = datetime_of(calendar_anchor(parse_span("1 year"), zone)).astimezone(ZoneInfo(zone))
    week = datetime_of(calendar_anchor(parse_span("1 week"), zone)).astimezone(ZoneInfo(zone))
    assert (year.month, year.day, year.hour, week.weekday(), week.hour) == (1, 1, 0, 0, 0)
    assert calendar_anchor(parse_span("1 month"), zone) < INSTANT_MIN


@given(instants, zones, st.sampled_from(["1 day", "1 week", "1 month", "3 months", "1 year"]))
def test_calendar_boundaries_are_the_first_instants_of_their_days(
    at: Instant, zone: str, text: str
) -> None:
    span = parse_span(text)
    anchor = calendar_anchor(span, zone)
    start = add_span(anchor, span, zone, spans_passed(anchor, span, zone, at))
    local = datetime_of(start).astimezone(ZoneInfo(zone))
    before = datetime_of(start - 1).astimezone(ZoneInfo(zone))
    assert start <= at
    assert local.date() > before.date()
    assert span.unit != "week" or local.weekday() == 0
    assert span.unit not in {"month", "year"} or local.day == 1
    assert span.unit != "month" or (local.month - 1) % span.count == 0
