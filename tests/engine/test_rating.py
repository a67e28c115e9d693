"""Rating: exact sums, one rounding, tiers, outcomes, own measures, formulas of any shape."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wallets import CREDIT, policy
from policyengine.engine.commands import COUNT_MAX, Usage
from policyengine.engine.rating import (
    Price,
    counts_charged,
    price_micro,
    rate,
    split_by_unit,
    table_of,
)
from policyengine.ledger.changes import Outcome
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Policy

REFERENCE: Final = policy()
RATES: Final = {
    "text_input": 100,
    "text_cached": 10,
    "image_input": 150,
    "text_output": 500,
    "image_output": 1200,
}
counts = st.dictionaries(st.sampled_from(list(RATES)), st.integers(0, 10**7))


def total(rules: Policy, used: Mapping[str, int], model: str = "standard", **more: Any) -> int:
    price = rate(rules, Usage.of(model, used, **more))
    assert isinstance(price, Price), price
    return price.total_micro


def code(rules: Policy, usage: Usage) -> str:
    refusal = rate(rules, usage)
    assert isinstance(refusal, Refusal)
    assert refusal == price_micro(rules, usage)
    return refusal.code


def test_a_price_is_tokens_at_rate_times_multiplier() -> None:
    # 12,000 x 100/1M + 3,000 x 500/1M = 1.2 + 1.5 = 2.7; x 0.5 = 1.35.
    used = {"text_input": 12_000, "text_output": 3_000}
    assert total(REFERENCE, used) == 2_700_000
    assert total(REFERENCE, used, "lite") == 1_350_000
    assert total(REFERENCE, used, "frontier") == 16_200_000


def test_a_price_is_rounded_once_for_the_request() -> None:
    # 0.3 + 0.3 of the smallest amount: 30 and 6 tokens cost 0.003 each, 0.006 together, so 0.01.
    used = {"text_input": 30, "text_output": 6}
    assert total(REFERENCE, used) == 10_000
    assert total(policy({"credits/round": "half_up"}), used) == 10_000
    assert total(policy({"credits/round": "down", "charge/minimum": Decimal(0)}), used) == 0


def test_rounding_each_line_rounds_before_adding() -> None:
    used = {"text_input": 30, "text_output": 6}
    each_line = policy({"credits/round_at": "each_line"})
    assert total(each_line, used) == 20_000
    halves = policy({"credits/round_at": "each_line", "credits/round": "half_up"})
    assert total(halves, {"text_input": 60, "text_output": 12}) == 20_000
    assert total(halves, {"text_input": 40, "text_output": 8}) == 10_000  # 0 + 0, at least 0.01


@pytest.mark.parametrize(
    ("mode", "tokens", "expected"),
    [
        ("up", 101, 20_000),
        ("down", 199, 10_000),
        ("half_up", 150, 20_000),
        ("half_up", 149, 10_000),
        ("half_even", 150, 20_000),
        ("half_even", 250, 20_000),
        ("half_even", 350, 40_000),
    ],
)
def test_each_rounding_mode(mode: str, tokens: int, expected: int) -> None:
    # 100 input tokens cost 0.01, the smallest amount.
    assert total(policy({"credits/round": mode}), {"text_input": tokens}) == expected


def test_a_price_above_0_is_at_least_the_minimum_and_0_stays_0() -> None:
    rules = policy({"charge/minimum": Decimal("0.05"), "models/lite/multiplier": 0})
    assert total(rules, {"text_input": 1}) == 50_000
    assert total(rules, {"text_input": 500}) == 50_000
    assert total(rules, {"text_input": 501}) == 60_000
    assert total(rules, {"text_input": 0}) == 0
    assert total(rules, {}) == 0
    assert total(rules, {"text_input": 10**9}, "lite") == 0


def test_a_tier_prices_the_whole_request_above_its_threshold() -> None:
    # 200,000 x 100/1M x 6 = 120; one token more: 200,001 x 100/1M x 12 = 240.0012, rounded up.
    assert total(REFERENCE, {"text_input": 200_000}, "frontier") == 120 * CREDIT
    assert total(REFERENCE, {"text_input": 200_001}, "frontier") == 240_010_000
    spread = {"text_input": 100_000, "text_cached": 100_000, "image_input": 1}
    price = rate(REFERENCE, Usage.of("frontier", spread))
    assert isinstance(price, Price)
    assert price.tier == 0
    assert table_of(REFERENCE, "frontier", 0).multiplier == 12
    assert table_of(REFERENCE, "frontier", None).multiplier == 6


def test_the_last_tier_that_holds_decides() -> None:
    tiers = [
        {"when": f"all_input > {bound}", "applies_to": "whole_request", "multiplier": factor}
        for bound, factor in ((100, 2), (1_000, 3))
    ]
    rules = policy({"models/lite/tiers": tiers})
    prices = [total(rules, {"text_input": tokens}, "lite") for tokens in (100, 101, 1000, 1001)]
    # 0.5, 2, 2 and 3 times 0.0001 a token, rounded up to 0.01.
    assert prices == [10_000, 30_000, 200_000, 310_000]


@pytest.mark.parametrize(
    ("how", "outcome", "expected"),
    [
        ("free", "failed", 0),
        ("input_only", "failed", 1_000_000),
        ("full", "failed", 6_000_000),
        ("free", "cancelled", 0),
        ("input_only", "cancelled", 1_000_000),
        ("full", "cancelled", 6_000_000),
    ],
)
def test_what_did_not_succeed_costs_what_the_policy_says(
    how: str, outcome: Outcome, expected: int
) -> None:
    rules = policy({f"charge/{outcome}_request": how})
    used = {"text_input": 10_000, "text_output": 10_000}
    assert total(rules, used, outcome=outcome) == expected
    assert counts_charged(rules, Usage.of("standard", used)) == tuple(used.items())


def test_a_failed_request_keeps_the_tier_of_all_that_it_sent() -> None:
    rules = policy(
        {
            "charge/failed_request": "input_only",
            "models/frontier/tiers/0/when": "all_tokens > 200000",
        }
    )
    used = {"text_input": 150_000, "text_output": 60_000}
    assert total(rules, used, "frontier", outcome="failed") == 180 * CREDIT


def test_a_measure_of_ones_own_is_priced_beside_tokens() -> None:
    rules = policy(
        {
            "units/requests": {"per": 1, "input": {"prompt": Decimal("0.25")}, "output": {}},
            "charge/formula": "tokens_at_rate * multiplier + requests_at_rate",
        }
    )
    assert total(rules, {"text_input": 10_000, "prompt": 3}, "frontier") == 6_750_000
    assert total(rules, {"prompt": 1}, "frontier") == 250_000


def test_a_models_own_rate_replaces_the_common_one() -> None:
    rules = policy({"models/lite/rates": {"text_cached": 50}})
    assert total(rules, {"text_cached": 40_000, "text_input": 10_000}, "lite") == 1_500_000


def test_a_formula_may_have_a_constant() -> None:
    rules = policy({"charge/formula": "tokens_at_rate * multiplier + 0.5"})
    assert total(rules, {"text_input": 10_000}) == 1_500_000
    assert total(rules, {"text_input": 0}) == 500_000
    assert total(rules, {"text_input": 10_000}, outcome="failed") == 0
    each_line = policy(
        {"charge/formula": "tokens_at_rate + 0.001", "credits/round_at": "each_line"}
    )
    assert total(each_line, {"text_input": 10}) == 20_000


@pytest.mark.parametrize(
    ("formula", "tokens", "expected"),
    [
        ("max(tokens_at_rate * multiplier, 1)", 5_000, 1_000_000),
        ("max(tokens_at_rate * multiplier, 1)", 15_000, 1_500_000),
        ("ceil(tokens_at_rate * multiplier)", 10_001, 2_000_000),
        ("ceil(tokens_at_rate, 0.5) * multiplier", 10_001, 1_500_000),
        ("min(tokens_at_rate, 2) * multiplier", 50_000, 2_000_000),
        ("tokens_at_rate if all_input > 1000 else 0", 1000, 0),
        ("tokens_at_rate if text_input > 1000 else 0.004", 1000, 10_000),
        ("min(tokens_at_rate - 1, tokens_at_rate)", 1000, 0),  # never below 0
    ],
)
def test_a_formula_that_is_not_linear(formula: str, tokens: int, expected: int) -> None:
    rules = policy({"charge/formula": formula})
    assert total(rules, {"text_input": tokens}) == expected
    assert price_micro(rules, Usage.of("standard", {"text_input": tokens})) == expected
    assert total(rules, {"text_input": tokens}, outcome="failed") == 0


@pytest.mark.parametrize(
    "formula", ["tokens_at_rate * multiplier", "max(tokens_at_rate * multiplier, 1)"]
)
@pytest.mark.parametrize("outcome", ["succeeded", "failed", "cancelled"])
def test_a_unit_that_is_not_counted_is_refused_whatever_the_outcome(
    formula: str, outcome: Outcome
) -> None:
    for how in ("free", "input_only", "full"):
        rules = policy({"charge/formula": formula, "charge/failed_request": how})
        usage = Usage.of("standard", {"text_input": 1, "text_inptu": 5}, outcome=outcome)
        assert code(rules, usage) == "unknown_unit"
        refusal = rate(rules, usage)
        assert isinstance(refusal, Refusal)
        assert "did you mean `text_input`?" in refusal.message


def test_a_model_that_is_not_listed_is_refused() -> None:
    assert code(REFERENCE, Usage.of("standrad", {"text_input": 1})) == "unknown_model"
    refusal = rate(REFERENCE, Usage.of("zzz", {}))
    assert isinstance(refusal, Refusal)
    assert refusal.message == "policy `codeflicker` lists no model `zzz`"


@pytest.mark.parametrize("formula", ["tokens_at_rate * multiplier", "max(tokens_at_rate, 1)"])
def test_a_price_that_no_ledger_can_hold_is_refused(formula: str) -> None:
    rules = policy({"charge/formula": formula, "units/tokens/input/text_input": 10**12})
    usage = Usage.of("standard", {"text_input": 10**9})
    assert code(rules, usage) == "price_out_of_bounds"
    refusal = rate(rules, usage)
    assert isinstance(refusal, Refusal)
    assert refusal.message == "the price of this use of `standard` is out of bounds"


@pytest.mark.parametrize("count", [-1, COUNT_MAX + 1, True, 1.0, "1"])
def test_a_count_from_outside_is_a_whole_number_within_bounds(count: Any) -> None:
    with pytest.raises(ValueError, match="is not a count of `text_input`"):
        Usage.of("standard", {"text_input": count})


@pytest.mark.parametrize("started_at", [-1, 10**30])
def test_a_start_from_outside_lies_in_the_calendar(started_at: int) -> None:
    with pytest.raises(ValueError, match="is no instant of the years 1970 to 8999"):
        Usage.of("standard", {}, started_at)


def exact(used: Mapping[str, int], multiplier: Fraction) -> Fraction:
    return sum((count * RATES[unit] for unit, count in used.items()), Fraction(0)) * multiplier


@given(counts, st.sampled_from([("lite", "0.5"), ("standard", "1")]))
def test_a_price_is_the_exact_sum_rounded_up_to_the_smallest_amount(
    used: dict[str, int], model: tuple[str, str]
) -> None:
    price = total(REFERENCE, used, model[0])
    wanted = exact(used, Fraction(model[1]))
    assert price % 10_000 == 0
    assert wanted <= price < wanted + 10_000
    assert price == price_micro(REFERENCE, Usage.of(model[0], used))


@given(counts, counts)
def test_prices_add_up_exactly_but_for_one_rounding(
    one: dict[str, int], other: dict[str, int]
) -> None:
    both = {unit: one.get(unit, 0) + other.get(unit, 0) for unit in {**one, **other}}
    parts = total(REFERENCE, one) + total(REFERENCE, other)
    assert 0 <= parts - total(REFERENCE, both) < 20_000


ODD: Final = [
    policy({"credits/round": mode, "credits/round_at": "each_line"})
    for mode in ("down", "half_up", "half_even")
]


@given(counts, st.sampled_from(list(RATES)), st.integers(0, 10**7))
def test_more_use_never_costs_less(used: dict[str, int], unit: str, more: int) -> None:
    dearer = {**used, unit: used.get(unit, 0) + more}
    for model in ("lite", "standard", "frontier"):
        assert total(REFERENCE, used, model) <= total(REFERENCE, dearer, model)
    for rules in ODD:
        assert total(rules, used) <= total(rules, dearer)


@given(st.permutations(sorted(RATES.items())), st.integers(1, 10**6))
def test_the_order_of_counts_makes_no_difference(order: list[tuple[str, int]], amount: int) -> None:
    used = {unit: count * amount for unit, count in order}
    assert rate(REFERENCE, Usage.of("frontier", used)) == rate(
        REFERENCE, Usage.of("frontier", dict(sorted(used.items())))
    )


@given(counts, st.integers(0, 10**12))
def test_shares_add_up_exactly_and_are_within_one_of_their_proportion(
    used: dict[str, int], amount: int
) -> None:
    usage = Usage.of("standard", used)
    shares = split_by_unit(REFERENCE, usage, Price(amount), amount)
    charged = {unit: count for unit, count in used.items() if count}
    assert list(charged) == [unit for unit, _ in shares]
    assert sum(share for _, share in shares) == (amount if charged else 0)
    whole = exact(charged, Fraction(1))
    for unit, share in shares:
        assert abs(share - amount * charged[unit] * RATES[unit] / whole) < 1


def test_shares_do_not_depend_on_the_order_of_counts() -> None:
    # Equal weights and an odd rest: the first by name gets it, whoever comes first.
    used = {"text_input": 3, "text_cached": 30, "image_input": 2}
    wanted = {"text_input": 3, "text_cached": 3, "image_input": 4}
    for order in permutations(used.items()):
        usage = Usage("standard", order)
        assert dict(split_by_unit(REFERENCE, usage, Price(10), 10)) == wanted


def test_an_amount_that_no_unit_caused_goes_to_the_first_by_name() -> None:
    rules = policy({"charge/formula": "tokens_at_rate * 0 + 1"})
    for order in permutations([("text_input", 5), ("image_input", 5)]):
        usage = Usage("standard", order)
        assert split_by_unit(rules, usage, Price(7), 7) == (("image_input", 7),)
    assert split_by_unit(rules, Usage("standard", ()), Price(7), 7) == ()
