"""Compilation: the whole numbers of a policy say exactly what its document says."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.checks.acme import changed, later, tiers
from policyengine.policy.compilation import compile_policy
from policyengine.policy.expressions import Expression, parse_expression
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy, PriceTable
from policyengine.policy.source import load_source
from policyengine.policy.vocabulary import vocabulary_of
from policyengine.values.amounts import MICRO_PER_CREDIT, RoundingMode, round_ratio
from policyengine.values.calendar import CalendarSpan, parse_instant

UP = "round: up, round_at: each_request"
FORMULA = "tokens_at_rate * multiplier"
LINEAR = (
    FORMULA,
    "multiplier * (tokens_at_rate + 0.003)",
    "(tokens_at_rate + searches_at_rate) * multiplier",
    "tokens_at_rate * multiplier + 0.000002 * searches_at_rate / 7",
    "0.01 + tokens_at_rate * max(multiplier, 0.7)",
    "tokens_at_rate * (multiplier if multiplier > 2 else 2)",
)
BENT = (
    "max(0.05, tokens_at_rate * multiplier)",
    "min(5, ceil(tokens_at_rate, 0.25)) * multiplier",
    "tokens_at_rate * (2 * multiplier if all_input > 1000 else multiplier)",
    "tokens_at_rate * multiplier if text_input + image > 5 else searches_at_rate",
    "floor(searches_at_rate * multiplier, 0.01) if all_searches > all_searches / 2 else 1",
)
UNITS = ("text_input", "image", "text_output", "search")
RATES = st.sampled_from(["0", "1", "100", "12.5", "0.333333333", "499.99"])
PRICES = st.fixed_dictionaries(
    dict.fromkeys(("text_input", "image", "text_output", "search"), RATES)
)
COUNTS = st.fixed_dictionaries(
    {unit: st.integers(0, 3) | st.integers(0, 10**7) | st.integers(0, 10**12) for unit in UNITS}
)
PERS = st.sampled_from([1, 7, 1_000_000])
MODES = st.sampled_from(["up", "down", "half_up", "half_even"])
MULTIPLIERS = st.sampled_from(["0", "0.5", "1", "6", "0.33", "1.000001"])


def compiled(text: str) -> Policy:
    result = load_policy(text, "p.yaml")
    assert result.policy is not None, result.diagnostics
    return result.policy


def policy_of(
    formula: str, rates: dict[str, str], per: int, multiplier: str, rounding: str = UP
) -> Policy:
    """A policy of two measures; the model has an image rate of its own."""
    return compiled(
        changed(
            (FORMULA, formula),
            (UP, rounding),
            ("per: 1000000", f"per: {per}"),
            ("text_input: 100", f"text_input: {rates['text_input']}"),
            ("text_output: 500", f"text_output: {rates['text_output']}"),
            (
                "models:\n",
                f"  searches: {{per: 10, input: {{search: {rates['search']}}}}}\nmodels:\n",
            ),
            (
                "{multiplier: 1}",
                f"{{multiplier: {multiplier}, rates: {{image: {rates['image']}}}}}",
            ),
        )
    )


def by_reference(
    policy: Policy, rates: dict[str, str], per: int, multiplier: str, counts: dict[str, int]
) -> Fraction:
    """The formula over values worked out here, as simpleeval reads it."""
    tokens = ("text_input", "image", "text_output")
    values: dict[str, int | Fraction] = {
        **counts,
        "all_input": counts["text_input"] + counts["image"],
        "all_output": counts["text_output"],
        "all_tokens": sum(counts[unit] for unit in tokens),
        "all_searches": counts["search"],
        "tokens_at_rate": sum(
            (Fraction(rates[unit]) * counts[unit] / per for unit in tokens), Fraction(0)
        ),
        "searches_at_rate": Fraction(rates["search"]) * counts["search"] / 10,
        "multiplier": Fraction(multiplier),
    }
    names = vocabulary_of(policy.document).of_formulas
    formula = parse_expression(policy.document.charge.formula, names, "credits")
    assert isinstance(formula, Expression)
    return Fraction(formula.evaluate(values))


def exact_price(table: PriceTable, counts: dict[str, int]) -> Fraction:
    """The exact price in credits that a table stands for."""
    if table.formula is None:
        lines = sum(table.units[unit].weight * count for unit, count in counts.items())
        return Fraction(table.constant + lines, table.denominator * MICRO_PER_CREDIT)
    values = [
        table.multiplier
        if name == "multiplier"
        else sum((factor * counts[unit] for unit, factor in table.formula.sums[name]), Fraction(0))
        for name in table.formula.names
    ]
    return Fraction(table.formula.evaluate(*values))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LINEAR + BENT), PRICES, PERS, MULTIPLIERS, COUNTS)
def test_the_compiled_price_is_the_formula(
    formula: str, rates: dict[str, str], per: int, multiplier: str, counts: dict[str, int]
) -> None:
    policy = policy_of(formula, rates, per, multiplier)
    table = policy.models["standard"].price
    assert table.formula is None or formula in BENT
    assert by_reference(policy, rates, per, multiplier, counts) == exact_price(table, counts)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LINEAR), PRICES, PERS, MULTIPLIERS, COUNTS, MODES, st.booleans())
def test_the_compiled_total_is_the_formula_rounded_where_the_policy_says(  # one draw each
    formula: str,
    rates: dict[str, str],
    per: int,
    multiplier: str,
    counts: dict[str, int],
    mode: RoundingMode,
    each_line: bool,
) -> None:
    rounding = f"round: {mode}, round_at: {'each_line' if each_line else 'each_request'}"
    policy = policy_of(formula, rates, per, multiplier, rounding)

    def price(some: dict[str, int]) -> Fraction:
        return by_reference(policy, rates, per, multiplier, {**dict.fromkeys(UNITS, 0), **some})

    constant = price({})
    lines = [price({unit: count}) - constant for unit, count in counts.items()]
    parts = [*lines, constant] if each_line else [price(counts)]
    micro = [part * MICRO_PER_CREDIT for part in parts]
    rounded = sum(round_ratio(each.numerator, each.denominator, 10_000, mode) for each in micro)
    least = policy.minimum_micro if price(counts) else 0
    assert max(rounded, least) == policy.models["standard"].price.total(tuple(counts.items()))


def test_a_request_without_counts_costs_nothing() -> None:
    for rounding in ("round: up", "round: down", "round: up, round_at: each_line"):
        more = "" if "round_at" in rounding else ", round_at: each_request"
        policy = compiled(changed((FORMULA, "0.5 + tokens_at_rate"), (UP, rounding + more)))
        assert policy.models["standard"].price.total(()) == 0


def test_a_table_shows_rate_and_place_of_each_unit() -> None:
    policy = compiled(changed(("{multiplier: 1}", "{multiplier: 6, rates: {image: 40}}")))
    units = policy.models["standard"].price.units
    shown = {
        name: (int(unit.rate), unit.per, int(unit.multiplier), unit.pointer)
        for name, unit in units.items()
    }
    assert shown == {
        "text_input": (100, 1000000, 6, "/units/tokens/input/text_input"),
        "image": (40, 1000000, 6, "/models/standard/rates/image"),
        "text_output": (500, 1000000, 6, "/units/tokens/output/text_output"),
    }
    assert policy.line(units["image"].pointer) == 12
    assert policy.line(units["text_output"].pointer) == 10


def test_each_tier_has_a_table_of_its_own() -> None:
    policy = compiled(changed(tiers(("all_input > 200000", 6), ("all_input > 400000", 12))))
    model = policy.models["standard"]
    assert model.price.multiplier == 1
    assert [each.price.multiplier for each in model.tiers] == [6, 12]
    assert [each.price.pointer for each in model.tiers] == [
        "/models/standard/tiers/0/multiplier",
        "/models/standard/tiers/1/multiplier",
    ]
    assert [each.sums for each in model.tiers] == [(("text_input", "image"),)] * 2
    assert [[bool(tier.holds(count)) for tier in model.tiers] for count in (200000, 400001)] == [
        [False, False],
        [True, True],
    ]


def test_a_model_with_a_slash_keeps_its_places() -> None:
    policy = compiled(changed(("  standard:", "  acme/one:")))
    model = policy.models["acme/one"]
    assert (model.title, model.pointer) == ("acme/one", "/models/acme~1one")
    assert policy.line(model.price.pointer) == 12


def test_amounts_are_micro_credits_and_spans_are_spans() -> None:
    policy = compiled(
        changed(
            ("take_what_is_left", "go_into_debt, debt: {limit: 0.5, at_renewal: forgiven}"),
            ("stay_expired", "new_lot, new_lot_expires: 7 days"),
            ("refunds:", "alerts: [{balance_below: 12.5%}, {expiring_within: 3 days}]\nrefunds:"),
        )
    )
    assert (policy.quantum_micro, policy.minimum_micro) == (10_000, 10_000)
    assert policy.plans["free"].grants[0].amount_micro == 300_000_000
    assert policy.packs["pack_500"].amount_micro == 500_000_000
    assert policy.debt is not None
    assert (policy.debt.limit_micro, policy.debt.at_renewal) == (500_000, "forgiven")
    assert policy.refund_life == CalendarSpan(7, "day")
    assert policy.late_usage == CalendarSpan(7, "day")
    assert policy.holds.longest == CalendarSpan(24, "hour")
    below, soon = policy.alerts
    assert (below.below_share, below.expiring_within) == (Fraction(1, 8), None)
    assert (soon.below_share, soon.expiring_within) == (None, CalendarSpan(3, "day"))


def test_what_is_not_allowed_is_absent() -> None:
    policy = compiled(changed())
    assert (policy.debt, policy.refund_life, policy.replaces) == (None, None, None)
    assert (policy.alerts, policy.abnormal) == ((), ())


@pytest.mark.parametrize(
    ("written", "how", "span"),
    [
        ("never", "never", None),
        ("end_of_cycle", "end_of_cycle", None),
        ("3 months", "span", CalendarSpan(3, "month")),
    ],
)
def test_an_expiry_is_a_word_or_a_span(written: str, how: str, span: CalendarSpan | None) -> None:
    policy = compiled(changed(("expires: end_of_cycle", f"expires: {written}")))
    (grant,) = policy.plans["pro"].grants
    assert (grant.expiry.how, grant.expiry.span) == (how, span)
    assert (grant.rule, grant.pointer) == ("plans.pro.grants.monthly", "/plans/pro/grants/monthly")
    assert policy.packs["pack_500"].expiry.span == CalendarSpan(12, "month")


def test_plans_are_ranked_as_they_are_listed() -> None:
    plans = compiled(changed(("  pro:\n", "  pro:\n    title: Pro\n"))).plans
    assert [(each.name, each.title, each.rank) for each in plans.values()] == [
        ("free", "free", 0),
        ("pro", "Pro", 1),
    ]
    assert (plans["free"].cycle, plans["pro"].cycle) == (None, CalendarSpan(1, "month"))
    assert plans["free"].grants[0].carry_over == "none"


def test_each_unit_has_its_side() -> None:
    policy = compiled(changed())
    assert policy.units == {"text_input": "input", "image": "input", "text_output": "output"}


def test_a_flag_is_compiled_with_its_names() -> None:
    flag = "abnormal: [{when: usual_charge * 10 < charge, then: flag}]\nrefunds:"
    (rule,) = compiled(changed(("refunds:", flag))).abnormal
    assert (rule.names, rule.pointer) == (("usual_charge", "charge"), "/abnormal/0")
    assert [bool(rule.holds(1, each)) for each in (10, 11)] == [False, True]


def test_what_existing_subscribers_get_is_compiled() -> None:
    keep = (
        "  keep: [{plan: pro, joined_before: 2026-02-01T00:00:00Z, until: 2027-01-01T00:00:00Z}]\n"
    )
    moved = "  removed_plans: {starter: pro}\n"
    rule = compiled(later(2, "2026-03-01", replaces=keep + moved)).replaces
    assert rule is not None
    assert (rule.version, rule.plans, dict(rule.removed_plans)) == (
        1,
        "at_next_cycle",
        {"starter": "pro"},
    )
    (kept,) = rule.keep
    assert kept.joined_before == parse_instant("2026-02-01T00:00:00Z")
    assert kept.until == parse_instant("2027-01-01T00:00:00Z")


def test_a_place_that_is_not_in_the_file_has_the_line_of_its_parent() -> None:
    policy = compiled(changed())
    assert policy.line("/plans/pro/title") == policy.line("/plans/pro") == 24
    assert policy.line("/nowhere/at/all") == policy.line("") == 1


def test_a_document_that_was_not_checked_is_a_fault_of_the_caller() -> None:
    text = changed((FORMULA, "tokens_at_rates"))
    document = load_policy(text, "p.yaml").document
    assert document is not None
    source, _ = load_source(text, "p.yaml")
    with pytest.raises(ValueError, match="was not checked: unknown name"):
        compile_policy(document, source, "")
