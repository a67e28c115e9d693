"""Boundaries that meet another one: a period's end, another zone, a rule that is gone."""

from dataclasses import replace
from typing import Any

import pytest

from engine.wallets import CREDIT, Wallet, at, policy
from policyengine.engine.commands import Command, Settle, Subscribe
from policyengine.engine.cycles import cycle_of
from policyengine.engine.decide import decide
from policyengine.engine.keeping import keep_at_renewal
from policyengine.engine.recurring import recur
from policyengine.engine.situation import Draft
from policyengine.ledger.book import Book, LedgerFault, apply
from policyengine.ledger.changes import GivenNoted
from policyengine.ledger.subscriptions import Given, Series
from policyengine.ledger.transactions import PolicyRef, Transaction
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import CalendarSpan

MONTHLY = "plans/pro/grants/monthly"


def weekly(between: dict[str, str] | None = None) -> dict[str, Any]:
    grant = {
        "credits": 100,
        "given": "each_period",
        "every": "1 week",
        "expires": "end_of_cycle",
        "carry_over": "none",
    }
    return {MONTHLY: grant if between is None else {**grant, "between": between}}


def test_a_promotion_that_ends_within_a_cycle_gives_no_more_in_it() -> None:
    period = {"from": "2026-02-01T00:00:00Z", "until": "2026-02-10T00:00:00Z"}
    wallet = Wallet(policy(weekly(period)))
    wallet.do(Settle(), at("2026-02-28"))
    # 1 and 8 February are in the promotion, 15 and 22 February are not
    given = sum(lot.terms.granted_micro for lot in wallet.lots.values())
    assert given == 200 * CREDIT


def test_a_calendar_cycle_follows_the_zone_of_a_new_version() -> None:
    calendar = {"plans/pro/cycle_from": "calendar", "plans/pro/first_cycle": "full"}
    first = policy({**calendar, "time/zone": "UTC"})
    second = policy({**calendar, "time/zone": "Asia/Shanghai", "replaces/keep": []}, 2)
    second = replace(second, effective_at=at("2026-02-10"))
    wallet = Wallet(first, second)
    wallet.do(Settle(), at("2026-03-02"))
    subscription = wallet.book.subscription
    assert subscription is not None
    # from 1 March 00:00 in UTC to 1 April 00:00 in Shanghai, 8 hours earlier
    assert subscription.starts_at == at("2026-03-01")
    assert subscription.ends_at == at("2026-03-31T16:00:00")


def test_a_recurring_grant_that_no_version_has_is_a_fault_of_the_machine() -> None:
    wallet = Wallet()
    series = Series(
        1,
        1,
        "v1.plans.pro.grants.gone",
        CREDIT,
        wallet.now,
        wallet.now,
        wallet.now + 1,
        interval=CalendarSpan(1, "week"),
    )
    with pytest.raises(LookupError, match=r"no version .* has `v1\.plans\.pro\.grants\.gone`"):
        recur(wallet.timeline, wallet.book, series)


def test_credits_that_roll_over_by_a_rule_that_is_gone_are_a_fault_of_the_machine() -> None:
    wallet = Wallet()
    subscription, (number, lot) = wallet.book.subscription, next(iter(wallet.book.lots.items()))
    assert subscription is not None
    terms = replace(lot.terms, rule="v9.plans.pro.grants.gone", rolls=True)
    book = replace(wallet.book, lots={number: replace(lot, terms=terms)})
    rules = wallet.timeline.policies[0]
    draft = Draft(book, rules, subscription.ends_at)
    cycle = cycle_of(rules, rules.plans["pro"], subscription.ends_at, subscription.ends_at)
    with pytest.raises(LookupError, match=r"no version .* has `v9\.plans\.pro\.grants\.gone`"):
        keep_at_renewal(wallet.timeline, draft, subscription, cycle)


def test_a_wallet_cannot_join_in_a_cohort_that_the_policy_does_not_have() -> None:
    rules = Timeline.of(policy())
    command = Command("ana", "k", at("2026-02-01"), Subscribe("pro", cohort="annual"))
    answer = decide(rules, Book("ana", rules.name), command).answer
    assert answer.refusal is not None
    assert answer.refusal.code == "unknown_cohort"


def test_only_a_wallet_with_a_plan_can_note_what_a_grant_gave() -> None:
    note = GivenNoted(Given("monthly", 0, CREDIT))
    entry = Transaction("ana", 1, "recur", 0, PolicyRef("p", 1, ""), "k", "", changes=(note,))
    with pytest.raises(LedgerFault, match="no plan that could give"):
        apply(Book("ana", "p"), entry)


def test_a_rule_that_no_version_has_has_no_giver() -> None:
    rules = Timeline.of(policy())
    plan, grant = rules.giver("v1.plans.pro.grants.monthly")
    assert (plan.name, grant.name) == ("pro", "monthly")
    for gone in ("v1.plans.pro.grants.gone", "v9.plans.pro.grants.monthly", "packs.pack_500"):
        with pytest.raises(LookupError, match="no version"):
            rules.giver(gone)
