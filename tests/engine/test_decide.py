"""The one door: keys name one attempt for ever, the clock never goes back, refusals are kept."""

from dataclasses import replace
from typing import get_args

import pytest

from engine.wallets import CREDIT, DAY, HOUR, START, Wallet, at, policy, spend
from policyengine.engine.commands import (
    KEY_LENGTH_MAX,
    Adjust,
    Body,
    Charge,
    Command,
    GiveGrant,
    Settle,
    Subscribe,
)
from policyengine.engine.decide import _KINDS, decide
from policyengine.ledger.book import Book
from policyengine.ledger.transactions import PolicyRef
from policyengine.values.amounts import AMOUNT_MICRO_MAX


def test_a_transaction_says_who_decided_what_when_by_which_policy() -> None:
    wallet = Wallet()
    command = Command("ana", "k", START, Charge(spend(1)), actor="api", reason="because")
    answer = wallet.ledger.execute_one(command).answer
    assert (answer.id, answer.kind, answer.key) == ("ana:2", "charge", "k")
    assert (answer.actor, answer.reason) == ("api", "because")
    assert answer.policy == PolicyRef("codeflicker", 1, "1" * 64)
    assert len(answer.fingerprint) == 64


def test_the_same_key_and_body_give_the_stored_answer() -> None:
    wallet = Wallet()
    first = wallet.decide(Charge(spend(1)), key="k")
    again = wallet.decide(Charge(spend(1)), START + DAY, key="k")
    assert (again.answer, again.recorded, again.is_replay) == (first.answer, (), True)
    assert (wallet.available, first.is_replay) == (1999 * CREDIT, False)


def test_a_retry_does_not_even_settle() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(1)), key="k")
    wallet.do(Charge(spend(1)), START + 90 * DAY, key="k")
    assert wallet.book.settled_at == START


def test_the_same_key_and_another_body_are_refused_and_change_nothing() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(1)), key="k")
    before = wallet.book
    for body in (Charge(spend(2)), GiveGrant(CREDIT), Charge(spend(1), after_request=True)):
        decision = wallet.decide(body, START + 90 * DAY, key="k")
        assert decision.answer.refusal is not None
        assert decision.answer.refusal.code == "idempotency_key_reused"
        assert decision.answer.refusal.details == {"id": "ana:2"}
        assert (decision.answer.seq, decision.recorded, wallet.book) == (0, (), before)


def test_a_refusal_is_remembered_too() -> None:
    wallet = Wallet()
    refused = wallet.do(Charge(spend(3000)), key="k")
    wallet.do(GiveGrant(5000 * CREDIT))
    again = wallet.decide(Charge(spend(3000)), key="k")
    assert (again.answer, again.is_replay) == (refused, True)


def test_a_key_is_a_wallets_own() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(1)), key="k")
    wallet.ledger.execute_one(Command("bo", "k", START, Subscribe("pro")))
    assert wallet.ledger.books["bo"].available_micro == 2000 * CREDIT


@pytest.mark.parametrize(
    "key", ["", "k" * (KEY_LENGTH_MAX + 1), "é" * 128, "settle:renew:1", "a\nb", "\0", "\ud800"]
)
def test_a_key_is_short_printable_and_not_the_engines(key: str) -> None:
    wallet = Wallet()
    decision = wallet.ledger.execute_one(Command("ana", key, START, Charge(spend(1))))
    assert decision.answer.refusal is not None
    assert (decision.answer.refusal.code, decision.recorded) == ("invalid_key", ())


def test_a_key_the_engine_used_is_reserved_even_so() -> None:
    wallet = Wallet()
    wallet.do(Settle(), START + 28 * DAY)
    taken = wallet.transactions[-1].key
    answer = wallet.ledger.execute_one(Command("ana", taken, START, Charge(spend(1)))).answer
    assert answer.refusal is not None
    assert answer.refusal.code == "invalid_key"


@pytest.mark.parametrize("key", ["k", "k" * KEY_LENGTH_MAX, "é" * 127, "a b", "settle", "日本"])
def test_any_other_key_will_do(key: str) -> None:
    assert Wallet().do(Charge(spend(1)), key=key).refusal is None


def test_a_clock_that_goes_back_is_taken_for_the_wallets_own() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(1)), START + DAY)
    answer = wallet.do(Charge(spend(1)), START)
    assert answer.effective_at == START + DAY
    wallet.do(Charge(spend(1)), 0)
    assert wallet.book.settled_at == START + DAY


def test_before_the_first_version_nothing_is_decided() -> None:
    wallet = Wallet(plan="")
    answer = wallet.do(Subscribe("pro"), at("2026-01-28") - 1)
    assert answer.refusal is not None
    assert answer.refusal.code == "no_policy_in_force"
    assert answer.refusal.message == (
        "no version of `codeflicker` was in force at 2026-01-27T23:59:59.999999Z"
    )
    assert (answer.seq, wallet.ledger.books) == (0, {})


def test_a_settlement_answers_with_the_last_thing_that_was_due() -> None:
    wallet = Wallet()
    decision = wallet.decide(Settle(), START + 28 * DAY)
    assert [each.kind for each in decision.recorded] == ["expire", "renew"]
    assert decision.answer == decision.recorded[-1]


def test_nothing_changes_in_the_book_that_a_decision_starts_from() -> None:
    wallet = Wallet()
    before = wallet.book
    copy = replace(before, lots=dict(before.lots))
    decide(wallet.timeline, before, Command("ana", "k", START + HOUR, Charge(spend(1))))
    assert before == copy


def test_a_wallet_may_be_filled_to_the_brim_and_no_further() -> None:
    wallet = Wallet(policy({"plans/pro/grants/monthly/credits": 1}))
    wallet.do(GiveGrant(AMOUNT_MICRO_MAX - CREDIT))
    before = wallet.book
    answer = wallet.do(Adjust(1), reason="one too many")
    assert answer.refusal is not None
    assert answer.refusal.message == "the wallet would have more than a ledger can"
    assert replace(before, seq=before.seq + 1) == wallet.book


def test_every_command_has_a_kind_and_a_decision() -> None:
    assert set(get_args(Body)) == set(_KINDS)
    book = Book("ana", "codeflicker")
    assert (
        decide(Wallet(plan="").timeline, book, Command("ana", "k", START, Settle())).recorded == ()
    )


def test_a_text_in_any_language_is_kept() -> None:
    answer = Wallet().do(Charge(spend(1), conversation_id="对话-1"))
    assert answer.conversation_id == "对话-1"
