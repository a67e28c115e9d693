"""Cycles: where one begins and ends, on the calendar or from an anchor, and how much is left."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from policyengine.policy.policy import GrantRule, PlanRule, Policy
from policyengine.values.calendar import (
    NEVER,
    CalendarSpan,
    Instant,
    add_span,
    calendar_anchor,
    spans_passed,
)

PartOf: TypeAlias = Literal["full", "by_day", "by_second"]
"""Which part of its credits a period gives that is under way: all, or the share that is left."""

_DAY: Final = CalendarSpan(1, "day")


@dataclass(frozen=True, slots=True)
class Cycle:
    """Cycle number `index` from the anchor: [starts_at, ends_at), also where it is under way."""

    anchor_at: Instant
    index: int
    starts_at: Instant
    ends_at: Instant


def cycle_of(policy: Policy, plan: PlanRule, anchor_at: Instant, at: Instant) -> Cycle:
    """Give the plan's cycle that `at` falls into; calendar cycles have the calendar's anchor."""
    if plan.cycle is None:
        return Cycle(anchor_at, 0, at, NEVER)
    anchor = calendar_anchor(plan.cycle, policy.zone) if plan.calendar else anchor_at
    index = spans_passed(anchor, plan.cycle, policy.zone, at)
    return numbered(policy, plan.cycle, anchor, index)


def numbered(policy: Policy, span: CalendarSpan, anchor_at: Instant, index: int) -> Cycle:
    """Give a cycle by its number."""
    starts_at = add_span(anchor_at, span, policy.zone, index)
    return Cycle(anchor_at, index, starts_at, add_span(anchor_at, span, policy.zone, index + 1))


def period_of(policy: Policy, every: CalendarSpan, cycle: Cycle, at: Instant) -> Cycle:
    """Give the period that `at` falls into: counted from a cycle's start, and ending in it."""
    index = spans_passed(cycle.starts_at, every, policy.zone, at)
    period = numbered(policy, every, cycle.starts_at, index)
    return Cycle(period.anchor_at, index, period.starts_at, min(period.ends_at, cycle.ends_at))


def grant_period(policy: Policy, grant: GrantRule, cycle: Cycle, at: Instant) -> Cycle:
    """Give the period that a recurring grant is for: its own, or else the cycle.

    A period of the calendar is given whole: it may begin before the cycle and end after it.
    """
    if grant.every is None:
        return cycle
    if not grant.by_calendar:
        return period_of(policy, grant.every, cycle, at)
    anchor = calendar_anchor(grant.every, policy.zone)
    return numbered(policy, grant.every, anchor, spans_passed(anchor, grant.every, policy.zone, at))


def part_left(part: PartOf, period: Cycle, at: Instant, zone: str) -> Fraction:
    """Give the share of a period that is left at an instant in it.

    By day, the days of the period count from its start, and one that has begun is left whole.
    """
    if part == "full" or period.ends_at >= NEVER:
        return Fraction(1)
    if part == "by_second":
        return Fraction(period.ends_at - at, period.ends_at - period.starts_at)
    days = spans_passed(period.starts_at, _DAY, zone, period.ends_at - 1) + 1
    return Fraction(days - spans_passed(period.starts_at, _DAY, zone, at), days)
