"""Plans and grants: each answer has what it needs, and changes lead where they should."""

import pytest

from policy.checks.acme import PRO, codes

MONTHLY = "given: each_cycle, expires: end_of_cycle, carry_over: none"
WELCOME = "given: once, expires: 1 month"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    cycle: 1 month\n", "", ["PE240"]),
        (WELCOME, "given: once, expires: end_of_cycle", ["PE240"]),
        (WELCOME, "given: each_cycle, expires: 1 month, carry_over: none", ["PE240"]),
        (WELCOME, "given: once, expires: never", []),
        (WELCOME, f"{WELCOME}, carry_over: none", ["PE241"]),
        (WELCOME, f"{WELCOME}, carry_over: all", ["PE241"]),
        (MONTHLY, "given: each_cycle, expires: end_of_cycle", ["PE240"]),
        (MONTHLY, "given: each_cycle, expires: end_of_cycle, carry_over: all", []),
        (MONTHLY, "given: each_cycle, expires: 2 months, carry_over: all", ["PE242"]),
        (MONTHLY, "given: each_cycle, expires: never, carry_over: all", ["PE242"]),
        (MONTHLY, "given: each_cycle, expires: 2 months, carry_over: none", []),
        (MONTHLY, "given: once, expires: end_of_cycle", []),
    ],
)
def test_grants_of_a_policy(old: str, new: str, expected: list[str]) -> None:
    assert expected == codes((old, new))


def with_team(credits_given: int, cycle: str = "1 month") -> tuple[str, str]:
    team = PRO.replace("pro:", "team:").replace("2000", str(credits_given))
    return PRO, PRO + team.replace("cycle: 1 month", f"cycle: {cycle}")


@pytest.mark.parametrize(
    ("credits_given", "cycle", "expected"),
    [
        (2000, "1 month", []),
        (2001, "1 month", []),
        (1999, "1 month", ["PE247"]),
        (1999, "1 week", []),
    ],
)
def test_plans_ascend(credits_given: int, cycle: str, expected: list[str]) -> None:
    assert expected == codes(with_team(credits_given, cycle))


def test_cancelling_may_lead_to_the_lowest_plan_whatever_it_gives() -> None:
    basic = PRO.replace("pro:", "basic:").replace("2000", "5")
    assert codes(("  free:\n", f"{basic}  free:\n"), ("to: free", "to: basic")) == []


def test_cancelling_may_lead_to_a_plan_without_cycle_credits() -> None:
    basic = PRO.replace("pro:", "basic:").replace("2000", "5")
    assert codes(("  free:\n", f"{basic}  free:\n")) == []


def test_cancelling_to_a_plan_that_goes_on_giving_is_reported() -> None:
    assert codes(("to: free", "to: pro")) == ["PE246"]


@pytest.mark.parametrize(
    ("up", "down", "expected"),
    [
        ("now", "now", ["PE248"]),
        ("end_of_cycle", "now", []),
        ("now", "end_of_cycle", []),
        ("end_of_cycle", "end_of_cycle", []),
    ],
)
def test_one_of_up_and_down_waits(up: str, down: str, expected: list[str]) -> None:
    assert expected == codes(
        ("{when: now, new", f"{{when: {up}, new"),
        ("downgrade: {when: end_of_cycle", f"downgrade: {{when: {down}"),
    )


def test_plans_without_cycle_credits_may_change_at_once() -> None:
    at_once = ("downgrade: {when: end_of_cycle", "downgrade: {when: now")
    gift = (MONTHLY, "given: once, expires: end_of_cycle")
    assert codes(at_once, gift) == []


def test_credits_come_from_somewhere() -> None:
    no_packs = ("packs:\n  pack_500: {credits: 500, expires: 12 months, sold_to: [pro]}\n", "")
    no_gift = ("\n      welcome: {credits: 300, given: once, expires: 1 month}", " {}")
    no_plan = (PRO, "")
    assert codes(no_packs, no_gift, no_plan) == ["PE249"]
    assert codes(no_packs, no_plan) == []
    assert codes(no_gift, no_plan, ("sold_to: [pro]", "sold_to: [free]")) == []
