"""Timelines: which version says what, when, to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.checks.acme import PRO, changed, later
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.policy.versions import load_timeline
from policyengine.values.calendar import Instant, parse_instant

FIRST = changed()
SECOND = later(2, "2026-03-01")
THIRD = later(3, "2026-04-01")


def day(text: str) -> Instant:
    return parse_instant(f"{text}T00:00:00Z")


def policy_of(text: str) -> Policy:
    policy = load_policy(text, "p.yaml").policy
    assert policy is not None
    return policy


def timeline_of(*texts: str) -> Timeline:
    result = load_timeline([(f"{n}.yaml", text) for n, text in enumerate(texts, start=1)])
    assert result.timeline is not None, result.diagnostics
    return result.timeline


THREE = timeline_of(FIRST, SECOND, THIRD)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (0, None),
        (day("2026-01-28") - 1, None),
        (day("2026-01-28"), 1),
        (day("2026-03-01") - 1, 1),
        (day("2026-03-01"), 2),
        (day("2026-04-01") - 1, 2),
        (day("2026-04-01"), 3),
        (day("2999-01-01"), 3),
    ],
)
def test_a_version_is_in_force_from_its_instant_until_the_next_one(
    instant: Instant, expected: int | None
) -> None:
    found = THREE.at(instant)
    assert expected == (None if found is None else found.version)


@given(st.integers(0, day("2026-06-01")))
def test_the_version_in_force_is_the_last_that_has_started(instant: Instant) -> None:
    started = [each for each in THREE.policies if each.effective_at <= instant]
    assert THREE.at(instant) == (started[-1] if started else None)


def test_a_version_is_found_by_its_number() -> None:
    assert THREE.name == "acme"
    assert [THREE.version(number) for number in (1, 2, 3)] == list(THREE.policies)
    assert THREE.version(4) is None


def test_versions_may_be_given_in_any_order() -> None:
    first, second = policy_of(FIRST), policy_of(SECOND)
    assert Timeline.of(second, first) == Timeline.of(first, second)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [FIRST, changed(("policy: acme", "policy: other"), ("2026-01", "2027-01"))],
        [FIRST, FIRST],
        [FIRST, later(2, "2026-01-28")],
        [FIRST, later(2, "2025-01-28")],
        [SECOND, later(2, "2026-05-01")],
    ],
)
def test_what_does_not_follow_in_time_is_no_timeline(texts: list[str]) -> None:
    policies = [policy_of(text) for text in texts]
    with pytest.raises(ValueError, match="version"):
        Timeline.of(*policies)


def terms(timeline: Timeline, plan: str, version: int, joined: str, at: str) -> tuple[int, str]:
    policy, name = timeline.terms_for(plan, version, day(joined), day(at))
    assert name in policy.plans
    return policy.version, name


def test_existing_subscribers_get_the_newest_version_that_has_started() -> None:
    assert terms(THREE, "pro", 1, "2026-02-01", "2026-02-28") == (1, "pro")
    assert terms(THREE, "pro", 1, "2026-02-01", "2026-03-01") == (2, "pro")
    assert terms(THREE, "pro", 1, "2026-02-01", "2026-04-01") == (3, "pro")
    assert terms(THREE, "pro", 3, "2026-02-01", "2026-03-15") == (3, "pro")


def test_a_version_for_new_subscribers_leaves_existing_ones_alone() -> None:
    second = SECOND.replace("plans: at_next_cycle", "plans: new_subscribers_only")
    assert terms(timeline_of(FIRST, second), "pro", 1, "2026-02-01", "2026-05-01") == (1, "pro")
    later_ones = timeline_of(FIRST, second, THIRD)
    assert terms(later_ones, "pro", 1, "2026-02-01", "2026-03-15") == (1, "pro")
    assert terms(later_ones, "pro", 1, "2026-02-01", "2026-04-01") == (3, "pro")


KEEP = "  keep: [{plan: pro, joined_before: 2026-02-15T00:00:00Z, until: 2026-06-01T00:00:00Z}]\n"


@pytest.mark.parametrize(
    ("plan", "joined", "at", "expected"),
    [
        ("pro", "2026-02-14", "2026-03-01", 1),
        ("pro", "2026-02-14", "2026-05-31", 1),
        ("pro", "2026-02-14", "2026-06-01", 2),
        ("pro", "2026-02-15", "2026-03-01", 2),
        ("free", "2026-02-14", "2026-03-01", 2),
    ],
)
def test_who_keeps_old_terms_joined_in_time_and_keeps_them_until_their_end(
    plan: str, joined: str, at: str, expected: int
) -> None:
    timeline = timeline_of(FIRST, later(2, "2026-03-01", replaces=KEEP))
    assert terms(timeline, plan, 1, joined, at) == (expected, plan)


STARTER = PRO.replace("pro:", "starter:")
WITH_STARTER = changed((PRO, STARTER + PRO))
MOVED = later(2, "2026-03-01", replaces="  removed_plans: {starter: pro}\n")


def test_a_removed_plan_is_handed_over_and_goes_on_under_its_new_name() -> None:
    timeline = timeline_of(WITH_STARTER, MOVED, THIRD)
    assert terms(timeline, "starter", 1, "2026-02-01", "2026-02-28") == (1, "starter")
    assert terms(timeline, "starter", 1, "2026-02-01", "2026-03-01") == (2, "pro")
    assert terms(timeline, "starter", 1, "2026-02-01", "2026-04-01") == (3, "pro")


def test_a_plan_is_handed_over_twice() -> None:
    second = later(2, "2026-03-01", (PRO, PRO + PRO.replace("pro:", "team:")))
    third = later(3, "2026-04-01", (PRO, PRO.replace("pro:", "team:")), ("[pro]", "[team]"))
    timeline = timeline_of(
        WITH_STARTER,
        second + "  removed_plans: {starter: pro}\n",
        third + "  removed_plans: {pro: team}\n",
    )
    assert terms(timeline, "starter", 1, "2026-02-01", "2026-03-01") == (2, "pro")
    assert terms(timeline, "starter", 1, "2026-02-01", "2026-04-01") == (3, "team")


def test_a_plan_that_nobody_answered_for_keeps_its_old_terms() -> None:
    """The checks refuse such files; without them, the subscribers still have a plan."""
    timeline = Timeline.of(policy_of(WITH_STARTER), policy_of(SECOND))
    assert terms(timeline, "starter", 1, "2026-02-01", "2026-03-01") == (1, "starter")


def test_terms_of_a_version_that_is_not_there_are_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no version 9"):
        THREE.terms_for("pro", 9, 0, 0)


@given(
    st.integers(1, 3),
    st.integers(day("2026-01-28"), day("2026-06-01")),
    st.integers(day("2026-01-28"), day("2026-06-01")),
)
def test_subscribers_never_go_back_to_an_older_version(
    version: int, joined_at: Instant, at: Instant
) -> None:
    now, _ = THREE.terms_for("pro", version, joined_at, at)
    then, _ = THREE.terms_for("pro", version, joined_at, at + 1)
    assert version <= now.version <= then.version


def test_a_rule_in_a_ledger_names_the_plan_and_the_grant_that_gave() -> None:
    timeline = timeline_of(FIRST, SECOND)
    plan, grant = timeline.giver("v2.plans.pro.grants.monthly")
    assert (plan.name, grant.name) == ("pro", "monthly")
    assert plan is timeline.plan_of(2, "pro") is not timeline.plan_of(1, "pro")


@pytest.mark.parametrize(
    "rule", ["v3.plans.pro.grants.monthly", "v1.plans.pro.grants.weekly", "api.grant", "v1"]
)
def test_a_rule_that_no_version_has_is_a_fault(rule: str) -> None:
    with pytest.raises(LookupError, match=f"no version of `acme` has `{rule}`"):
        timeline_of(FIRST, SECOND).giver(rule)


@pytest.mark.parametrize(("number", "plan"), [(3, "pro"), (1, "team")])
def test_a_plan_that_a_version_does_not_have_is_a_fault(number: int, plan: str) -> None:
    with pytest.raises(LookupError, match=f"no version {number} of `acme` has a plan `{plan}`"):
        timeline_of(FIRST, SECOND).plan_of(number, plan)
