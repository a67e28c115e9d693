"""What an author probably meant."""

from decimal import Decimal

import pytest

from policyengine.policy.hints import (
    KEY_SYNONYMS,
    date_meant,
    instant_meant,
    name_meant,
    nearest,
    nearest_key,
    number_meant,
    percentage_meant,
    span_is_certain,
    span_meant,
    time_of_day_meant,
)
from policyengine.policy.shape import policy_form


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30d", "30 days"),
        ("1month", "1 month"),
        ("1 Months", "1 month"),
        ("12 moths", "12 months"),
        ("two-weeks", "2 weeks"),
        ("a year", "1 year"),
        ("15min", "15 minutes"),
        ("24h", "24 hours"),
        ("monthly", "1 month"),
        ("quarterly", "3 months"),
        ("5", ""),
        ("5 parsecs of it", ""),
        ("0 days", ""),
        ("many days", ""),
        ("1m", ""),
        ("", ""),
        ("x" * 5000, ""),
    ],
)
def test_spans(text: str, meant: str) -> None:
    assert span_meant(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-01-28", "2026-01-28T00:00:00Z"),
        ("2026/1/8", "2026-01-08T00:00:00Z"),
        ("2026-01-28 9:30", "2026-01-28T09:30:00Z"),
        ("2026-01-28T09:30:15 utc", "2026-01-28T09:30:15Z"),
        ("2026-01-28T09:30+08:00", "2026-01-28T09:30:00+08:00"),
        ("28.1.2026", ""),
        ("soon", ""),
    ],
)
def test_instants(text: str, meant: str) -> None:
    assert instant_meant(text) == meant
    assert date_meant(text) == meant[:10]


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (20, "20%"),
        (Decimal("0.2"), "20%"),
        (Decimal("0.125"), "12.5%"),
        (Decimal("2.5"), "2.5%"),
        ("20 percent", "20%"),
        ("20 %", "20%"),
        ("20％", "20%"),
        (-5, ""),
        (20000, ""),
        ("half", ""),
    ],
)
def test_percentages(value: str | int | Decimal, meant: str) -> None:
    assert percentage_meant(value) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9", "09:00"),
        ("9:30", "09:30"),
        ("09:30:00", "09:30"),
        ("9.30", "09:30"),
        ("17h", "17:00"),
        ("17h30", "17:30"),
        ("9am", "09:00"),
        ("12 a.m.", "00:00"),
        ("12 PM", "12:00"),
        ("5:45 pm", "17:45"),
        ("13 pm", "13:00"),
        ("25:00", ""),
        ("9:75", ""),
        ("noon", ""),
    ],
)
def test_times_of_day(text: str, meant: str) -> None:
    assert time_of_day_meant(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("300", ("300", True)),
        ("-0.5", ("-0.5", True)),
        ("300 credits", ("300", False)),
        ("$ 20.50", ("20.50", False)),
        ("20 €", ("20", False)),
        ("5k", ("", False)),
        ("20%", ("", False)),
        ("lots", ("", False)),
    ],
)
def test_numbers(text: str, meant: tuple[str, bool]) -> None:
    assert number_meant(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Pro Plan", "pro_plan"), ("pro+", "pro"), ("_x_", "x"), ("2nd", ""), ("专业", "")],
)
def test_names(text: str, meant: str) -> None:
    assert name_meant(text) == meant


def test_the_nearest_word_is_found_across_case_and_hyphens() -> None:
    known = ("each_cycle", "once")
    assert nearest("Each-Cycle", known) == "each_cycle"
    assert nearest("onec", known) == "once"
    assert nearest("whenever", known) == ""


def test_a_key_is_sought_by_spelling_first_and_by_meaning_then() -> None:
    known = ("credits", "expires")
    assert nearest_key("credit", known) == ("credits", True)
    assert nearest_key("ttl", known) == ("expires", False)
    assert nearest_key("alowance", known) == ("credits", False)
    assert nearest_key("timezone", known) == ("", False)
    assert nearest_key("colour", known) == ("", False)


def test_every_synonym_stands_for_a_key_that_exists() -> None:
    homes = policy_form().outline.homes
    for word, key in KEY_SYNONYMS.items():
        assert key in homes, key
        assert word not in homes, word


@pytest.mark.parametrize(
    ("text", "is_certain"),
    [
        ("monthly", True),
        ("1 mnth", True),
        ("soon", False),
        ("2 xyzzies", False),
        ("1/2 month", False),
        ("", False),
    ],
)
def test_a_span_is_certain_where_its_unit_can_be_no_other(text: str, is_certain: bool) -> None:
    assert span_is_certain(text) is is_certain
