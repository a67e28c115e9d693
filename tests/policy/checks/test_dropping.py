"""What one version had and the next one has not: said in `why`, or said by a warning."""

import pytest

from policy.checks.acme import Change, changed, later
from policyengine.policy.versions import load_timeline

WHY = ("why: First edition", "why: Retired.")
RICH: tuple[Change, ...] = (
    ("  standard: {multiplier: 1}\n", "  standard: {multiplier: 1}\n  big: {multiplier: 2}\n"),
    ("plans:\n", "modifiers:\n  batch: {factor: 0.5}\ncohorts: [annual]\nplans:\n"),
    (
        "burn_order",
        (
            "  pack_9: {credits: 9, expires: never, sold_to: [pro]}\n"
            "conversions:\n  messages: {credits: 1, expires: never}\nburn_order"
        ),
    ),
    ("image: 150", "image: 150, old_image: 10"),
    (
        "carry_over: none}\n",
        (
            "carry_over: none}\n      bonus:\n        {credits: 5, given: each_cycle, expires: "
            "end_of_cycle, carry_over: none}\n"
        ),
    ),
)
FIRST = changed(*RICH)


def judged(*changes: Change, replaces: str = "") -> list[tuple[str, str, str]]:
    second = later(2, "2026-03-01", *RICH, *changes, replaces=replaces)
    found = load_timeline([("1.yaml", FIRST), ("2.yaml", second)]).diagnostics
    return [(each.code, each.severity, each.message) for each in found if each.code == "PE416"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  big: {multiplier: 2}\n", "", "the model `big` is gone: requests for it are refused"),
        (
            "modifiers:\n  batch: {factor: 0.5}\n",
            "",
            "the modifier `batch` is gone: requests that name it are refused",
        ),
        (
            "cohorts: [annual]\n",
            "",
            "the cohort `annual` is gone: its wallets pay what all others do",
        ),
        (
            "  pack_9: {credits: 9, expires: never, sold_to: [pro]}\n",
            "",
            "the pack `pack_9` is gone: nobody can buy it any more",
        ),
        (
            "conversions:\n  messages: {credits: 1, expires: never}\n",
            "",
            "the old unit `messages` is gone: nobody can turn it into credits any more",
        ),
        (
            ", old_image: 10",
            "",
            "the unit `old_image` is gone: requests that count it are refused",
        ),
        (
            (
                "      bonus:\n        {credits: 5, given: each_cycle, expires: "
                "end_of_cycle, carry_over: none}\n"
            ),
            "",
            "`pro` no longer gives `bonus`: its subscribers get it no more from their next cycle",
        ),
    ],
)
def test_what_is_gone_is_a_warning_unless_why_names_it(old: str, new: str, message: str) -> None:
    assert judged((old, new)) == [("PE416", "warning", message)]
    name = message.split("`")[3 if message.startswith("`pro`") else 1]
    assert judged((old, new), ("why: First edition", f"why: The {name} is retired.")) == []
    spoken = name.replace("_", " ").capitalize()
    assert judged((old, new), ("why: First edition", f"why: {spoken}s are retired.")) == []
    assert judged((old, new), ("why: First edition", f"why: The x{name} is retired.")) != []


def test_requests_for_a_model_that_is_gone_may_be_priced_as_another() -> None:
    priced = ("unknown_model: refuse", "unknown_model: priced_as\n  priced_as: standard")
    assert judged(("  big: {multiplier: 2}\n", ""), priced) == [
        (
            "PE416",
            "warning",
            "the model `big` is gone: requests for it are priced as `standard`",
        )
    ]


def test_a_unit_that_moves_to_another_place_is_not_gone() -> None:
    moved = (", old_image: 10", ""), ("text_output: 500", "text_output: 500, old_image: 10")
    assert judged(*moved) == []


def test_grants_of_plans_that_nobody_is_moved_to_are_not_missed() -> None:
    bonus = (
        "      bonus:\n        {credits: 5, given: each_cycle, expires: end_of_cycle, "
        "carry_over: none}\n"
    )
    only_new = ("plans: at_next_cycle", "plans: new_subscribers_only")
    second = later(2, "2026-03-01", *RICH, (bonus, "")).replace(*only_new)
    found = load_timeline([("1.yaml", FIRST), ("2.yaml", second)]).diagnostics
    assert "PE416" not in {each.code for each in found}


def test_a_grant_that_another_one_replaces_is_not_missed() -> None:
    assert judged(("      bonus:\n", "      extra:\n")) == []


def test_a_plan_that_is_new_misses_nothing() -> None:
    plan = "  top:\n    cycle: 1 month\n    grants: {}\n"
    assert judged(("packs:\n", f"{plan}packs:\n")) == []
