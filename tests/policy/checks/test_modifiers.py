"""Modifiers and cohorts that name what exists, and change something, have no finding."""

from policy.checks.acme import Change, codes

_PLANS = "plans:\n  free:"
_MODEL = "  standard: {multiplier: 1}\n"


def before_plans(text: str) -> Change:
    return _PLANS, text + _PLANS


def test_modifiers_that_name_what_exists_have_a_meaning() -> None:
    text = (
        "modifiers:\n"
        "  batch: {factor: 0.5, not_with: [fast], measures: [tokens]}\n"
        "  fast: {factor: 6, models: [standard], plans: [pro]}\n"
        "  gift: {factor: 0}\n"
    )
    assert codes(before_plans(text)) == []


def test_a_modifier_of_the_whole_price_goes_with_any_formula() -> None:
    formula = ("tokens_at_rate * multiplier", "max(0.05, tokens_at_rate * multiplier)")
    assert codes(before_plans("modifiers: {batch: {factor: 0.5}}\n"), formula) == []


def test_cohorts_and_plans_with_multipliers_have_a_meaning() -> None:
    model = (
        "  standard: {multiplier: 1, multiplier_on_plan: {free: 0}, "
        "multiplier_for_cohort: {annual: 1}}\n"
    )
    assert codes((_MODEL, model), before_plans("cohorts: [annual]\n")) == []


def test_an_unlisted_model_may_be_priced_as_a_listed_one() -> None:
    priced = ("unknown_model: refuse", "unknown_model: priced_as\n  priced_as: standard")
    assert codes(priced) == []


def test_only_the_formula_that_is_a_sum_for_every_wallet_lets_a_measure_be_changed_alone() -> None:
    model = "  standard: {multiplier: 1, multiplier_on_plan: {free: 0}}\n"
    formula = (
        "tokens_at_rate * multiplier",
        "tokens_at_rate if multiplier == 1 else max(1, tokens_at_rate)",
    )
    text = "modifiers: {batch: {factor: 0.5, measures: [tokens]}}\n"
    assert codes(formula, before_plans(text)) == []
    assert codes((_MODEL, model), formula, before_plans(text)) == ["PE267"]
