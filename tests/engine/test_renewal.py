"""Renewal: what a boundary gives, keeps and ends, across versions of the policy."""

from typing import Any

import pytest

from engine.wallets import CREDIT, DAY, HOUR, START, Wallet, at, policy, spend
from policyengine.engine.commands import ChangePlan, Charge, Settle
from policyengine.engine.cycles import Cycle, cycle_of
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Transaction

SECOND = at("2026-10-01")


def subscription(wallet: Wallet) -> Subscription:
    found = wallet.book.subscription
    assert found is not None
    return found


def renewals(wallet: Wallet) -> list[Transaction]:
    return [each for each in wallet.transactions if each.kind == "renew"]


def next_version(**changes: Any) -> Any:
    plain = {key.replace("__", "/"): value for key, value in changes.items()}
    return policy({"replaces/keep": [], **plain}, version=2)


def test_each_cycle_gives_its_credits_whole_whatever_was_left() -> None:
    wallet = Wallet()
    for spent in (2000, 0, 700):
        wallet.do(Charge(spend(spent)))
        wallet.do(Settle(), subscription(wallet).ends_at)
        assert wallet.available == 2000 * CREDIT


def test_unused_credits_do_not_accumulate() -> None:
    wallet = Wallet()
    wallet.do(Settle(), START + 400 * DAY)
    assert wallet.available == 2000 * CREDIT
    assert sum(lot.expired for lot in wallet.lots.values()) == 13 * 2000 * CREDIT


def test_cycles_that_began_on_the_31st_end_on_the_last_day() -> None:
    wallet = Wallet(start=at("2026-01-31"))
    wallet.do(Settle(), at("2026-06-30"))
    assert [each.effective_at for each in renewals(wallet)] == [
        at("2026-02-28"),
        at("2026-03-31"),
        at("2026-04-30"),
        at("2026-05-31"),
        at("2026-06-30"),
    ]


def test_credits_that_carry_over_move_into_the_next_cycle() -> None:
    wallet = Wallet(policy({"plans/pro/grants/monthly/carry_over": "all"}))
    wallet.do(Charge(spend(500)))
    wallet.do(Settle(), at("2026-04-01"))
    remaining = [(lot.terms.source, lot.remaining // CREDIT) for lot in wallet.lots.values()]
    assert [each for each in remaining if each[1]] == [
        ("carried", 1500),
        ("carried", 2000),
        ("plan", 2000),
    ]
    assert {lot.terms.expires_at for lot in wallet.lots.values() if lot.remaining} == {
        at("2026-05-01")
    }


def test_credits_with_a_span_of_their_own_expire_by_it_even_if_they_carry_over() -> None:
    rules = {
        "plans/pro/grants/monthly/carry_over": "all",
        "plans/pro/grants/monthly/expires": "10 days",
    }
    wallet = Wallet(policy(rules))
    wallet.do(Settle(), START + 10 * DAY - 1)
    assert wallet.available == 2000 * CREDIT
    wallet.do(Settle(), START + 10 * DAY)
    assert wallet.available == 0


def test_credits_that_outlive_the_cycle_stay_as_they_are() -> None:
    wallet = Wallet(policy({"plans/pro/grants/monthly/expires": "never"}))
    wallet.do(Settle(), at("2026-04-01"))
    assert wallet.available == 6000 * CREDIT


def test_a_new_version_gives_its_credits_from_the_next_cycle_on() -> None:
    wallet = Wallet(policy(), next_version(), start=at("2026-09-15"))
    wallet.do(Settle(), SECOND)
    assert wallet.available == 2000 * CREDIT
    wallet.do(Settle(), at("2026-10-15"))
    assert wallet.available == 2400 * CREDIT
    assert subscription(wallet).version == 2
    assert renewals(wallet)[0].policy.version == 2


def test_renewals_before_a_version_are_decided_by_the_one_before_it() -> None:
    wallet = Wallet(policy(), next_version(), start=at("2026-08-20"))
    wallet.do(Settle(), at("2026-10-20"))
    assert [each.policy.version for each in renewals(wallet)] == [1, 2]
    assert wallet.available == 2400 * CREDIT


def test_existing_subscribers_may_keep_their_terms() -> None:
    later = next_version(replaces__plans="new_subscribers_only")
    wallet = Wallet(policy(), later, start=at("2026-09-15"))
    wallet.do(Settle(), at("2026-12-15"))
    assert (wallet.available, subscription(wallet).version) == (2000 * CREDIT, 1)


def test_subscribers_of_a_plan_may_keep_their_terms_for_a_while() -> None:
    keep = [
        {
            "plan": "pro",
            "joined_before": "2026-09-20T00:00:00Z",
            "until": "2026-12-01T00:00:00Z",
        }
    ]
    early = Wallet(policy(), next_version(replaces__keep=keep), start=at("2026-09-15"))
    early.do(Settle(), at("2026-11-15"))
    assert early.available == 2000 * CREDIT
    early.do(Settle(), at("2026-12-15"))
    assert early.available == 2400 * CREDIT
    late = Wallet(policy(), next_version(replaces__keep=keep), start=at("2026-09-20"))
    late.do(Settle(), at("2026-10-20"))
    assert late.available == 2400 * CREDIT


def test_kept_terms_end_at_their_instant() -> None:
    for until, credits_ in (("2026-10-15T00:00:00Z", 2400), ("2026-10-15T00:00:00.000001Z", 2000)):
        keep = [{"plan": "pro", "joined_before": "2026-09-20T00:00:00Z", "until": until}]
        wallet = Wallet(policy(), next_version(replaces__keep=keep), start=at("2026-09-15"))
        wallet.do(Settle(), at("2026-10-15"))
        assert wallet.available == credits_ * CREDIT


def test_a_removed_plan_is_taken_over_by_the_one_that_is_named() -> None:
    later = next_version(
        plans__pro=None,
        packs__pack_500__sold_to=["free"],
        replaces__removed_plans={"pro": "pro_plus"},
    )
    wallet = Wallet(policy(), later, start=at("2026-09-15"))
    wallet.do(Settle(), at("2026-10-15"))
    assert (subscription(wallet).plan, wallet.available) == ("pro_plus", 6000 * CREDIT)


def test_a_pending_change_goes_to_the_plan_that_took_over() -> None:
    later = next_version(
        plans__pro=None,
        packs__pack_500__sold_to=["free"],
        replaces__removed_plans={"pro": "pro_plus"},
    )
    wallet = Wallet(policy(), later, plan="pro_plus", start=at("2026-09-15"))
    wallet.do(ChangePlan("pro"))
    wallet.do(Settle(), at("2026-10-15"))
    assert subscription(wallet).plan == "pro_plus"


def test_a_pending_change_to_a_plan_that_nothing_took_over_falls_back() -> None:
    later = next_version(plans__pro=None, packs__pack_500__sold_to=["free"])
    wallet = Wallet(policy(), later, plan="pro_plus", start=at("2026-09-15"))
    wallet.do(ChangePlan("pro"))
    wallet.do(Settle(), at("2026-10-15"))
    assert subscription(wallet).plan == "free"


@pytest.mark.parametrize(
    ("before", "after", "ends"),
    [
        # Renewed on 1 October; the months from the anchor count on while the length is the same.
        ("1 month", "1 month", ["2026-11-01", "2026-12-01"]),
        ("1 month", "1 year", ["2027-10-01", "2028-10-01"]),
        ("1 month", "2 months", ["2026-12-01", "2027-02-01"]),
        ("1 month", "1 week", ["2026-10-08", "2026-10-15"]),
    ],
)
def test_a_cycle_of_another_length_counts_from_the_boundary_where_it_begins(
    before: str, after: str, ends: list[str]
) -> None:
    first = policy({"plans/pro/cycle": before})
    wallet = Wallet(first, next_version(plans__pro__cycle=after), start=at("2026-05-01"))
    wallet.do(Settle(), SECOND)
    found = []
    for _ in ends:
        found.append(subscription(wallet).ends_at)
        wallet.do(Settle(), found[-1])
    assert found == [at(each) for each in ends]


def test_a_plan_may_lose_its_cycle() -> None:
    wallet = Wallet(policy(), next_version(plans__pro__cycle=None), start=at("2026-09-15"))
    wallet.do(Settle(), at("2027-10-15"))
    assert len(renewals(wallet)) == 1
    assert wallet.available == 2400 * CREDIT


def test_gifts_of_a_new_version_are_given_at_the_renewal_once() -> None:
    gift = {"credits": 50, "given": "once", "expires": "end_of_cycle"}
    later = next_version(plans__pro__grants__thanks=gift)
    wallet = Wallet(policy(), later, start=at("2026-09-15"))
    wallet.do(Settle(), at("2026-10-15"))
    assert wallet.available == 2450 * CREDIT
    wallet.do(Settle(), at("2026-11-15"))
    assert wallet.available == 2400 * CREDIT


def test_the_number_of_a_cycle_is_found_however_old_its_anchor_is() -> None:
    rules = policy({"plans/pro/cycle": "1 hour"})
    plan, number = rules.plans["pro"], START // HOUR
    assert cycle_of(rules, plan, 0, START + 1) == Cycle(0, number, START, START + HOUR)
    assert cycle_of(rules, plan, START, START) == Cycle(START, 0, START, START + HOUR)


def test_a_downgrade_at_a_boundary_loses_what_would_have_carried_over() -> None:
    rules = {"plans/pro_plus/grants/monthly/carry_over": "all"}
    lost = Wallet(policy(rules), plan="pro_plus")
    lost.do(ChangePlan("pro"))
    lost.do(Settle(), at("2026-03-01"))
    assert lost.available == 2000 * CREDIT
    kept = Wallet(policy({**rules, "changes/downgrade/unused": "kept"}), plan="pro_plus")
    kept.do(ChangePlan("pro"))
    kept.do(Settle(), at("2026-03-01"))
    assert kept.available == 2000 * CREDIT


def test_calendar_cycles_follow_a_version_into_another_zone() -> None:
    calendar = {"plans/pro/cycle_from": "calendar", "plans/pro/first_cycle": "prorated_by_second"}
    second = policy({**calendar, "time/zone": "UTC", "replaces/keep": []}, version=2)
    wallet = Wallet(policy(calendar), second, start=at("2026-09-20"))
    assert subscription(wallet).ends_at == at("2026-09-30T16:00:00")  # midnight in Shanghai
    wallet.do(Settle(), at("2026-10-01"))
    assert subscription(wallet).ends_at == at("2026-10-31T16:00:00")
    wallet.do(Settle(), at("2026-10-31T16:00:00"))
    assert subscription(wallet).ends_at == at("2026-11-01")
    assert wallet.available == 2400 * CREDIT * 8 // (31 * 24) // 10_000 * 10_000
    wallet.do(Settle(), at("2026-11-01"))
    assert (subscription(wallet).ends_at, wallet.available) == (at("2026-12-01"), 2400 * CREDIT)
