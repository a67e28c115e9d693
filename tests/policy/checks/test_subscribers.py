"""Versions after each other: every plan that somebody may be on is answered for."""

import pytest

from policy.checks.acme import ACME, PRO, changed, later
from policyengine.policy.versions import load_timeline

FIRST = changed()
STARTER = PRO.replace("pro:", "starter:")
WITH_STARTER = ACME.replace(PRO, STARTER + PRO)
KEEP = "  keep: [{plan: PLAN, joined_before: 2026-02-01T00:00:00Z, until: 2027-01-01T00:00:00Z}]\n"
MOVED = "  removed_plans: {starter: pro}\n"


def judged(*texts: str) -> list[tuple[str, str]]:
    files = [(f"{number}.yaml", text) for number, text in enumerate(texts, start=1)]
    return [(each.code, each.file) for each in load_timeline(files).diagnostics]


def only_new(text: str) -> str:
    return text.replace("plans: at_next_cycle", "plans: new_subscribers_only")


def kept(plan: str) -> str:
    return KEEP.replace("PLAN", plan)


def test_a_plan_that_goes_is_answered_for() -> None:
    assert judged(WITH_STARTER, later(2, "2026-03-01")) == [("PE407", "2.yaml")]
    assert judged(WITH_STARTER, later(2, "2026-03-01", replaces=MOVED)) == []


def test_an_answer_given_once_holds_for_later_versions() -> None:
    second = later(2, "2026-03-01", replaces=MOVED)
    assert judged(WITH_STARTER, second, later(3, "2026-04-01")) == []
    third = later(3, "2026-04-01", replaces=MOVED)
    assert judged(WITH_STARTER, second, third) == [("PE408", "3.yaml")]


def test_who_was_left_alone_is_answered_for_by_the_next_version_that_takes_all() -> None:
    second = only_new(later(2, "2026-03-01"))
    assert judged(WITH_STARTER, second) == []
    assert judged(WITH_STARTER, second, later(3, "2026-04-01")) == [("PE407", "3.yaml")]
    assert judged(WITH_STARTER, second, later(3, "2026-04-01", replaces=MOVED)) == []


def test_who_keeps_old_terms_is_answered_for_again() -> None:
    second = later(2, "2026-03-01", replaces=MOVED + kept("starter"))
    assert judged(WITH_STARTER, second) == []
    assert judged(WITH_STARTER, second, later(3, "2027-04-01")) == [("PE407", "3.yaml")]
    assert judged(WITH_STARTER, second, later(3, "2027-04-01", replaces=MOVED)) == []


def at_once(text: str) -> str:
    return text.replace("plans: at_next_cycle", "plans: at_once")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("credits: 2000", "credits: 2500", []),
        ("cycle: 1 month", "cycle: 1 week", ["PE417"]),
        ("cycle: 1 month", "cycle: 1 month\n    cycle_from: joining", []),
        (
            "cycle: 1 month",
            "cycle: 1 month\n    cycle_from: calendar\n    first_cycle: full",
            ["PE417"],
        ),
        ("zone: Asia/Shanghai", "zone: Asia/Tokyo", ["PE417", "PE417"]),
        ("grants:\n      welcome", "cycle: 1 month\n    grants:\n      welcome", ["PE417"]),
    ],
)
def test_new_terms_at_once_need_the_same_cycle(old: str, new: str, expected: list[str]) -> None:
    second = at_once(later(2, "2026-03-01", (old, new)))
    assert [code for code, _ in judged(FIRST, second) if code != "PE291"] == expected


def test_a_grant_that_goes_on_at_once_has_the_same_rhythm() -> None:
    grant = "{credits: 2000, given: each_cycle, expires: end_of_cycle, carry_over: none}"
    daily = "{credits: 90, given: each_period, every: 1 day, expires: end_of_period}"
    second = at_once(later(2, "2026-03-01", (grant, daily)))
    assert judged(FIRST, second) == [("PE417", "2.yaml")]


def test_a_removed_plan_hands_its_running_cycle_over_at_once() -> None:
    assert judged(WITH_STARTER, at_once(later(2, "2026-03-01", replaces=MOVED))) == []
    weekly = ("cycle: 1 month", "cycle: 1 week")
    second = at_once(later(2, "2026-03-01", weekly, replaces=MOVED))
    assert judged(WITH_STARTER, second) == [("PE417", "2.yaml"), ("PE417", "2.yaml")]
    unanswered = at_once(later(2, "2026-03-01"))
    assert judged(WITH_STARTER, unanswered) == [("PE407", "2.yaml")]


def test_a_promise_is_kept_by_later_versions() -> None:
    second = later(2, "2026-03-01", replaces=kept("pro"))
    assert judged(FIRST, second, later(3, "2026-04-01")) == [("PE411", "3.yaml")]
    assert judged(FIRST, second, later(3, "2027-01-01")) == []
    assert judged(FIRST, second, later(3, "2026-04-01", replaces=kept("pro"))) == []
    assert judged(FIRST, second, only_new(later(3, "2026-04-01"))) == []
    shorter = kept("pro").replace("until: 2027-01-01", "until: 2026-12-01")
    assert judged(FIRST, second, later(3, "2026-04-01", replaces=shorter)) == [("PE411", "3.yaml")]


@pytest.mark.parametrize(
    ("replaces", "expected"),
    [
        (kept("pro"), []),
        (kept("starter"), [("PE408", "2.yaml")]),
        ("  removed_plans: {nobodys: pro}\n", [("PE408", "2.yaml")]),
    ],
)
def test_only_plans_that_were_there_are_kept_or_removed(
    replaces: str, expected: list[tuple[str, str]]
) -> None:
    second = later(2, "2026-03-01", (PRO, PRO + STARTER), replaces=replaces)
    assert expected == judged(FIRST, second)


def test_what_concerns_subscribers_waits_for_files_without_errors() -> None:
    bad = later(2, "2026-03-01", ("minimum: 0.01", "minimum: 0.015"))
    assert judged(WITH_STARTER, bad) == [("PE222", "2.yaml")]


def test_a_gift_under_a_new_name_is_given_again() -> None:
    renamed = later(2, "2026-03-01", ("welcome:", "hello:"))
    assert judged(FIRST, renamed) == [("PE409", "2.yaml")]
    second_gift = "welcome: {credits: 300, given: once, expires: 1 month}"
    both = f"{second_gift}\n      hello: {{credits: 5, given: once, expires: 1 month}}"
    assert judged(FIRST, later(2, "2026-03-01", (second_gift, both))) == []
    gone = later(2, "2026-03-01", (f"\n      {second_gift}", " {}"))
    assert judged(FIRST, gone) == []


def test_a_gift_goes_with_its_plan() -> None:
    gift = "    grants: {hello: {credits: 5, given: once, expires: 1 month}}\n"
    first = ACME.replace("  pro:\n", f"  trial:\n    cycle: 1 month\n{gift}  pro:\n")
    second = later(2, "2026-03-01", ("  pro:\n", f"  tryout:\n    cycle: 1 month\n{gift}  pro:\n"))
    result = load_timeline(
        [("1.yaml", first), ("2.yaml", second + "  removed_plans: {trial: tryout}\n")]
    )
    (finding,) = result.diagnostics
    assert finding.code == "PE409"
    assert "who had `hello` on `trial` as well" in finding.message


def test_subscribers_without_cycles_are_not_reached() -> None:
    with_cycle = ("  free:\n", "  free:\n    cycle: 1 month\n")
    assert judged(FIRST, later(2, "2026-03-01", with_cycle)) == [("PE410", "2.yaml")]
    assert judged(FIRST, only_new(later(2, "2026-03-01", with_cycle))) == []
    trial = ("  pro:\n", "  trial: {grants: {}}\n  pro:\n")
    moved = later(2, "2026-03-01", replaces="  removed_plans: {trial: free}\n")
    assert judged(changed(trial), moved) == [("PE410", "2.yaml")]
