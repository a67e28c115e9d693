"""Settling: what the clock does, at its own instants, in one order, whenever it is asked."""

from dataclasses import replace

import pytest

from engine.wallets import CREDIT, DAY, MINUTE, START, Wallet, at, policy, spend
from policyengine.engine import settling
from policyengine.engine.commands import BuyPack, Charge, GiveGrant, OpenHold, Settle, Subscribe
from policyengine.engine.settling import next_due, settle
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import parse_span

MARCH = at("2026-03-01")


def test_nothing_is_due_before_its_instant() -> None:
    wallet = Wallet()
    decision = wallet.decide(Settle(), MARCH - 1)
    assert (decision.recorded, decision.answer.seq, decision.answer.kind) == ((), 0, "settle")
    assert next_due(wallet.timeline, wallet.book, MARCH - 1) is None


def test_a_lot_cannot_be_spent_at_its_expiry() -> None:
    wallet = Wallet(plan="free")
    wallet.do(Charge(spend(1)), MARCH - 1)
    assert wallet.refused(Charge(spend(1)), MARCH) == "insufficient_credits"
    assert wallet.lots[1].expired == 299 * CREDIT


def test_what_was_due_is_written_at_its_own_time_however_late_it_is_asked() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(CREDIT, expires_at=START + DAY))
    wallet.do(OpenHold(amount_micro=CREDIT))
    answer = wallet.do(Settle(), START + 90 * DAY)
    written = [(each.kind, each.effective_at) for each in wallet.transactions[3:]]
    assert written == [
        ("time_out", START + 15 * MINUTE),
        ("expire", START + DAY),
        ("expire", MARCH),
        ("renew", MARCH),
        ("expire", at("2026-04-01")),
        ("renew", at("2026-04-01")),
        ("expire", at("2026-05-01")),
        ("renew", at("2026-05-01")),
    ]
    assert answer == wallet.transactions[-1]
    assert {(each.actor, each.fingerprint) for each in wallet.transactions[3:]} == {("clock", "")}


def test_ties_at_one_instant_expire_renew_grant_release_charge() -> None:
    wallet = Wallet(policy({"estimate/longest_hold": "90 days"}))
    wallet.do(GiveGrant(CREDIT, expires_at=MARCH))
    wallet.do(GiveGrant(CREDIT, effective_at=MARCH))
    wallet.do(GiveGrant(CREDIT, interval=parse_span("28 days")))
    wallet.do(OpenHold(amount_micro=CREDIT, life=parse_span("28 days")))
    wallet.do(Charge(spend(1)), MARCH)
    assert [each.kind for each in wallet.transactions[5:]] == [
        "expire",
        "expire",
        "renew",
        "recur",
        "recur",
        "time_out",
        "charge",
    ]
    assert {each.effective_at for each in wallet.transactions[5:]} == {MARCH}
    expired = [each.moves[0].lot_no for each in wallet.transactions[5:7]]
    assert expired == [1, 2]


def test_lots_that_a_boundary_may_keep_wait_for_it() -> None:
    wallet = Wallet(policy({"plans/pro/grants/monthly/carry_over": "all"}))
    wallet.do(Settle(), MARCH)
    assert [each.kind for each in wallet.transactions] == ["subscribe", "renew"]


def test_one_command_may_cross_policy_versions() -> None:
    later = policy({"replaces/keep": []}, version=2)
    wallet = Wallet(policy(), later, start=at("2026-08-15"))
    wallet.do(BuyPack("pack_500"))
    wallet.do(Charge(spend(1)), at("2026-11-20"))
    versions = [(each.kind, each.policy.version) for each in wallet.transactions]
    assert versions == [
        ("subscribe", 1),
        ("purchase", 1),
        ("expire", 1),
        ("renew", 1),
        ("expire", 2),
        ("renew", 2),
        ("expire", 2),
        ("renew", 2),
        ("charge", 2),
    ]


def test_a_wallet_without_a_plan_has_lots_that_expire() -> None:
    wallet = Wallet(plan="")
    wallet.refused(Subscribe("none"))
    wallet.do(GiveGrant(CREDIT, expires_at=START + DAY))
    wallet.do(Settle(), START + DAY)
    assert (wallet.available, wallet.transactions[-1].kind) == (0, "expire")


def test_a_bound_on_what_is_due_may_be_too_early() -> None:
    wallet = Wallet()
    early = replace(wallet.book, due_at=0)
    assert next_due(wallet.timeline, early, MARCH - 1) is None
    assert settle(wallet.timeline, early, MARCH - 1) == (early, ())
    nothing = replace(early, subscription=None, lots={})
    assert next_due(wallet.timeline, nothing, MARCH) is None


def test_a_timeline_that_is_not_the_wallets_is_a_fault() -> None:
    wallet = Wallet()
    wrong = Timeline.of(policy(version=2))
    with pytest.raises(LookupError, match="no version of `codeflicker` was in force at 2026-03-01"):
        settle(wrong, wallet.book, MARCH)


def test_more_events_than_a_lifetime_has_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "SETTLE_STEPS_MAX", 10)
    wallet = Wallet()
    settle(wallet.timeline, wallet.book, START + 140 * DAY)
    with pytest.raises(OverflowError, match="`ana` has too many events before one command"):
        settle(wallet.timeline, wallet.book, START + 400 * DAY)


def test_a_long_absence_is_settled_without_losing_a_lot() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(CREDIT, interval=parse_span("1 hour")))
    decision = wallet.decide(Settle(), START + 20 * DAY)
    assert len(decision.recorded) == 480
    assert list(wallet.lots) == list(range(1, 483))
    assert sorted(decision.book.lots) == list(range(1, 483))
    assert wallet.available == 2001 * CREDIT
