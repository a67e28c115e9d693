"""Cycles: on the calendar or from an anchor, periods in them, and the share that is left."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wallets import DAY, HOUR, MINUTE, START, at, policy
from policyengine.engine.cycles import (
    Cycle,
    PartOf,
    cycle_of,
    grant_period,
    numbered,
    part_left,
    period_of,
)
from policyengine.policy.policy import Policy
from policyengine.values.calendar import NEVER, CalendarSpan, Instant, parse_span

BERLIN = "Europe/Berlin"
MONTH = Cycle(START, 0, START, at("2026-03-01"))


def rules(cycle: str, zone: str = "UTC", **more: Any) -> Policy:
    plan = {f"plans/pro/{key}": value for key, value in more.items()}
    return policy({"time/zone": zone, "plans/pro/cycle": cycle, **plan})


def calendar(cycle: str, when: Instant, zone: str = "UTC") -> Cycle:
    made = rules(cycle, zone, cycle_from="calendar", first_cycle="full")
    return cycle_of(made, made.plans["pro"], START, when)


def test_a_calendar_cycle_does_not_depend_on_the_day_of_joining() -> None:
    cycle = calendar("1 month", at("2026-02-17T15:30:00"))
    assert (cycle.starts_at, cycle.ends_at) == (at("2026-02-01"), at("2026-03-01"))


@pytest.mark.parametrize(
    ("span", "starts", "ends"),
    [
        ("1 day", "2026-03-28T23:00:00", "2026-03-29T22:00:00"),  # 23 hours in Berlin
        ("1 week", "2026-03-22T23:00:00", "2026-03-29T22:00:00"),
        ("1 month", "2026-02-28T23:00:00", "2026-03-31T22:00:00"),
        ("3 months", "2025-12-31T23:00:00", "2026-03-31T22:00:00"),
        ("1 year", "2025-12-31T23:00:00", "2026-12-31T23:00:00"),
    ],
)
def test_calendar_cycles_begin_at_midnight_of_their_zone(span: str, starts: str, ends: str) -> None:
    cycle = calendar(span, at("2026-03-29T12:00:00"), BERLIN)
    assert (cycle.starts_at, cycle.ends_at) == (at(starts), at(ends))


@given(
    st.sampled_from(["1 day", "1 week", "1 month", "2 months", "6 months", "1 year"]),
    st.sampled_from(["UTC", BERLIN, "Asia/Shanghai", "America/Sao_Paulo", "Africa/Cairo"]),
    st.integers(0, 100 * 365 * DAY),
)
def test_every_instant_is_in_one_calendar_cycle(span: str, zone: str, when: Instant) -> None:
    cycle = calendar(span, when, zone)
    assert cycle.starts_at <= when < cycle.ends_at
    following = calendar(span, cycle.ends_at, zone)
    assert (following.index, following.starts_at) == (cycle.index + 1, cycle.ends_at)


def test_a_plan_without_cycles_has_one_that_never_ends() -> None:
    made = policy()
    assert cycle_of(made, made.plans["free"], 5, START) == Cycle(5, 0, START, NEVER)


def test_periods_count_from_the_start_of_the_cycle_and_end_with_it() -> None:
    week = parse_span("1 week")
    period = period_of(policy(), week, MONTH, at("2026-02-20"))
    assert (period.index, period.starts_at) == (2, START + 14 * DAY)
    last = period_of(policy(), parse_span("10 days"), MONTH, at("2026-02-25"))
    assert (last.starts_at, last.ends_at) == (START + 20 * DAY, MONTH.ends_at)


def test_the_period_of_a_grant_without_a_clock_is_the_cycle() -> None:
    made = policy()
    (grant,) = made.plans["pro"].grants
    assert grant_period(made, grant, MONTH, START) is MONTH


@pytest.mark.parametrize(
    ("part", "passed", "expected"),
    [
        ("full", 27 * DAY, Fraction(1)),
        ("by_second", 0, Fraction(1)),
        ("by_second", 14 * DAY, Fraction(1, 2)),
        ("by_second", 28 * DAY - 1, Fraction(1, 28 * DAY)),
        ("by_day", 0, Fraction(1)),
        ("by_day", DAY - 1, Fraction(1)),
        ("by_day", DAY, Fraction(27, 28)),
        ("by_day", 28 * DAY - 1, Fraction(1, 28)),
    ],
)
def test_the_share_that_is_left(part: PartOf, passed: int, expected: Fraction) -> None:
    assert part_left(part, MONTH, START + passed, "UTC") == expected


def test_a_period_shorter_than_a_day_is_left_whole_by_day() -> None:
    cycle = Cycle(START, 0, START, START + 5 * HOUR)
    assert part_left("by_day", cycle, START + 4 * HOUR, "UTC") == 1


def test_nothing_is_left_over_from_a_cycle_that_never_ends() -> None:
    assert part_left("by_second", Cycle(START, 0, START, NEVER), START + DAY, "UTC") == 1


@given(st.integers(1, 400), st.integers(0, 10**15), st.sampled_from(["UTC", BERLIN]))
def test_by_day_never_gives_less_than_by_second_where_days_are_alike(
    days: int, passed: int, zone: str
) -> None:
    cycle = numbered(rules("1 day"), CalendarSpan(days, "day"), START, 0)
    when = START + passed % (cycle.ends_at - START)
    exact, rough = (part_left(part, cycle, when, "UTC") for part in ("by_second", "by_day"))
    assert 0 < exact <= rough <= 1
    assert part_left("by_day", cycle, when - MINUTE + MINUTE, zone) > 0
