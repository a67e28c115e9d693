"""`parse_expression` and what it gives: exact results, by the reference and the fast function."""

import copy
import pickle
import sys
import threading
import time
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from simpleeval import SimpleEval

from policy.expressions.written import NAMES, VALUES, amounts, conditions
from policyengine.policy.expressions import (
    FAULTS,
    Expression,
    ExpressionFault,
    Value,
    parse_expression,
    reference,
)


def parsed(text: str, wants: str = "credits") -> Expression:
    expression = parse_expression(text, NAMES, wants)
    assert isinstance(expression, Expression), expression
    return expression


def computed(text: str, values: dict[str, Value], wants: str = "credits") -> object:
    expression = parsed(text, wants)
    reference = expression.evaluate(values)
    assert reference == expression.compiled(*(values[name] for name in expression.names_used))
    return reference


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("tokens_at_rate * multiplier", {"tokens_at_rate": 7, "multiplier": 6}, Fraction(42)),
        ("0.1 + 0.2", {}, Fraction("0.3")),
        ("charge / 3", {"charge": 1}, Fraction(1, 3)),
        ("charge / 0.5", {"charge": 1}, Fraction(2)),
        ("-charge - -2", {"charge": 5}, Fraction(-3)),
        ("10 - 4 - 3", {}, Fraction(3)),
        ("2 + 3 * 4", {}, Fraction(14)),
        ("(2 + 3) * 4", {}, Fraction(20)),
        ("min(charge, 3, 1.5)", {"charge": 2}, Fraction("1.5")),
        ("max(charge, 3)", {"charge": Fraction("3.1")}, Fraction("3.1")),
        ("ceil(charge)", {"charge": Fraction("1.2")}, Fraction(2)),
        ("ceil(charge)", {"charge": Fraction("-1.2")}, Fraction(-1)),
        ("floor(charge)", {"charge": Fraction("-1.2")}, Fraction(-2)),
        ("ceil(charge, 0.01)", {"charge": Fraction("1.231")}, Fraction("1.24")),
        ("ceil(charge, 0.01)", {"charge": Fraction("1.23")}, Fraction("1.23")),
        ("floor(charge, 0.25)", {"charge": Fraction("1.7")}, Fraction("1.5")),
        ("ceil(charge, 50)", {"charge": 101}, Fraction(150)),
        ("1 if charge > 2 else 3", {"charge": 2}, Fraction(3)),
        ("1 if charge > 2 else 3", {"charge": 3}, Fraction(1)),
        ("123456789012345678 * 1000000", {}, Fraction(123456789012345678000000)),
        ("0.12345678901234567", {}, Fraction(12345678901234567, 10**17)),
    ],
)
def test_amounts_are_computed_exactly(
    text: str, values: dict[str, Value], expected: Fraction
) -> None:
    result = computed(text, values)
    assert expected == result
    assert type(result) is Fraction


@pytest.mark.parametrize(
    ("text", "charge", "expected"),
    [
        ("charge > 10", 10, False),
        ("charge >= 10", 10, True),
        ("charge < 10", 10, False),
        ("charge <= 10", 10, True),
        ("charge == 10", 10, True),
        ("charge != 10", 10, False),
        ("0 < charge <= 5", 5, True),
        ("0 < charge <= 5", 6, False),
        ("not charge > 5", 6, False),
        ("charge > 5 and charge < 7 or charge == 9", 9, True),
        ("charge > 5 and (charge < 7 or charge == 9)", 3, False),
        ("charge > 5 if charge > 3 else charge < 1", 0, True),
        ("charge == 0.1", Fraction(1, 10), True),
    ],
)
def test_conditions_are_bools(text: str, charge: Value, expected: bool) -> None:
    assert computed(text, {"charge": charge}, "yes_no") is expected


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_compiled_function_never_disagrees_with_simpleeval(data: st.DataObject) -> None:
    agree(data)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None)
@given(st.data())
def test_the_compiled_function_never_disagrees_in_a_long_run(data: st.DataObject) -> None:
    agree(data)


def agree(data: st.DataObject) -> None:
    wants = data.draw(st.sampled_from(["credits", "yes_no", "tokens", "number"]))
    text = data.draw(conditions() if wants == "yes_no" else amounts(wants))
    expression = parse_expression(text, NAMES, wants)
    if isinstance(expression, ExpressionFault):  # too large, or literals alone times a number
        assert expression.code in ("PE302", "PE308", "PE314", "PE315"), (text, expression)
        assume(False)
        return
    for _ in range(4):
        values = data.draw(VALUES)
        expected = expression.evaluate(values)
        actual = expression.compiled(*(values[name] for name in expression.names_used))
        assert expected == actual
        assert isinstance(expected, bool) == isinstance(actual, bool) == (wants == "yes_no")


def test_names_are_listed_once_in_the_order_of_their_first_use() -> None:
    text = "multiplier * charge if usual_charge > charge else tokens_at_rate"
    expected = ("multiplier", "charge", "usual_charge", "tokens_at_rate")
    assert expected == parsed(text).names_used


def test_spaces_around_are_dropped_and_faults_keep_their_place() -> None:
    assert parsed("  charge ").text == "charge"
    fault = parse_expression("   chargee ", NAMES, "credits")
    assert isinstance(fault, ExpressionFault)
    assert (fault.start, fault.end) == (3, 10)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, KeyError),
        ({"charge": 1.5}, TypeError),
        ({"charge": True}, TypeError),
        ({"charge": "1"}, TypeError),
    ],
)
def test_the_reference_takes_only_exact_values(
    values: dict[str, Value], error: type[Exception]
) -> None:
    with pytest.raises(error, match="charge"):
        parsed("charge").evaluate(values)


def test_a_yes_no_name_takes_only_a_bool() -> None:
    expression = parsed("failed", "yes_no")
    assert expression.evaluate({"failed": True}) is True
    with pytest.raises(TypeError, match="`failed` is yes_no"):
        expression.evaluate({"failed": 1})


def test_a_pickled_or_copied_expression_computes_the_same() -> None:
    expression = parsed("ceil(tokens_at_rate, 0.01) * multiplier")
    for copied in (pickle.loads(pickle.dumps(expression)), copy.deepcopy(expression)):  # noqa: S301 our own bytes
        assert expression == copied
        assert hash(expression) == hash(copied)
        assert copied.compiled(Fraction("1.231"), 2) == Fraction("2.48")
        assert copied.evaluate({"tokens_at_rate": 1, "multiplier": 2}) == 2


def test_equal_texts_of_other_units_are_not_equal() -> None:
    assert parsed("5", "credits") != parsed("5", "number")
    assert parsed("charge") != parsed(" (charge)")


def in_threads(work: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_evaluate_one_expression_apart() -> None:
    expression = parsed("tokens_at_rate * multiplier")
    wrong: list[int] = []

    def work(seed: int) -> None:
        for value in range(seed * 1000, seed * 1000 + 200):
            result = expression.evaluate({"tokens_at_rate": value, "multiplier": 3})
            if result != value * 3:
                wrong.append(value)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        in_threads(work)
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


def test_no_two_threads_swap_the_warning_filters_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[int] = []
    most: list[int] = []

    class SlowToConstruct(SimpleEval):  # type: ignore[misc] # the library has no types
        def __init__(self, **settings: object) -> None:
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            super().__init__(**settings)
            inside.pop()

    monkeypatch.setattr(reference, "SimpleEval", SlowToConstruct)
    expression = parsed("charge")
    in_threads(lambda seed: expression.evaluate({"charge": seed}))
    assert most == [1, 1, 1, 1]


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=230)
WORDS = """
    charge multiplier failed all_input min max ceil floor ( ) ( ) , + - * / < <= > >= == != and or
    not if else 1 0 0.01 200000 1e3 × = ** . [ ] ' # lambda True __x__ 1.5x
"""
FRAGMENTS = st.lists(st.sampled_from([*WORDS.split(), " ", "\n"]), max_size=40)


@settings(max_examples=600, deadline=None)
@given(
    ANY_TEXT | FRAGMENTS.map(" ".join) | FRAGMENTS.map("".join),
    st.sampled_from(["credits", "yes_no", "seconds"]),
)
def test_no_text_makes_the_parser_raise(text: str, wants: str) -> None:
    result = parse_expression(text, NAMES, wants)
    if isinstance(result, Expression):
        assert result.dimension == wants
        return
    assert result.code in FAULTS
    assert 0 <= result.start <= result.end <= len(text)
    assert result.start < result.end or not text.strip(" ")
    for sentence in (result.message, result.help):
        assert sentence
        assert sentence.isprintable()
        assert not sentence.endswith(".")
        assert len(sentence) < 300
