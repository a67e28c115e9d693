"""`replaces`: what one file can tell about the version before it."""

import pytest

from policy.checks.acme import REPLACES, changed, later
from policyengine.policy.load import load_policy


def judged(text: str) -> list[str]:
    return [each.code for each in load_policy(text, "acme.yaml").diagnostics]


def keep(joined: str, until: str, plan: str = "pro") -> str:
    instants = f"joined_before: {joined}T00:00:00Z, until: {until}T00:00:00Z"
    return f"    - {{plan: {plan}, {instants}}}\n"


def version_2(*kept: str, plans: str = "at_next_cycle") -> str:
    text = later(2, "2026-10-01", replaces="  keep:\n" + "".join(kept) if kept else "")
    return text.replace("plans: at_next_cycle", f"plans: {plans}")


def test_version_1_replaces_nothing_and_later_ones_the_one_before() -> None:
    assert judged(changed() + REPLACES) == ["PE241"]
    assert judged(changed(("version: 1", "version: 2"))) == ["PE240"]
    assert judged(later(2, "2026-10-01")) == []
    assert judged(later(3, "2026-10-01").replace("version: 2", "version: 3")) == ["PE280"]


def test_a_removed_plan_is_not_there() -> None:
    text = later(2, "2026-10-01", replaces="  removed_plans: {starter: pro, free: pro}\n")
    assert judged(text) == ["PE281"]


@pytest.mark.parametrize(
    ("joined", "until", "expected"),
    [
        ("2026-10-01", "2026-10-02", []),
        ("2026-10-01", "2026-10-01", ["PE282"]),
        ("2026-11-01", "2026-10-01", ["PE282"]),
        ("2026-10-02", "2026-11-01", ["PE283"]),
        ("2026-02-30", "2026-11-01", ["PE235"]),
    ],
)
def test_terms_are_kept_in_a_time_that_there_is(
    joined: str, until: str, expected: list[str]
) -> None:
    assert expected == judged(version_2(keep(joined, until)))


def test_nothing_is_compared_with_an_instant_that_does_not_exist() -> None:
    text = version_2(keep("2026-09-01", "2026-09-01")).replace("2026-10-01", "2026-10-32")
    assert judged(text) == ["PE235"]


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ([("2026-06-01", "2027-01-01"), ("2026-09-01", "2027-01-01")], ["PE284"]),
        ([("2026-06-01", "2028-01-01"), ("2026-09-01", "2027-01-01")], []),
        ([("2026-06-01", "2027-01-01"), ("2026-06-01", "2027-01-01")], ["PE284"]),
        ([("2026-06-01", "2027-01-01", "free"), ("2026-09-01", "2027-01-01")], []),
        ([("2026-06-01", "2027-13-01"), ("2026-09-01", "2027-01-01")], ["PE235"]),
    ],
)
def test_an_entry_that_another_one_covers_has_no_effect(
    kept: list[tuple[str, ...]], expected: list[str]
) -> None:
    assert expected == judged(version_2(*(keep(*each) for each in kept)))


def test_existing_subscribers_that_keep_their_plans_need_no_exceptions() -> None:
    assert judged(version_2(plans="new_subscribers_only")) == []
    kept = keep("2026-09-01", "2027-01-01")
    assert judged(version_2(kept, plans="new_subscribers_only")) == ["PE284"]
    removed = version_2(kept, plans="new_subscribers_only") + "  removed_plans: {starter: pro}\n"
    assert judged(removed) == ["PE284", "PE284"]
