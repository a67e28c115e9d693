"""Cycles: those of the calendar, and plans that end by themselves."""

from collections.abc import Iterator
from typing import Final

from policyengine.policy.checks.findings import found, found_at_key, pointer_to, see_key, see_value
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.values.calendar import SPAN_COUNT_MAX, fits_calendar, parse_span
from policyengine.values.diagnostics import Diagnostic

CALENDAR_SPANS: Final = "write `1 day`, `1 week`, `1 year`, or 1, 2, 3, 4, 6 or 12 months"


def check_calendar_cycles(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A cycle of the calendar has boundaries there, and its first one says what it gives."""
    for name, plan in document.plans.items():
        place = pointer_to("plans", name)
        if plan.cycle is None and plan.cycle_from is not None:
            yield _needs_cycle(source, name, f"{place}/cycle_from", "`cycle_from`")
        elif (
            plan.cycle is not None
            and plan.cycle_from == "calendar"
            and not calendar_has(plan.cycle)
        ):
            yield found(
                source,
                "PE285",
                f"{place}/cycle",
                f"the calendar has no boundaries for `{plan.cycle}`",
                CALENDAR_SPANS,
                see_value(source, f"{place}/cycle_from", "this asks for them"),
            )
        if plan.cycle_from == "calendar" and plan.first_cycle is None:
            yield found(
                source,
                "PE240",
                f"{place}/cycle_from",
                "`calendar` needs `first_cycle`: what a cycle that is under way gives",
                "add `first_cycle: full`, `prorated_by_day` or `prorated_by_second`",
            )
        elif plan.cycle_from != "calendar" and plan.first_cycle is not None:
            yield found_at_key(
                source,
                "PE241",
                f"{place}/first_cycle",
                "cycles that are counted from joining begin whole",
                "delete it, or write `cycle_from: calendar`",
            )


def calendar_has(cycle: str) -> bool:
    """Tell whether the calendar has boundaries of its own for a span."""
    if int(cycle.partition(" ")[0]) > SPAN_COUNT_MAX:
        return True  # another check reports it
    return fits_calendar(parse_span(cycle))


def check_plans_that_end(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A plan that ends by itself has cycles, and another plan follows."""
    for name, plan in document.plans.items():
        if plan.after_cycles is None:
            continue
        place = pointer_to("plans", name, "after_cycles")
        if plan.cycle is None:
            yield _needs_cycle(source, name, place, "`after_cycles`")
        if plan.after_cycles.to == name:
            yield found(
                source,
                "PE296",
                f"{place}/to",
                f"`{name}` would be followed by itself",
                "name another plan, or delete `after_cycles`",
            )


def _needs_cycle(source: Source, plan: str, pointer: str, what: str) -> Diagnostic:
    return found_at_key(
        source,
        "PE240",
        pointer,
        f"{what} needs a plan with cycles",
        "add a line such as `cycle: 1 month` to the plan",
        see_key(source, pointer_to("plans", plan), "it has no `cycle`"),
    )
