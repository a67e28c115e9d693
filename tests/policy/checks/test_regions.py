"""Every real request is in one of the rows by which tiers are judged."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policyengine.policy.checks.regions import ROWS_MAX, outcomes_of
from policyengine.policy.expressions import Expression, parse_expression

NAMES = {"a": "tokens", "b": "tokens", "s": "seconds"}
NUMBERS = st.sampled_from(["0", "1", "2", "2.5", "7", "10", "1000"])


def read(text: str) -> Expression:
    parsed = parse_expression(text, NAMES, "yes_no")
    assert isinstance(parsed, Expression), (text, parsed)
    return parsed


SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
SHAPES = st.sampled_from(
    [
        "{name} {sign} {number}",
        "{number} {sign} {name}",
        "{other} <= {name} < {number}",
        "2 * {name} - 3 {sign} {number} / 4",
        "a + b {sign} {number}",
        "max(a, b) {sign} {number}",
        "s {sign} {number}",
        "1 {sign} {number}",
    ]
)


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    return draw(SHAPES).format(
        name=draw(st.sampled_from(["a", "b"])),
        sign=draw(SIGNS),
        number=draw(NUMBERS),
        other=draw(NUMBERS),
    )


@st.composite
def conditions(draw: st.DrawFn) -> str:
    left = draw(comparisons())
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return f"not ({left})"
    if kind == 1:
        return f"{left} and {draw(comparisons())}"
    if kind == 2:
        return f"({left} or {draw(comparisons())}) if {draw(comparisons())} else a > 5"
    return left


COUNTS = st.integers(0, 12) | st.integers(0, 2000)


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions(), min_size=1, max_size=4), COUNTS, COUNTS, COUNTS)
def test_every_request_has_its_row(texts: list[str], a: int, b: int, s: int) -> None:
    counts = {"a": a, "b": b, "s": s}
    expressions = [read(text) for text in texts]
    rows = outcomes_of(expressions, NAMES)
    assume(rows)
    assert tuple(each.evaluate(counts) for each in expressions) in rows


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a > 5"], {(False,), (True,)}),
        (["a > 5", "a > 9"], {(False, False), (True, False), (True, True)}),
        (["a < 0"], {(False,)}),
        (["a >= 0"], {(True,)}),
        (["a > 2 and a < 3"], {(False,)}),
        (["a > 2.5", "a >= 3"], {(False, False), (True, True)}),
        (["1 > 2"], {(False,)}),
        (["a + a > 5", "a > 2.5"], {(False, False), (True, True)}),
        # What weighs two names is left open, and is only equal to itself.
        (["a + b > 5"], {(False,), (True,)}),
        (["a + b > 5", "a + b > 5"], {(False, False), (True, True)}),
        (["a + b < 0", "a > 0"], {(x, y) for x in (False, True) for y in (False, True)}),
    ],
)
def test_rows_are_exact_for_single_names(texts: list[str], expected: set[tuple[bool, ...]]) -> None:
    rows = outcomes_of([read(text) for text in texts], NAMES)
    assert expected == set(rows)
    assert len(expected) == len(rows)


def test_too_many_regions_are_left_open_and_too_many_conditions_too() -> None:
    names = dict.fromkeys("abcdefghij", "tokens")
    wide = parse_expression(" and ".join(f"{name} > 1" for name in names), names, "yes_no")
    assert isinstance(wide, Expression)
    assert set(outcomes_of([wide], names)) == {(False,), (True,)}
    open_ones = [read(f"a + b > {number}") for number in range(13)]
    assert 2 ** len(open_ones) > ROWS_MAX
    assert outcomes_of(open_ones, NAMES) == ()


def test_a_difference_too_long_for_an_expression_of_its_own_is_left_open() -> None:
    name = "n" * 64
    condition = parse_expression(f"{name}+{name}+{name}<0", {name: "tokens"}, "yes_no")
    assert isinstance(condition, Expression)
    assert set(outcomes_of([condition], {name: "tokens"})) == {(False,), (True,)}
