"""Upgrades in their modes, for all plans and for pairs; what is carried downwards."""

import pytest

from policy.checks.acme import PRO, codes

UP = "{when: now, new_cycle: starts_now, unused: carry_over, carried_expires: end_of_new_cycle}"
KEEPS = "when: now, new_cycle: keeps_date, carried_expires: as_before"
TEAM = PRO.replace("pro:", "team:").replace("2000", "5000")
YEARLY = TEAM.replace("1 month", "1 year").replace("5000", "50000")
DIFFERENCE = f"{{{KEEPS}, unused: kept, new_credits: difference}}"


def pair(before: str, after: str, rule: str) -> tuple[str, str]:
    lines = f"    - from: {before}\n      to: {after}\n      upgrade:\n        {rule}\n"
    return "estimate:\n", f"  pairs:\n{lines}estimate:\n"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (DIFFERENCE, []),
        (f"{{{KEEPS}, unused: carry_over, new_credits: difference, prorated: by_day}}", []),
        (f"{{{KEEPS}, unused: lost, prorated: by_second}}", []),
        (f"{{{KEEPS}, unused: lost, new_credits: less_used}}", []),
        (f"{{{KEEPS}, unused: kept, new_credits: full}}", []),
        (f"{{{KEEPS}, unused: kept, new_credits: less_used}}", ["PE291"]),
    ],
)
def test_an_upgrade_of_a_policy(rule: str, expected: list[str]) -> None:
    assert codes((PRO, PRO + TEAM), (UP, rule)) == expected


def test_plans_that_cannot_be_compared_are_exempt_by_a_pair() -> None:
    changes = [(PRO, PRO + YEARLY), (UP, DIFFERENCE)]
    assert codes(*changes) == ["PE294"]
    assert codes(*changes, pair("pro", "team", UP)) == []


def test_a_pair_is_asked_as_the_general_rule_is() -> None:
    assert codes((PRO, PRO + YEARLY), pair("pro", "team", DIFFERENCE)) == ["PE294"]
    assert codes((PRO, PRO + TEAM), pair("pro", "team", DIFFERENCE)) == []


def test_a_plan_without_cycles_is_compared_with_nothing() -> None:
    assert codes(pair("free", "pro", DIFFERENCE)) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("unused: carry_over, carried_expires: as_before", []),
        ("unused: carry_over", ["PE240"]),
        ("unused: kept, carried_expires: as_before", ["PE241"]),
        ("unused: carry_over, carried_expires: end_of_new_cycle", []),
    ],
)
def test_a_downgrade_of_a_policy(answer: str, expected: list[str]) -> None:
    old = "downgrade: {when: end_of_cycle, unused: lost}"
    new = f"downgrade: {{when: end_of_cycle, {answer}}}"
    assert codes((PRO, PRO + TEAM), (old, new)) == expected


def test_credits_cannot_be_carried_into_the_cycle_of_a_plan_that_has_none() -> None:
    old = "downgrade: {when: end_of_cycle, unused: lost}"
    new = old.replace("lost", "carry_over, carried_expires: end_of_new_cycle")
    assert codes((old, new)) == ["PE297"]
