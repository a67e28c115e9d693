"""Names of units and measures: one meaning each, here and in expressions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.checks.acme import changed, codes, found
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.words import NAME_PATTERN
from policyengine.policy.expressions import Expression, parse_expression
from policyengine.policy.load import load_policy
from policyengine.policy.vocabulary import vocabulary_of

NAMES = st.from_regex(NAME_PATTERN.replace("{0,63}", "{0,8}"), fullmatch=True) | st.sampled_from(
    ["all_input", "tokens", "input", "all_tokens", "tokens_at_rate", "multiplier", "if", "min"]
)


def document(measure: str, unit: str) -> PolicyDocument | None:
    text = changed(("models:\n", f"  {measure}: {{per: 1, input: {{{unit}: 2}}}}\nmodels:\n"))
    result = load_policy(text, "acme.yaml")
    errors = [each for each in result.diagnostics if each.severity == "error"]
    return None if errors else result.document


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES)
def test_a_name_that_is_let_through_can_be_used_in_a_formula(measure: str, unit: str) -> None:
    read = document(measure, unit)
    if read is None:
        return
    names = vocabulary_of(read).of_formulas
    for name in (unit, f"all_{measure}"):
        assert isinstance(parse_expression(f"{name} > 5", names, "yes_no"), Expression)
    at_rate = parse_expression(f"{measure}_at_rate + tokens_at_rate", names, "credits")
    assert isinstance(at_rate, Expression)


@pytest.mark.parametrize(
    ("measure", "unit", "message"),
    [
        ("credits", "fee", "`credits` already means what prices are in"),
        ("number", "fee", "`number` already means a plain number"),
        ("yes_no", "fee", "`yes_no` already means the answer of a condition"),
        (
            "output",
            "fee",
            (
                "the measure `output` makes the name `all_output`, which already means all "
                "output tokens together"
            ),
        ),
        ("searches", "all_searches", "`all_searches` already means all counts of `searches` "),
        ("searches", "tokens_at_rate", "`tokens_at_rate` already means what `tokens` cost"),
        ("searches", "multiplier", "`multiplier` already means the model's multiplier"),
        ("searches", "ceil", "`ceil` already means a function of expressions"),
        ("searches", "if", "`if` already means a word that expressions keep for themselves"),
        ("searches", "import", "`import` already means a word that expressions keep"),
    ],
)
def test_a_name_that_is_taken_is_refused(measure: str, unit: str, message: str) -> None:
    new = f"  {measure}: {{per: 1, input: {{{unit}: 2}}}}\nmodels:\n"
    (finding, *others) = found(("models:\n", new))
    assert finding.code == "PE211"
    assert finding.message.startswith(message)
    assert {each.severity for each in others} <= {"warning"}


def test_two_measures_may_not_make_the_same_name() -> None:
    measures = "  all: {per: 1, input: {a: 2}}\n  at_rate: {per: 1, input: {b: 2}}\nmodels:\n"
    (finding,) = found(("models:\n", measures))
    assert finding.message == (
        "the measure `at_rate` makes the name `all_at_rate`, which already means what `all` cost"
    )


def test_a_unit_that_stands_three_times_is_reported_twice() -> None:
    more = "  a: {per: 1, input: {image: 1}, output: {image: 1}}\nmodels:\n"
    findings = found(("models:\n", more))
    assert [each.code for each in findings] == ["PE210", "PE210"]
    assert {each.related[0].span for each in findings} == {findings[0].related[0].span}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("models:\n", "  a: {per: 1}\nmodels:\n", ["PE212"]),
        ("models:\n", "  a: {per: 1, input: {}, output: {}}\nmodels:\n", ["PE212"]),
        ("{multiplier: 1}", "{multiplier: 1, rates: {image: 150}}", ["PE214"]),
        ("{multiplier: 1}", "{multiplier: 1, rates: {image: 150.0}}", ["PE214"]),
        ("{multiplier: 1}", "{multiplier: 1, rates: {image: 151}}", []),
        ("{multiplier: 1}", "{multiplier: 1, rates: {images: 150}}", ["PE202"]),
    ],
)
def test_units_of_a_policy(old: str, new: str, expected: list[str]) -> None:
    assert expected == codes((old, new))


FREE = ("{text_input: 100, image: 150}, output: {text_output: 500}", "{text_input: 0}")


def test_rates_of_which_none_is_above_0_are_reported() -> None:
    assert codes(FREE) == ["PE213"]
    assert codes(FREE, ("{multiplier: 1}", "{multiplier: 1, rates: {text_input: 5}}")) == []
    assert codes(("{text_input: 100, image: 150}, output: {text_output: 500}", "{}")) == ["PE212"]
