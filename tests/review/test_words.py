"""Wording: numbers, percentages, lists, spans."""

from decimal import Decimal
from fractions import Fraction

import pytest

from policyengine.review import words
from policyengine.review.difference import KINDS, Kind
from policyengine.review.saying import members, quantity, span, text


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (2400, "2,400"),
        (Decimal("0.50"), "0.5"),
        (Fraction(1, 3), "0.333333…"),
        (-2, "-2"),
        (Fraction(-1, 4), "-0.25"),
        (Decimal("1234567.25"), "1,234,567.25"),
    ],
)
def test_numbers_are_written_for_people(amount: words.Amount, expected: str) -> None:
    assert expected == words.number(amount)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (2000, 2400, " (+20 %)"),
        (6, 5, " (-16.7 %)"),
        (0, 5, ""),
        (5, 0, " (-100 %)"),
        (100000, 1, " (-99.999 %)"),
        (10000, 10001, " (+0.01 %)"),
        (10**9, 10**9 + 1, " (barely)"),
    ],
)
def test_percentages_have_as_many_decimals_as_they_need(old: int, new: int, expected: str) -> None:
    assert expected == words.percent(old, new)


def test_long_lists_are_cut_and_counted() -> None:
    assert words.listed([]) == "nobody"
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed([*"abcdefgh"]) == "a, b, c, d, e, f and 2 more"


@pytest.mark.parametrize(
    ("old", "new", "kind", "sentence"),
    [
        ("1 year", "12 months", "text", "longer, but only in words: 1 year -> 12 months"),
        ("24 hours", "1 day", "structural", "longer on some days: 24 hours -> 1 day"),
        ("30 days", "1 month", "additive", "longer: 30 days -> 1 month"),
        (None, "1 month", "dearer", "shorter: never -> 1 month"),
    ],
)
def test_spans_that_end_together_differ_in_words_only(
    old: str | None, new: str, kind: Kind, sentence: str
) -> None:
    (found,) = span("/x", ("longer", "shorter"), (old, new), "more")
    assert (kind, sentence) == (found.kind, found.sentence)


def test_a_limit_that_comes_or_goes_is_compared_with_none() -> None:
    (comes,) = quantity("/x", ("more", "less"), (None, 5), "more")
    (goes,) = quantity("/x", ("more", "less"), (5, None), "more")
    assert [comes.kind, comes.sentence] == ["dearer", "less: no limit -> 5"]
    assert [goes.kind, goes.sentence] == ["additive", "more: 5 -> no limit"]


def test_names_that_come_and_go_are_two_facts() -> None:
    found = members("/x", (["a", "b"], ["b", "c"]), lambda who: f"+{who}", lambda who: f"-{who}")
    assert [(each.kind, each.sentence) for each in found] == [("additive", "+c"), ("dearer", "-a")]
    (narrowed,) = members("/x", (None, ["a"]), str, str)
    assert (narrowed.kind, narrowed.sentence) == ("dearer", "all but a")


def test_a_text_that_goes_is_said_with_what_it_was() -> None:
    (found,) = text("/x", "the title", ("Pro", None))
    assert found.sentence == "the title is no longer given: Pro"


def test_the_classes_are_ordered_from_mild_to_grave() -> None:
    assert KINDS == ("text", "additive", "dearer", "structural")
