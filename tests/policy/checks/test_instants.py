"""Dates and zones: what is let through, the calendar can count with."""

from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.checks.acme import codes, found
from policyengine.policy.checks.instants import _fault_of, _is_zone, _zone_help
from policyengine.values.calendar import add_span, parse_instant, parse_span


def digits(least: int, most: int, width: int = 2) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda each: f"{each:0{width}d}")


YEARS = digits(1968, 1972, 4) | digits(8998, 9001, 4) | digits(0, 9999, 4)
DATES = st.tuples(YEARS, digits(0, 13), digits(0, 32)).map("-".join)
CLOCKS = st.tuples(digits(0, 24), digits(0, 60), digits(0, 60)).map(":".join)
OFFSETS = st.just("Z") | st.tuples(st.sampled_from("+-"), digits(0, 24), digits(0, 60)).map(
    lambda each: f"{each[0]}{each[1]}:{each[2]}"
)


@settings(max_examples=300)
@given(st.tuples(DATES, CLOCKS, OFFSETS).map(lambda each: f"{each[0]}T{each[1]}{each[2]}"))
def test_a_text_without_fault_is_an_instant_and_the_other_way_round(text: str) -> None:
    fault = _fault_of(text)
    try:
        parse_instant(text)
    except ValueError:
        assert fault is not None
        assert 0 <= fault.start < fault.end <= len(text)
    else:
        # Newer Pythons take 24:00 for the next day; the language has one way to write it.
        assert fault is None or "T24:" in text


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("2026-02-29", "29", "the month 2026-02 has no day `29`"),
        ("2024-02-30", "30", "the month 2024-02 has no day `30`"),
        ("2026-00-10", "00", "there is no month `00`"),
        ("2026-04-31T00:00:00Z", "31", "the month 2026-04 has no day `31`"),
        ("2026-04-30T24:00:00Z", "24", "there is no hour `24`"),
        ("2026-04-30T23:60:00Z", "60", "there is no minute `60`"),
        ("2026-04-30T23:59:60Z", "60", "there is no second `60`"),
        ("2026-04-30T23:59:59+24:00", "24", "there is no hour `24`"),
        ("2026-04-30T23:59:59-01:99", "99", "there is no minute `99`"),
        ("1969-12-31", "1969-12-31", "`1969-12-31` is outside the years 1970 to 8999"),
        (
            "1970-01-01T00:00:00+01:00",
            "1970-01-01T00:00:00+01:00",
            "`1970-01-01T00:00:00+01:00` is outside the years 1970 to 8999",
        ),
    ],
)
def test_the_part_that_is_wrong_is_pointed_at(text: str, part: str, message: str) -> None:
    fault = _fault_of(text)
    assert fault is not None
    assert (fault.message, text[fault.start : fault.end]) == (message, part)


@pytest.mark.parametrize(
    "text", ["2024-02-29", "1970-01-01", "8999-12-31", "2026-04-30T23:59:59.999999+08:00"]
)
def test_dates_and_instants_that_exist_have_no_fault(text: str) -> None:
    assert _fault_of(text) is None


def test_every_date_of_a_file_is_looked_at() -> None:
    source = "source: {page: a, read: 2026-02-30}\ntime:"
    keep = "{plan: pro, joined_before: 2026-02-30T00:00:00Z, until: 2026-13-01T00:00:00Z}"
    replaces = (
        "replaces: {version: 1, rates_and_models: from_effective, plans: at_next_cycle, "
        f"packs: new_purchases, keep: [{keep}]}}\nrefunds:"
    )
    changes = (("version: 1", "version: 2"), ("time:", source), ("refunds:", replaces))
    assert codes(*changes) == ["PE235", "PE235", "PE235"]


def test_every_zone_of_the_database_is_known() -> None:
    unknown = {each for each in available_timezones() if not _is_zone(each)}
    assert unknown <= {"localtime", "Factory"}


@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("Asia/Shangai", "did you mean `Asia/Shanghai`?"),
        ("asia/shanghai", "did you mean `Asia/Shanghai`?"),
        ("Shanghai", "did you mean `Asia/Shanghai`?"),
        ("Beijing", "did you mean `Asia/Shanghai`?"),
        ("America/San Francisco", "did you mean `America/Los_Angeles`?"),
        ("New York", "did you mean `America/New_York`?"),
        ("CST", "write the name of a place in it, such as `Asia/Shanghai`, or `UTC`"),
        ("UTC+8", "write the name of a place in it, such as `Asia/Shanghai`, or `UTC`"),
        ("GMT -03:00", "write the name of a place in it, such as `Asia/Shanghai`, or `UTC`"),
        ("nowhere at all", "write the name of a place in it, such as `Asia/Shanghai`, or `UTC`"),
        ("localtime", "write the name of a place in it, such as `Asia/Shanghai`, or `UTC`"),
    ],
)
def test_a_zone_that_is_none_has_a_way_out(name: str, help_: str) -> None:
    assert not _is_zone(name)
    assert help_ == _zone_help(name)


@pytest.mark.parametrize(
    "name", ["", "America", "../zoneinfo/UTC", "/etc/localtime", "a\0b", "中国", "posixrules", "x"]
)
def test_no_path_is_a_zone(name: str) -> None:
    assert not _is_zone(name)


def test_a_zone_that_is_let_through_can_be_counted_with() -> None:
    assert found(("Asia/Shanghai", "America/St_Johns")) == ()
    day = parse_span("1 day")
    assert add_span(0, day, "America/St_Johns") == parse_instant("1970-01-02T00:00:00Z")
