"""Price tables: graduated tiers, tiers with rates, rounding and minimum of a model, other units."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wallets import policy
from policyengine.engine.commands import Usage
from policyengine.engine.price_steps import price_lines
from policyengine.engine.rating import Price, rate, split_by_unit
from policyengine.policy.policy import Policy
from policyengine.policy.tables import expression_of

# Output costs 500 per million up to 1,000, then 900, then x 2 of 500 above 3,000.
GRADUATED: Final = [
    {
        "when": "text_output > 1000",
        "applies_to": "part_above",
        "rates": {"text_output": Decimal(900)},
    },
    {"when": "text_output >= 3001", "applies_to": "part_above", "multiplier": Decimal(2)},
]


def tiered(tiers: Sequence[Any], **more: Any) -> Policy:
    changes = {"models/standard/tiers": tiers, "credits/smallest": Decimal("0.000001")}
    return policy({**changes, "charge/minimum": Decimal(0), **more})


def total(rules: Policy, used: Mapping[str, int], model: str = "standard", **more: Any) -> int:
    price = rate(rules, Usage.of(model, used, **more))
    assert isinstance(price, Price), price
    return price.total_micro


@pytest.mark.parametrize(
    ("count", "micro"),
    [
        (0, 0),
        (999, 999 * 500),
        (1000, 1000 * 500),
        (1001, 1000 * 500 + 900),
        (3000, 1000 * 500 + 2000 * 900),
        (3001, 1000 * 500 + 2000 * 900 + 1000),
        (5000, 1000 * 500 + 2000 * 900 + 2000 * 1000),
    ],
)
def test_only_the_part_above_a_bound_has_the_tiers_price(count: int, micro: int) -> None:
    rules = tiered(GRADUATED)
    assert total(rules, {"text_output": count}) == micro
    # 7 input tokens x 100 per million x 1 are 700 micro-credits, whatever the output.
    assert total(rules, {"text_output": count, "text_input": 7}) == micro + 700


def test_the_lines_of_a_price_show_each_part() -> None:
    rules = tiered(GRADUATED)
    lines = price_lines(rules, Usage.of("standard", {"text_output": 3500, "text_input": 7}), None)
    shown = [
        (line.unit, line.above, count, f"{line.rate} x {line.multiplier}") for line, count in lines
    ]
    assert shown == [
        ("text_output", 0, 1000, "500 x 1"),
        ("text_output", 1000, 2000, "900 x 1"),
        ("text_output", 3000, 500, "500 x 2"),
        ("text_input", 0, 7, "100 x 1"),
    ]
    places = [line.pointer for line, _ in lines]
    assert places[0] == "/units/tokens/output/text_output"
    assert places[1] == "/models/standard/tiers/0/rates/text_output"


def test_each_part_is_a_line_that_may_be_rounded_on_its_own() -> None:
    # 1,001 tokens: 1,000 x 500 and 1 x 900 micro-credits, each up to a whole tenth of a credit.
    rules = tiered(
        GRADUATED, **{"credits/round_at": "each_line", "credits/smallest": Decimal("0.1")}
    )
    assert total(rules, {"text_output": 1001}) == 500_000 + 100_000
    assert total(rules, {"text_output": 1000}) == 500_000


@given(st.integers(0, 6000), st.integers(0, 6000), st.sampled_from(["up", "down", "half_even"]))
def test_graduated_prices_add_up_count_by_count(output: int, sent: int, mode: str) -> None:
    rules = tiered(GRADUATED, **{"credits/round": mode})
    each = [500 if n <= 1000 else 900 if n <= 3000 else 1000 for n in range(1, output + 1)]
    assert total(rules, {"text_output": output, "text_input": sent}) == sum(each) + 100 * sent


def test_two_units_may_be_graduated_each_on_its_own() -> None:
    tiers = [
        {"when": "text_output > 10", "applies_to": "part_above", "multiplier": Decimal(3)},
        {"when": "text_input > 5", "applies_to": "part_above", "multiplier": Decimal(0)},
    ]
    used = {"text_output": 12, "text_input": 9}
    assert total(tiered(tiers), used) == 10 * 500 + 2 * 1500 + 5 * 100


def test_a_part_above_pays_with_its_unit_where_lots_are_restricted() -> None:
    # Output 1,000 x 500 + 1,000 x 900 = 1,400,000; input 14,000 x 100 = 1,400,000: half each.
    rules = tiered(GRADUATED)
    usage = Usage.of("standard", {"text_output": 2000, "text_input": 14_000})
    assert split_by_unit(rules, usage, Price(2_800_000), 2_800_000) == (
        ("text_output", 1_400_000),
        ("text_input", 1_400_000),
    )


def test_a_tier_may_change_rates_and_keep_the_multiplier() -> None:
    tiers = [
        {
            "when": "all_input > 10",
            "applies_to": "whole_request",
            "rates": {"text_input": Decimal(300), "text_output": Decimal(2250)},
        }
    ]
    rules = tiered(tiers, **{"models/standard/multiplier": Decimal(2)})
    assert total(rules, {"text_input": 10, "text_output": 4}) == 2 * (10 * 100 + 4 * 500)
    assert total(rules, {"text_input": 11, "text_output": 4}) == 2 * (11 * 300 + 4 * 2250)
    # Units without a rate in the tier keep theirs.
    assert total(rules, {"text_input": 11, "text_cached": 5}) == 2 * (11 * 300 + 5 * 10)


def test_a_tier_without_a_multiplier_keeps_that_of_who_asks() -> None:
    rates = {"text_input": Decimal(300)}
    tiers = [
        {"when": "all_input > 10", "applies_to": "whole_request", "rates": rates},
        {"when": "all_input > 20", "applies_to": "whole_request", "multiplier": Decimal(5)},
    ]
    rules = tiered(tiers, **{"models/standard/multiplier_on_plan": {"free": Decimal(3)}})
    of_free = rules.models["standard"].for_wallet("free", "")
    assert [tier.price.multiplier for tier in of_free.tiers] == [3, 5]
    assert [tier.price.multiplier for tier in rules.models["standard"].tiers] == [1, 5]


def test_a_model_may_be_rounded_and_have_a_least_price_of_its_own() -> None:
    rules = policy(
        {
            "models/standard/round": {"smallest": Decimal(1), "round": "half_up"},
            "models/standard/minimum": Decimal(2),
        }
    )
    # 10,000 tokens sent are one credit.
    assert total(rules, {"text_input": 24_999}) == 2_000_000
    assert total(rules, {"text_input": 25_000}) == 3_000_000
    assert total(rules, {"text_input": 1}) == 2_000_000
    assert total(rules, {"text_input": 0}) == 0
    assert total(rules, {"text_input": 1}, "lite") == 10_000


def test_what_is_neither_sent_nor_answered_is_no_input() -> None:
    rules = policy(
        {
            "units/requests": {"per": 1, "other": {"request": Decimal(2)}},
            "charge/formula": "tokens_at_rate * multiplier + requests_at_rate",
            "charge/failed_request": "input_only",
        }
    )
    used = {"text_input": 10_000, "request": 1}
    assert rules.units["request"] == "other"
    assert total(rules, used) == 3_000_000
    assert total(rules, used, "frontier") == 8_000_000
    assert total(rules, used, outcome="failed") == 1_000_000


@given(st.integers(0, 10**6), st.fractions(0, 20, max_denominator=100))
def test_a_formula_that_is_not_linear_obeys_the_models_rounding(sent: int, least: Fraction) -> None:
    floor = f"{least.numerator}/{least.denominator}"
    rules = policy(
        {
            "charge/formula": f"max(tokens_at_rate * multiplier, {floor})",
            "models/standard/round": {"smallest": Decimal(1), "round": "up"},
        }
    )
    exact = max(Fraction(sent, 10_000), least)
    assert total(rules, {"text_input": sent}) == ceil(exact) * 1_000_000


def test_what_was_not_checked_is_not_compiled() -> None:
    with pytest.raises(ValueError, match="was not checked"):
        expression_of("text_input >", {"text_input": "tokens"}, "yes_no")
    with pytest.raises(ValueError, match="no lower bound"):
        tiered([{"when": "text_output < 5", "applies_to": "part_above", "multiplier": Decimal(2)}])
