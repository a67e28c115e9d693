"""A formula that is let through never earns credits, and charges for what has a rate."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy.checks.acme import changed, codes, found
from policyengine.policy.expressions import Expression, parse_expression
from policyengine.policy.load import load_policy
from policyengine.policy.vocabulary import rates_of, vocabulary_of

FORMULA = "tokens_at_rate * multiplier"

FACTORS = st.sampled_from(["0.5", "1", "2", "(multiplier - 2)", "(1 - multiplier)", "multiplier"])
TERMS = st.sampled_from(["tokens_at_rate", "(0.3 + 0 * tokens_at_rate)", "0.0002 * tokens_at_rate"])


@st.composite
def formulas(draw: st.DrawFn) -> str:
    text = f"{draw(TERMS)} * {draw(FACTORS)}"
    for _ in range(draw(st.integers(0, 2))):
        text += f" {draw(st.sampled_from('+-'))} {draw(TERMS)} * {draw(FACTORS)}"
    return text


COUNTS = st.fixed_dictionaries(
    {unit: st.integers(0, 10**12) for unit in ("text_input", "image", "text_output")}
)


@settings(max_examples=80, deadline=None)
@given(formulas(), st.sampled_from(["0", "1", "3"]), COUNTS)
def test_a_sum_that_is_let_through_is_never_negative(
    text: str, multiplier: str, counts: dict[str, int]
) -> None:
    policy = changed((FORMULA, text), ("{multiplier: 1}", f"{{multiplier: {multiplier}}}"))
    result = load_policy(policy, "acme.yaml")
    document = result.document
    assert document is not None
    names = vocabulary_of(document).of_formulas
    formula = parse_expression(text, names, "credits")
    assume(isinstance(formula, Expression))
    assert isinstance(formula, Expression)
    rates = rates_of(document, "standard")
    values: dict[str, int | Fraction] = {
        "tokens_at_rate": sum((rates[unit] * counts[unit] for unit in counts), Fraction(0)),
        "multiplier": Fraction(multiplier),
    }
    if result.policy is not None:
        assert formula.evaluate(values) >= 0
    elif [each.code for each in result.diagnostics] == ["PE260"]:
        extremes = ({**values, "tokens_at_rate": Fraction(each)} for each in (0, 10**12))
        assert any(formula.evaluate(each) < 0 for each in extremes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tokens_at_rate - 0.5", "an empty request to `standard` would cost -0.5 credits"),
        (
            "0.5 - tokens_at_rate",
            "a request of 1000000 `text_input` to `standard` would cost -99.5 credits",
        ),
        (
            "tokens_at_rate - 0.00012 * all_input * tokens_per",
            "unknown name `tokens_per`",
        ),
        ("min(tokens_at_rate, 1) - 2", "an empty request to `standard` would cost -2 credits"),
        (
            "max(1, 2 - tokens_at_rate) - 1.5",
            "a request of 1000000 `text_input` to `standard` would cost -0.5 credits",
        ),
        (
            "max(1, 2 - tokens_at_rate * 0.0000000013) - 1.1",
            (
                "a request of 1000000000000 `text_input` and 1000000000000 `image` and "
                "1000000000000 `text_output` to `standard` would cost -0.075 credits"
            ),
        ),
    ],
)
def test_a_negative_price_is_shown_by_a_request(text: str, message: str) -> None:
    assert message in [each.message for each in found((FORMULA, text))]


@pytest.mark.parametrize(
    "text",
    [
        "max(0, tokens_at_rate - 0.5)",
        "tokens_at_rate - min(tokens_at_rate, 5)",
        "0.00001 * tokens_at_rate + 1 - 1",
        "tokens_at_rate if all_tokens > 5 else 0",
    ],
)
def test_a_price_that_only_looks_negative_is_let_through(text: str) -> None:
    assert codes((FORMULA, f"({text}) * multiplier")) == []


SEARCHES = ("models:\n", "  searches: {per: 1, input: {search: 2}}\nmodels:\n")


def test_every_measure_with_rates_is_charged() -> None:
    assert codes(SEARCHES) == ["PE261"]
    assert codes(SEARCHES, (FORMULA, f"{FORMULA} + searches_at_rate")) == []
    assert codes(SEARCHES, ("search: 2", "search: 0")) == []


def test_a_formula_without_counts_is_reported_once() -> None:
    assert codes(SEARCHES, (FORMULA, '"5"')) == ["PE261"]


def test_multipliers_that_are_all_1_may_be_left_out() -> None:
    assert codes((FORMULA, "tokens_at_rate")) == []
    assert codes((FORMULA, "tokens_at_rate"), ("{multiplier: 1}", "{multiplier: 2}")) == ["PE262"]


def test_lines_are_rounded_where_the_price_is_their_sum() -> None:
    each_line = ("each_request", "each_line")
    assert codes(each_line) == []
    assert codes(each_line, (FORMULA, "max(0.1, tokens_at_rate) * multiplier")) == ["PE263"]
    assert codes((FORMULA, "max(0.1, tokens_at_rate) * multiplier")) == []


@pytest.mark.parametrize("text", ["tokens_at_rates", "multiplier", "tokens_at_rate >"])
def test_a_formula_that_does_not_read_is_not_judged(text: str) -> None:
    (code,) = codes((FORMULA, text))
    assert code.startswith("PE3")


def test_a_formula_is_not_judged_while_names_are_unclear() -> None:
    assert codes((FORMULA, "0 - tokens_at_rate"), ("image: 150", "text_output: 150")) == ["PE210"]
