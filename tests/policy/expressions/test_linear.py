"""`linear_form` is the expression itself, read as a sum; where there is none it says so."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy.expressions.written import EXACT, NAMES, VALUES, amounts
from policyengine.policy.expressions import (
    Expression,
    LinearForm,
    Value,
    linear_form,
    parse_expression,
)

SIX: dict[str, Value] = {"multiplier": 6}


def form_of(text: str, parameters: dict[str, Value]) -> LinearForm | None:
    expression = parse_expression(text, NAMES, "credits")
    assert isinstance(expression, Expression), expression
    return linear_form(expression, parameters)


def linear(constant: str, **coefficients: str) -> LinearForm:
    terms = sorted((name, Fraction(each)) for name, each in coefficients.items())
    return LinearForm(Fraction(constant), tuple(terms))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tokens_at_rate * multiplier", linear("0", tokens_at_rate="6")),
        ("multiplier * tokens_at_rate / 4 + 0.5", linear("0.5", tokens_at_rate="1.5")),
        ("charge - (tokens_at_rate - 2) * 3", linear("6", charge="1", tokens_at_rate="-3")),
        ("-charge + charge", linear("0")),
        ("tokens_at_rate - charge + charge", linear("0", tokens_at_rate="1")),
        ("tokens_at_rate * (2 if multiplier > 1 else 1)", linear("0", tokens_at_rate="2")),
        ("charge if multiplier < 1 else 7", linear("7")),
        ("charge if charge > charge + 1 else 7", linear("7")),
        ("charge if failed else charge", linear("0", charge="1")),
        ("charge if failed and multiplier == 1 else 2", linear("2")),
        ("charge if failed or multiplier == 6 else 2", linear("0", charge="1")),
        ("charge if not (multiplier == 6) else 2", linear("2")),
        ("charge if multiplier > 1 and multiplier > 2 else 2", linear("0", charge="1")),
        ("charge if multiplier < 1 or multiplier < 2 else 2", linear("2")),
        ("charge if 5 < multiplier <= 6 else 2", linear("0", charge="1")),
        ("charge * min(multiplier, 4) + max(1, 2)", linear("2", charge="4")),
        ("charge * ceil(multiplier / 4)", linear("0", charge="2")),
        ("charge * floor(multiplier / 4, 0.5)", linear("0", charge="1.5")),
        ("ceil(charge) * (multiplier - 6)", linear("0")),
        ("(multiplier - 6) * ceil(charge)", linear("0")),
        ("5", linear("5")),
    ],
)
def test_a_linear_expression_is_read_as_a_sum(text: str, expected: LinearForm) -> None:
    assert expected == form_of(text, SIX)


@pytest.mark.parametrize(
    "text",
    [
        "min(charge, 5)",
        "ceil(charge, 0.01)",
        "floor(charge) + 1",
        "1 - floor(charge)",
        "-ceil(charge)",
        "ceil(charge) / 2",
        "ceil(charge) * 2",
        "2 * ceil(charge)",
        "charge if charge > 5 else 5",
        "charge if failed else 5",
        "charge if not failed else 5",
        "charge if failed or charge > 2 else 5",
        "charge if failed and charge > 2 else 5",
        "charge if ceil(charge) > 2 else 5",
    ],
)
def test_what_is_not_linear_has_no_form(text: str) -> None:
    assert form_of(text, SIX) is None


def test_a_product_of_a_name_that_stays_open_has_no_form() -> None:
    assert form_of("tokens_at_rate * multiplier", {}) is None


def test_a_yes_no_parameter_decides() -> None:
    assert linear("2") == form_of("charge if failed else 2", {"failed": False})


def test_a_condition_has_no_form() -> None:
    for text in ("charge > 5", "failed"):
        expression = parse_expression(text, NAMES, "yes_no")
        assert isinstance(expression, Expression)
        assert linear_form(expression, {}) is None


def test_coefficients_are_read_only_and_named() -> None:
    form = linear("1", charge="2")
    assert form.coefficients == {"charge": 2}
    with pytest.raises(TypeError):
        form.coefficients["charge"] = Fraction(3)  # type: ignore[index]


@settings(max_examples=300, deadline=None)
@given(amounts(), VALUES, st.sets(st.sampled_from(sorted(NAMES))))
def test_a_form_equals_its_expression(
    text: str, values: dict[str, Value], given_names: set[str]
) -> None:
    expression = parse_expression(text, NAMES, "credits")
    assume(isinstance(expression, Expression))
    assert isinstance(expression, Expression)
    form = linear_form(expression, {name: values[name] for name in given_names})
    everything = linear_form(expression, values)
    expected = expression.evaluate(values)
    assert everything == LinearForm(Fraction(expected))
    if form is not None:
        assert not given_names & set(form.coefficients)
        assert expected == form.constant + sum(
            coefficient * values[name] for name, coefficient in form.terms
        )


@given(st.lists(st.tuples(st.sampled_from(["charge", "usual_charge"]), EXACT), max_size=5))
def test_a_sum_of_multiples_always_has_its_form(terms: list[tuple[str, Value]]) -> None:
    names = {**NAMES, **{f"factor_{at}": "number" for at in range(len(terms))}}
    text = "".join(f"factor_{at} * {name} + " for at, (name, _) in enumerate(terms)) + "7"
    expression = parse_expression(text, names, "credits")
    assert isinstance(expression, Expression)
    form = linear_form(expression, {f"factor_{at}": each for at, (_, each) in enumerate(terms)})
    sums = {name: sum(Fraction(each) for its, each in terms if its == name) for name in NAMES}
    assert form is not None
    assert form.constant == 7
    assert form.coefficients == {name: total for name, total in sums.items() if total}
