"""Derivations of prices: tiers by part, modifiers, who asked, rounding of the model."""

from decimal import Decimal

import pytest

from engine.wallets import policy
from policyengine.engine.commands import Usage
from policyengine.engine.derivation import Step
from policyengine.engine.price_steps import explain_price
from policyengine.ledger.subscriptions import Standing
from policyengine.ledger.transactions import Refusal

RULES = policy(
    {
        "models/standard": {
            "multiplier": 1,
            "multiplier_on_plan": {"free": 2},
            "multiplier_for_cohort": {"annual": 4},
            "round": {"smallest": 1, "round": "up"},
            "minimum": 3,
            "tiers": [
                {"when": "text_output > 1000", "applies_to": "part_above", "multiplier": 3},
            ],
        },
        "cohorts": ["annual"],
        "modifiers": {
            "batch": {"factor": Decimal("0.5")},
            "us_only": {"factor": 3, "measures": ["tokens"]},
        },
        "charge/unknown_model": "priced_as",
        "charge/priced_as": "standard",
    }
)


def steps(usage: Usage, standing: Standing) -> list[tuple[str, str, str]]:
    found = explain_price(RULES, usage, standing)
    assert isinstance(found, Step), found
    return [
        (each.label, each.value, "" if each.place is None else each.place.pointer)
        for each in found.steps
    ]


def test_a_derivation_shows_parts_and_modifiers_each_with_its_line() -> None:
    # 1,000 x 500 = 0.50; 3,000 x 500 x 3 = 4.50; together 5.00; x 0.5 = 2.50; x 3 = 7.50, up to 8.
    usage = Usage.of("standard", {"text_output": 4000}, modifiers=["us_only", "batch"])
    assert steps(usage, Standing("pro")) == [
        ("multiplier of `standard`", "x 1", "/models/standard/multiplier"),
        (
            "text_output: 1,000 x 500 per 1,000,000 x 1",
            "0.50",
            "/units/tokens/output/text_output",
        ),
        (
            "text_output above 1,000: 3,000 x 500 per 1,000,000 x 3",
            "4.50",
            "/units/tokens/output/text_output",
        ),
        ("exact price by `tokens_at_rate * multiplier`", "5.00", "/charge/formula"),
        ("modifier `batch` x 0.5", "2.50", "/modifiers/batch/factor"),
        ("modifier `us_only` x 3 on tokens", "7.50", "/modifiers/us_only/factor"),
        ("rounded up to 1.00", "8.00", "/models/standard/round"),
    ]


@pytest.mark.parametrize(
    ("standing", "label", "pointer"),
    [
        (Standing("free"), "multiplier of `standard` on plan `free`", "multiplier_on_plan/free"),
        (
            Standing("free", "annual"),
            "multiplier of `standard` for cohort `annual`",
            "multiplier_for_cohort/annual",
        ),
    ],
)
def test_a_derivation_says_whose_multiplier_it_is(
    standing: Standing, label: str, pointer: str
) -> None:
    first = steps(Usage.of("standard", {"text_output": 4000}), standing)[0]
    assert (first[0], first[2]) == (label, f"/models/standard/{pointer}")


def test_a_derivation_says_as_what_an_unlisted_model_was_priced_and_its_least() -> None:
    found = steps(Usage.of("gpt-9", {"text_output": 1000}), Standing("pro"))
    assert found[0] == (
        "the model asked for, `gpt-9`, is not listed: priced as",
        "`standard`",
        "/charge/priced_as",
    )
    assert found[-1] == (
        "rounded up to 1.00, at least 3.00",
        "3.00",
        "/models/standard/minimum",
    )


def test_what_has_no_price_has_no_derivation() -> None:
    found = explain_price(RULES, Usage.of("standard", {}, modifiers=["fast"]))
    assert isinstance(found, Refusal)
