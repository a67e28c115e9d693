"""Grants, cycles and upgrades: what fits together is not reported, at its limits either."""

import pytest

from policy.checks.acme import codes

MONTHLY = "monthly: {credits: 2000, given: each_cycle, expires: end_of_cycle, carry_over: none}"
PLAIN = "credits: 2000, given: each_cycle, expires: end_of_cycle, carry_over: none"
CLOCK = "credits: 20, given: each_period, expires: end_of_period"
KEPT = "credits: 2000, given: each_cycle, expires: end_of_cycle, carry_over: some"
FREE_BUT_LONG = (
    "{multiplier: 1, rates: {text_input: 0, image: 0, text_output: 0}, tiers: "
    "[{when: all_input > 9, applies_to: whole_request, rates: {text_input: 5}}]}"
)
CYCLE = "    cycle: 1 month\n"


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        (f"{PLAIN}, only_for: {{models: [standard]}}", []),
        (f"{PLAIN}, only_for: {{units: [image, text_input]}}", []),
        (f"{PLAIN}, only_for: {{models: [x], units: [y]}}", ["PE208", "PE202"]),
        (f"{PLAIN}, between: {{from: 2026-01-28T00:00:00Z, until: 2026-01-28T00:00:01Z}}", []),
        (
            f"{PLAIN}, between: {{from: 2026-01-01T00:00:00Z, until: 2026-01-28T00:00:00Z}}",
            ["PE287"],
        ),
        (
            f"{PLAIN}, between: {{from: 2026-02-01T00:00:00Z, until: 2026-02-01T00:00:00Z}}",
            ["PE287"],
        ),
        (f"{CLOCK}, every: 1 day", []),
        (f"{CLOCK}, every: 27 days", []),
        (f"{CLOCK}, every: 28 days", ["PE295"]),
        (f"{CLOCK}, every: 1 day, at_most: {{credits: 20, per: 2 days}}", []),
        (f"{CLOCK}, every: 1 day, at_most: {{credits: 19.99, per: 2 days}}", ["PE288"]),
        (f"{CLOCK}, every: 1 day, at_most: {{credits: 300, per: 1 month}}", []),
        (f"{CLOCK}, every: 1 hour", []),
        (f"{CLOCK}, every: 59 minutes", ["PE231"]),
        (f"{CLOCK}, every: 1 week, carry_over: all", []),
        (f"{CLOCK}, every: 200 years", ["PE230", "PE295"]),
        (f"{KEPT}, rollover: {{at_least: 100, at_most: 100}}", []),
        (f"{KEPT}, rollover: {{share: 100%, of: granted}}", []),
        (f"{KEPT}, rollover: {{share: 0%, of: granted}}", ["PE289"]),
        (f"{KEPT}, rollover: {{at_most: 0.001}}", ["PE223"]),
        (f"{PLAIN}, priority: 1000", []),
    ],
)
def test_a_grant_of_a_policy(grant: str, expected: list[str]) -> None:
    assert codes((MONTHLY, f"monthly: {{{grant}}}")) == expected


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("    cycle: 1 month\n    cycle_from: joining\n", []),
        ("    cycle: 6 months\n    cycle_from: calendar\n    first_cycle: full\n", []),
        ("    cycle: 24 hours\n    cycle_from: calendar\n    first_cycle: full\n", ["PE285"]),
        ("    cycle: 200000 days\n    cycle_from: calendar\n    first_cycle: full\n", ["PE230"]),
        ("    cycle: 1 month\n    balance_at_most: 2000\n", []),
        ("    cycle: 1 month\n    balance_at_most: 1999.99\n", ["PE288"]),
        ("    cycle: 1 month\n    after_cycles: {count: 1, to: free}\n", []),
    ],
)
def test_a_plan_of_a_policy(plan: str, expected: list[str]) -> None:
    assert codes((CYCLE, plan)) == expected


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("{multiplier: 0}", ["PE286"]),
        ("{multiplier: 0, multiplier_on_plan: {pro: 1}}", []),
        ("{multiplier: 1, multiplier_on_plan: {pro: 0}}", ["PE286"]),
        ("{multiplier: 1, multiplier_on_plan: {free: 0}}", []),
        (FREE_BUT_LONG, []),
    ],
)
def test_what_restricted_credits_pay_for_costs_something_on_their_plan(
    model: str, expected: list[str]
) -> None:
    models = "  standard: {multiplier: 1}\n"
    only = f"monthly: {{{PLAIN}, only_for: {{models: [mini]}}}}"
    assert codes((MONTHLY, only), (models, f"{models}  mini: {model}\n")) == expected
