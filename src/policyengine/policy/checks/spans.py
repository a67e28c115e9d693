"""Spans of time: none beyond a lifetime, and none that makes another one pointless."""

from collections.abc import Iterator
from typing import Final

from policyengine.policy.checks.findings import found, pointer_to, see_value
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.values.calendar import SPAN_COUNT_MAX, CalendarSpan, parse_span
from policyengine.values.diagnostics import Diagnostic

YEARS_MAX: Final = 100
"""A longer span is not meant; credits without an end have a word of their own."""

_MOST: Final = {"year": YEARS_MAX, "month": YEARS_MAX * 12, "week": 5_218, "day": 36_525}
"""Smaller units do not come near: `SPAN_COUNT_MAX` hours are eleven years."""

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_EXACT: Final = {"second": 1, "minute": 60, "hour": _HOUR, "day": _DAY, "week": 7 * _DAY}
_WORDS: Final = ("never", "end_of_cycle", "end_of_period")


def check_spans_are_bounded(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A span ends within a hundred years."""
    for pointer, text in _spans(document):
        span = _span(text)
        if span is None or span.count > _MOST.get(span.unit, SPAN_COUNT_MAX):
            for_ever = pointer.endswith("/expires")
            yield found(
                source,
                "PE230",
                pointer,
                f"`{text}` is longer than {YEARS_MAX} years",
                "write `never` for credits without an end" if for_ever else "write a shorter span",
            )


def _spans(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    yield "/charge/late_usage", document.charge.late_usage
    yield "/estimate/hold", document.estimate.hold
    yield "/estimate/longest_hold", document.estimate.longest_hold
    if document.estimate.grace is not None:
        yield "/estimate/grace", document.estimate.grace
    if document.refunds.new_lot_expires is not None:
        yield "/refunds/new_lot_expires", document.refunds.new_lot_expires
    yield from _spans_of_plans(document)
    for name, pack in document.packs.items():
        if pack.expires not in _WORDS:
            yield pointer_to("packs", name, "expires"), pack.expires
    yield from _spans_of_limits(document)
    for index, alert in enumerate(document.alerts):
        if alert.expiring_within is not None:
            yield pointer_to("alerts", index, "expiring_within"), alert.expiring_within


def _spans_of_limits(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    lives = {
        pointer_to("packs", name, "bonus", "expires"): pack.bonus.expires
        for name, pack in document.packs.items()
        if pack.bonus is not None
    }
    for unit, part in document.conversions.items():
        lives[pointer_to("conversions", unit, "expires")] = part.expires
    if document.top_up is not None:
        lives["/top_up/cooldown"] = document.top_up.cooldown
        lives["/top_up/at_most/per"] = document.top_up.at_most.per
        lives["/top_up/expires"] = document.top_up.expires or "never"
    yield from ((pointer, text) for pointer, text in lives.items() if text not in _WORDS)


def _spans_of_plans(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    for name, plan in document.plans.items():
        if plan.cycle is not None:
            yield pointer_to("plans", name, "cycle"), plan.cycle
        for grant, part in plan.grants.items():
            place = pointer_to("plans", name, "grants", grant)
            if part.expires not in _WORDS:
                yield f"{place}/expires", part.expires
            if part.every is not None:
                yield f"{place}/every", part.every
            if part.at_most is not None and part.at_most.per != "cycle":
                yield f"{place}/at_most/per", part.at_most.per


def check_cycles_are_long_enough(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A cycle lasts an hour or more, so that a wallet does not renew all the time."""
    for name, plan in document.plans.items():
        spans = {pointer_to("plans", name, "cycle"): plan.cycle}
        for grant, part in plan.grants.items():
            spans[pointer_to("plans", name, "grants", grant, "every")] = part.every
        for pointer, span in spans.items():
            if span is not None and is_longer("1 hour", span):
                message = f"`{span}` is shorter than an hour"
                yield found(source, "PE231", pointer, message, "write `1 hour` or more")


def check_holds_fit(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A hold fits below the longest one, and what it captures is not refused as late."""
    part = document.estimate
    if is_longer(part.hold, part.longest_hold):
        yield found(
            source,
            "PE232",
            "/estimate/hold",
            f"`{part.hold}` is longer than the longest hold",
            f"write at most `{part.longest_hold}`, or a longer `longest_hold`",
            see_value(source, "/estimate/longest_hold", "no hold lasts longer"),
        )
    late = document.charge.late_usage
    if is_longer(part.longest_hold, late):
        yield found(
            source,
            "PE233",
            "/charge/late_usage",
            f"a hold may last longer than `{late}`, and what it then captures is refused as late",
            f"write `{part.longest_hold}` or more, or a shorter `longest_hold`",
            see_value(source, "/estimate/longest_hold", "a hold may last as long"),
        )
    elif part.grace is not None and _is_longer_together(part.longest_hold, part.grace, late):
        yield found(
            source,
            "PE233",
            "/charge/late_usage",
            f"a hold may be captured later than `{late}`, in its grace time, and is then refused",
            "write a longer `late_usage`, or a shorter `longest_hold` or `grace`",
            see_value(source, "/estimate/grace", "so long after its end"),
        )
    if part.grace is not None and is_longer(part.grace, part.longest_hold):
        yield found(
            source,
            "PE238",
            "/estimate/grace",
            f"`{part.grace}` of grace are longer than the longest hold",
            f"write at most `{part.longest_hold}`; `5 seconds` are usual",
            see_value(source, "/estimate/longest_hold", "no hold lasts longer"),
        )


def check_grants_last(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Credits of each cycle do not expire long before the next ones come."""
    for name, plan in document.plans.items():
        for grant, part in plan.grants.items():
            key = "every" if part.every is not None else "cycle"
            again = part.every or plan.cycle
            if again is None or part.given == "once" or part.expires in _WORDS:
                continue
            place = pointer_to("plans", name)
            if key == "every":
                place = pointer_to("plans", name, "grants", grant)
            if is_longer(again, part.expires):
                yield found(
                    source,
                    "PE234",
                    pointer_to("plans", name, "grants", grant, "expires"),
                    f"the credits expire after `{part.expires}`, before the next ones come",
                    f"write `end_of_{'period' if key == 'every' else 'cycle'}` or at least "
                    f"`{again}`, if that is not meant",
                    see_value(source, f"{place}/{key}", "the next ones come"),
                    severity="warning",
                )


def _span(text: str) -> CalendarSpan | None:
    """Read a span whose form the schema has checked; None where its count is out of bounds."""
    return parse_span(text) if int(text.partition(" ")[0]) <= SPAN_COUNT_MAX else None


def is_longer(one: str, other: str) -> bool:
    """Tell whether one span is longer than another, whenever both begin."""
    first, second = _span(one), _span(other)
    return first is not None and second is not None and _shortest(first) > _longest(second)


def _is_longer_together(one: str, more: str, other: str) -> bool:
    """Tell whether two spans, one after the other, are longer than a third one."""
    first, second, third = _span(one), _span(more), _span(other)
    if first is None or second is None or third is None:
        return False
    return _shortest(first) + _shortest(second) > _longest(third)


def _shortest(span: CalendarSpan) -> int:
    count = span.count
    if span.unit in _EXACT:
        return count * _EXACT[span.unit]
    if span.unit == "year":
        return count * 365 * _DAY
    return max(count * 28, count * 365 // 12 - 3) * _DAY


def _longest(span: CalendarSpan) -> int:
    count = span.count
    if span.unit in _EXACT:
        return count * _EXACT[span.unit]
    if span.unit == "year":
        return count * 366 * _DAY
    return min(count * 31, count * 366 // 12 + 4) * _DAY
