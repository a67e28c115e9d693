"""Answers that are right or wrong only beside another answer."""

from policy.checks.acme import codes
from policyengine.policy.folding import Rounding, graduated

STANDARD = "  standard: {multiplier: 1}\n"
GRADUATED = "[{when: WHEN, applies_to: part_above, multiplier: 2}]"


def graduated_when(text: str) -> tuple[str, str]:
    tiers = GRADUATED.replace("WHEN", text)
    return STANDARD, f"  standard: {{multiplier: 1, tiers: {tiers}}}\n"


def test_a_graduated_tier_with_a_broken_condition_is_reported_once() -> None:
    assert codes(graduated_when("text_output > 1000")) == []
    assert codes(graduated_when("text_outputs > 1000")) == ["PE310"]


def test_a_cycle_that_is_too_long_is_reported_before_its_fit_with_the_calendar() -> None:
    long = (
        "cycle: 1 month",
        "cycle: 200000 months\n    cycle_from: calendar\n    first_cycle: full",
    )
    assert codes(long) == ["PE230"]


def test_credits_may_be_carried_down_into_plans_that_have_cycles() -> None:
    free = ("  free:\n", "  free:\n    cycle: 1 month\n")
    down = (
        "downgrade: {when: end_of_cycle, unused: lost}",
        "downgrade: {when: end_of_cycle, unused: carry_over, carried_expires: end_of_new_cycle}",
    )
    assert "PE297" in codes(down)
    assert "PE297" not in codes(free, down)


def test_the_general_minimum_suits_the_rounding_of_every_model() -> None:
    coarse = "  standard: {multiplier: 1, round: {smallest: 1, round: up}}\n"
    assert codes((STANDARD, coarse)) == ["PE222"]
    assert codes((STANDARD, coarse.replace("1, round: up", "0.01, round: up"))) == []


def test_a_graduated_price_has_its_constant_once() -> None:
    rounding = Rounding(1, "up", each_line=False, minimum_micro=0)
    total = graduated({"text": 2}, {"text": ((10, 3),)}, 5, 1, rounding)
    # 10 x 2 + 2 x 3 + 5
    assert total((("text", 12),)) == 31
    assert total(()) == 0
