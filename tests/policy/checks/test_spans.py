"""Spans: one is called longer than another only where that is so at every instant."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.checks.acme import codes
from policyengine.policy.checks.spans import is_longer
from policyengine.values.calendar import add_span, instant_of, parse_span

SPANS = st.tuples(
    st.integers(1, 400), st.sampled_from(["second", "minute", "hour", "day", "week", "month"])
) | st.tuples(st.integers(1, 40), st.just("year"))


@settings(max_examples=200)
@given(SPANS, SPANS, st.datetimes(datetime(1980, 1, 1), datetime(2080, 1, 1)))  # noqa: DTZ001 UTC is added below
def test_whatis_longer_ends_later_whenever_it_begins(
    one: tuple[int, str], other: tuple[int, str], start: datetime
) -> None:
    first, second = (f"{count} {unit}s" for count, unit in (one, other))
    begin = instant_of(start.replace(tzinfo=UTC))
    ends = [add_span(begin, parse_span(each), "UTC") for each in (first, second)]
    if is_longer(first, second):
        assert ends[0] > ends[1]
    assert not (is_longer(first, second) and is_longer(second, first))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2 hours", "1 hour", True),
        ("60 minutes", "1 hour", False),
        ("32 days", "1 month", True),
        ("31 days", "1 month", False),
        ("1 month", "27 days", True),
        ("1 month", "28 days", False),
        ("367 days", "1 year", True),
        ("1 year", "11 months", True),
        ("1 year", "12 months", False),
        ("2 weeks", "13 days", True),
    ],
)
def test_some_lengths(one: str, other: str, *, expected: bool) -> None:
    assert expected == is_longer(one, other)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("cycle: 1 month", "cycle: 1 hour", []),
        ("cycle: 1 month", "cycle: 59 minutes", ["PE231"]),
        ("cycle: 1 month", "cycle: 100 years", []),
        ("cycle: 1 month", "cycle: 101 years", ["PE230"]),
        ("cycle: 1 month", "cycle: 999999 years", ["PE230"]),
        ("late_usage: 7 days", "late_usage: 100001 days", ["PE230"]),
        ("late_usage: 7 days", "late_usage: 24 hours", []),
        ("late_usage: 7 days", "late_usage: 23 hours", ["PE233"]),
        ("hold: 15 minutes", "hold: 24 hours", []),
        ("hold: 15 minutes", "hold: 25 hours", ["PE232"]),
        ("hold: 24 hours", "hold: 24 hours\n  grace: 24 hours", []),
        ("hold: 24 hours", "hold: 24 hours\n  grace: 25 hours", ["PE238"]),
        ("hold: 24 hours", "hold: 24 hours\n  grace: 101 years", ["PE233", "PE230", "PE238"]),
        ("hold: 24 hours", "hold: 24 hours\n  grace: 999999 years", ["PE230"]),
        ("hold: 24 hours", "hold: 168 hours\n  grace: 1 second", ["PE233"]),
        ("expires: 12 months", "expires: never", []),
        ("expires: 12 months", "expires: 1201 months", ["PE230"]),
        ("expires: end_of_cycle", "expires: 27 days", ["PE234"]),
        ("expires: end_of_cycle", "expires: 30 days", []),
        ("expires: end_of_cycle", "expires: never", []),
        ("expires: 1 month", "expires: 200 years", ["PE230"]),
        ("{expired_lot: stay_expired}", "{expired_lot: new_lot, new_lot_expires: 7 days}", []),
        (
            "{expired_lot: stay_expired}",
            "{expired_lot: new_lot, new_lot_expires: 101 years}",
            ["PE230"],
        ),
        ("refunds:", "alerts: [{expiring_within: 3 days}]\nrefunds:", []),
        ("refunds:", "alerts: [{expiring_within: 200 years}]\nrefunds:", ["PE230"]),
    ],
)
def test_spans_of_a_policy(old: str, new: str, expected: list[str]) -> None:
    assert expected == codes((old, new))
