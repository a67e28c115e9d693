"""Plans as compiled rules: each answer of the language arrives, and what is absent means little."""

from fractions import Fraction

from policy.checks.acme import changed
from policyengine.policy.load import load_policy
from policyengine.policy.policy import CapRule, Expiry, GrantRule, KeptRule, PlanRule
from policyengine.values.calendar import CalendarSpan, parse_instant

MONTHLY = "monthly: {credits: 2000, given: each_cycle, expires: end_of_cycle, carry_over: none}"


def pro(*changes: tuple[str, str]) -> PlanRule:
    policy = load_policy(changed(*changes), "acme.yaml").policy
    assert policy is not None
    return policy.plans["pro"]


def grant(text: str, *changes: tuple[str, str]) -> GrantRule:
    (found,) = pro((MONTHLY, f"monthly: {{credits: 2000, {text}}}"), *changes).grants
    return found


def test_a_plain_plan_says_nothing_more() -> None:
    plan = pro()
    assert (plan.calendar, plan.first_cycle, plan.ends_after) == (False, "full", None)
    assert plan.balance_at_most_micro is None
    (found,) = plan.grants
    assert (found.every, found.at_most, found.between, found.kept) == (None, None, None, None)
    assert (found.priority, found.models, found.units) == (None, (), ())


def test_a_plan_of_the_calendar_that_is_capped_and_ends() -> None:
    more = "cycle_from: calendar\n    first_cycle: prorated_by_day\n    balance_at_most: 4000.5\n"
    more += "    after_cycles: {count: 3, to: free}\n"
    plan = pro(("cycle: 1 month\n", f"cycle: 1 month\n    {more}"))
    assert (plan.calendar, plan.first_cycle) == (True, "prorated_by_day")
    assert (plan.balance_at_most_micro, plan.ends_after) == (4_000_500_000, (3, "free"))


def test_a_grant_on_its_own_clock() -> None:
    year = ("cycle: 1 month", "cycle: 1 year")
    text = "given: each_period, every: 1 month, expires: end_of_period"
    found = grant(f"{text}, at_most: {{credits: 3000, per: 2 months}}", year)
    assert (found.given, found.every) == ("each_period", CalendarSpan(1, "month"))
    assert found.expiry == Expiry("end_of_period")
    assert found.at_most == CapRule(3_000_000_000, CalendarSpan(2, "month"))
    assert found.carry_over == "none"
    of_cycle = grant(f"{text}, at_most: {{credits: 3000, per: cycle}}", year)
    assert of_cycle.at_most == CapRule(3_000_000_000, None)


def test_a_grant_that_is_kept_in_part() -> None:
    text = "given: each_cycle, expires: end_of_cycle, carry_over: some"
    assert grant(f"{text}, rollover: {{}}").kept == KeptRule(
        Fraction(1), "remaining", 0, None, None, renewed=True
    )
    rollover = "share: 12.5%, of: granted, at_least: 1, at_most: 300, cycles: 2"
    assert grant(f"{text}, rollover: {{{rollover}}}").kept == KeptRule(
        Fraction(1, 8), "granted", 1_000_000, 300_000_000, 2, renewed=True
    )
    times = grant(
        "given: each_cycle, expires: 2 months, carry_over: some, "
        "rollover: {at_most_times: 1.5, expires: as_before}"
    )
    assert times.kept == KeptRule(Fraction(1), "remaining", 0, 3_000_000_000, None, renewed=False)


def test_a_grant_with_a_priority_a_restriction_and_a_promotion() -> None:
    found = grant(
        "given: each_cycle, expires: end_of_cycle, carry_over: none, priority: 7, "
        "only_for: {models: [standard], units: [image]}, "
        "between: {from: 2026-06-01T00:00:00Z, until: 2026-09-01T00:00:00Z}"
    )
    assert (found.priority, found.models, found.units) == (7, ("standard",), ("image",))
    start, end = (parse_instant(f"2026-0{month}-01T00:00:00Z") for month in (6, 9))
    assert found.between == (start, end)
