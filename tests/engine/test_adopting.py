"""Adopting: new terms in a running cycle give the difference at their own instant, once."""

from typing import Any

import pytest

from engine.wallets import CREDIT, DAY, Wallet, at, policy, spend
from policyengine.engine.commands import Cancel, Charge, SetSeats, Settle
from policyengine.engine.explaining import explain
from policyengine.engine.settling import settle
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline

SECOND = at("2026-10-01")
JOINED = at("2026-09-15")
RENEWS = at("2026-10-15")
MONTHLY = "plans/pro/grants/monthly"


def at_once(changes: dict[str, Any] | None = None) -> Policy:
    """The second version of the reference policy, in which `pro` gives 2400 and not 2000."""
    own = {"replaces/plans": "at_once", "replaces/keep": []}
    return policy({**own, **(changes or {})}, version=2)


def joined(first: Policy, *later: Policy, plan: str = "pro") -> Wallet:
    return Wallet(first, *later, plan=plan, start=JOINED)


def adoptions(wallet: Wallet) -> list[Transaction]:
    return [each for each in wallet.transactions if each.kind == "adopt"]


def subscription(wallet: Wallet) -> Subscription:
    found = wallet.book.subscription
    assert found is not None
    return found


def test_the_difference_comes_at_the_instant_of_the_version() -> None:
    wallet = joined(policy(), at_once())
    before = subscription(wallet)
    wallet.do(Charge(spend(500)))
    wallet.do(Settle(), SECOND - 1)
    assert wallet.available == 1500 * CREDIT
    wallet.do(Settle(), SECOND + DAY)
    assert wallet.available == 1900 * CREDIT
    (adoption,) = adoptions(wallet)
    assert (adoption.effective_at, adoption.policy.version) == (SECOND, 2)
    after = subscription(wallet)
    assert (after.version, after.joined_at) == (2, before.joined_at)
    assert (after.anchor_at, after.index, after.ends_at) == (JOINED, 0, RENEWS)
    wallet.do(Settle(), RENEWS)
    assert wallet.available == 2400 * CREDIT


def test_it_is_the_same_whoever_looks_when() -> None:
    often, rarely = joined(policy(), at_once()), joined(policy(), at_once())
    for day in range(1, 60):
        often.do(Settle(), JOINED + day * DAY)
    rarely.do(Settle(), JOINED + 59 * DAY)
    assert often.remaining == rarely.remaining
    assert [each.effective_at for each in adoptions(often)] == [SECOND]
    assert adoptions(often) == adoptions(rarely)


def test_less_takes_nothing_back() -> None:
    wallet = joined(policy(), at_once({f"{MONTHLY}/credits": 1200}))
    wallet.do(Settle(), SECOND)
    assert (wallet.available, adoptions(wallet)[0].moves) == (2000 * CREDIT, ())
    wallet.do(Settle(), RENEWS)
    assert wallet.available == 1200 * CREDIT


def test_a_grant_that_is_new_gives_all_and_one_that_is_gone_leaves_its_credits() -> None:
    other = {"credits": 70, "given": "each_cycle", "expires": "end_of_cycle", "carry_over": "none"}
    gift = {"credits": 5, "given": "once", "expires": "never"}
    wallet = joined(policy(), at_once({"plans/pro/grants": {"other": other, "gift": gift}}))
    wallet.do(Settle(), SECOND)
    assert wallet.available == 2075 * CREDIT
    wallet.do(Settle(), RENEWS)
    assert wallet.available == 75 * CREDIT


@pytest.mark.parametrize(
    "changes",
    [
        {"plans/pro/cycle": "2 months"},
        {"plans/pro/cycle_from": "calendar", "plans/pro/first_cycle": "full"},
        {"time/zone": "Pacific/Auckland"},
        {"replaces/plans": "at_next_cycle"},
        {"replaces/plans": "new_subscribers_only"},
    ],
)
def test_a_cycle_that_would_end_otherwise_goes_on_as_it_was(changes: dict[str, Any]) -> None:
    start = at("2026-09-15T18:00:00")  # the next day in Auckland, whose clocks go forward meanwhile
    wallet = Wallet(policy(), at_once(changes), start=start)
    wallet.do(Settle(), SECOND + DAY)
    assert (wallet.available, adoptions(wallet)) == (2000 * CREDIT, [])
    assert subscription(wallet).version == 1


def test_who_keeps_the_old_terms_keeps_them() -> None:
    until = "2026-12-01T00:00:00Z"
    keep = [{"plan": "pro", "joined_before": "2026-09-16T00:00:00Z", "until": until}]
    wallet = joined(policy(), at_once({"replaces/keep": keep}))
    wallet.do(Settle(), at("2026-12-14"))
    assert (wallet.available, adoptions(wallet)) == (2000 * CREDIT, [])
    wallet.do(Settle(), at("2026-12-15"))
    assert (wallet.available, subscription(wallet).version) == (2400 * CREDIT, 2)


def test_a_change_that_waits_goes_on_waiting() -> None:
    wallet = joined(policy(), at_once())
    wallet.do(Cancel())
    before = subscription(wallet).pending
    wallet.do(Settle(), SECOND)
    assert (wallet.available, subscription(wallet).pending) == (2400 * CREDIT, before)


def test_a_plan_that_ends_by_itself_under_the_new_terms_ends() -> None:
    wallet = joined(policy(), at_once({"plans/pro/after_cycles": {"count": 1, "to": "free"}}))
    wallet.do(Settle(), RENEWS)
    assert subscription(wallet).plan == "free"


def test_a_grant_on_its_own_clock_gives_its_old_amount_first_where_both_come_at_one_instant() -> (
    None
):
    # Periods of 8 days from 15 September: the third begins on 1 October, with the version.
    clock = {"given": "each_period", "every": "8 days", "expires": "end_of_period"}
    grant = {"credits": 100, **clock}
    first = policy({MONTHLY: grant})
    wallet = joined(first, at_once({MONTHLY: {**grant, "credits": 130}}))
    wallet.do(Settle(), SECOND)
    assert [each.kind for each in wallet.transactions[-2:]] == ["recur", "adopt"]
    assert wallet.available == 130 * CREDIT
    wallet.do(Settle(), SECOND + 8 * DAY)
    assert wallet.available == 130 * CREDIT
    other = joined(first, at_once({MONTHLY: {**grant, "every": "4 days"}}))
    other.do(Settle(), SECOND)
    assert adoptions(other) == []


def test_a_first_cycle_that_gave_its_share_gives_that_share_of_the_difference() -> None:
    # A cycle of September and October, joined with 47 of its 61 days left.
    calendar = {
        "time/zone": "UTC",
        "plans/pro/cycle": "2 months",
        "plans/pro/cycle_from": "calendar",
        "plans/pro/first_cycle": "prorated_by_day",
    }
    wallet = joined(policy(calendar), at_once(calendar))
    gave = 2000 * CREDIT * 47 // 61 // 10_000 * 10_000
    assert wallet.available == gave
    wallet.do(Settle(), SECOND)
    assert wallet.available == 2400 * CREDIT * 47 // 61 // 10_000 * 10_000


def test_a_promotion_that_was_not_given_is_not_taken_off() -> None:
    later = {"from": "2026-09-20T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
    over = {"from": "2026-09-01T00:00:00Z", "until": "2026-09-30T00:00:00Z"}
    wallet = joined(policy({f"{MONTHLY}/between": later}), at_once({f"{MONTHLY}/between": later}))
    wallet.do(Settle(), SECOND)
    assert wallet.available == 2400 * CREDIT
    wallet = joined(policy(), at_once({f"{MONTHLY}/between": over}))
    wallet.do(Settle(), SECOND)
    assert wallet.available == 2000 * CREDIT


def test_a_cap_counts_what_the_old_terms_gave() -> None:
    clock = {"given": "each_period", "every": "1 week", "expires": "end_of_cycle"}
    grant = {"credits": 100, **clock, "at_most": {"credits": 320, "per": "cycle"}}
    wallet = joined(policy({MONTHLY: grant}), at_once({MONTHLY: {**grant, "credits": 130}}))
    wallet.do(Settle(), SECOND)  # 3 times 100, and 20 of the 30 that the third period gives more
    assert wallet.available == 320 * CREDIT


def test_what_was_given_before_counts_at_a_later_upgrade() -> None:
    upgrade = {
        "changes/upgrade/new_credits": "less_used",
        "changes/upgrade/new_cycle": "keeps_date",
        "changes/upgrade/unused": "lost",
    }
    for first in (policy(), policy(upgrade)):
        wallet = joined(first, at_once(upgrade))
        wallet.do(Settle(), SECOND)
        (note,) = subscription(wallet).given
        assert (note.grant, note.amount_micro) == ("monthly", 2400 * CREDIT)


def test_seats_that_the_cycle_has_count() -> None:
    per_seat = {f"{MONTHLY}/for_each": "seat"}
    wallet = joined(policy(per_seat), at_once(per_seat))
    wallet.do(SetSeats(3))
    assert wallet.available == 6000 * CREDIT
    wallet.do(Settle(), SECOND)
    assert wallet.available == 7200 * CREDIT


def test_a_plan_without_cycles_has_the_new_terms_as_well() -> None:
    grants = {"hello": {"credits": 9, "given": "once", "expires": "never"}}
    wallet = joined(policy(), at_once({"plans/free/grants": grants}), plan="free")
    wallet.do(Settle(), SECOND)
    assert wallet.available == 309 * CREDIT
    assert subscription(wallet).version == 2


def test_versions_that_left_subscribers_alone_are_passed_over() -> None:
    second = policy({"replaces/plans": "new_subscribers_only", "replaces/keep": []}, version=2)
    third = at_once({"version": 3, "effective": "2026-10-05T00:00:00Z", "replaces/version": 2})
    wallet = joined(policy(), second, third)
    wallet.do(Settle(), at("2026-10-05"))
    (adoption,) = adoptions(wallet)
    assert (adoption.effective_at, subscription(wallet).version) == (at("2026-10-05"), 3)


def test_a_version_that_became_known_late_counts_from_the_wallets_last_instant() -> None:
    wallet = joined(policy())
    late = SECOND + 3 * DAY
    wallet.do(Charge(spend(1)), late)
    book, written = settle(Timeline.of(policy(), at_once()), wallet.book, late)
    assert [(each.kind, each.effective_at) for each in written] == [("adopt", late)]
    assert book.available_micro == 2399 * CREDIT


def test_an_explanation_says_why_a_lot_has_less_than_its_grant_gives() -> None:
    wallet = joined(policy(), at_once())
    wallet.do(Settle(), SECOND)
    told = explain(wallet.timeline, adoptions(wallet)[0], wallet.lots)
    (issued,) = [each for each in told.steps if each.label.startswith("granted to")]
    assert [(each.label, each.value) for each in issued.steps] == [
        ("in full, the grant gives", "2,400.00"),
        ("in a cycle under way", "the difference to the terms before"),
    ]
