"""A ledger in memory: it forgets nothing, and a wallet's past costs its next charge nothing."""

from time import process_time

import pytest

from engine.wallets import CREDIT, DAY, START, Wallet, policy, spend
from policyengine.engine.commands import Charge, Command, GiveGrant, Settle, Subscribe, Usage
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import CLOSED_LOTS_PRUNED_AT, MemoryLedger


def test_commands_are_decided_in_order() -> None:
    timeline = Timeline.of(policy())
    ledger = MemoryLedger({timeline.name: timeline})
    decisions = ledger.execute(
        [
            Command("ana", "1", START, Subscribe("pro")),
            Command("bo", "1", START, Subscribe("free")),
            Command("ana", "2", START, Charge(spend(1))),
        ]
    )
    assert [each.answer.id for each in decisions] == ["ana:1", "bo:1", "ana:2"]
    assert [each.id for each in ledger.transactions["ana"]] == ["ana:1", "ana:2"]
    assert ledger.books["ana"].available_micro == 1999 * CREDIT


def test_closed_lots_leave_the_book_and_stay_in_the_archive() -> None:
    wallet = Wallet()
    for _ in range(CLOSED_LOTS_PRUNED_AT - 1):
        wallet.do(GiveGrant(CREDIT, expires_at=START + DAY))
    wallet.do(Settle(), START + DAY)
    assert len(wallet.book.lots) == CLOSED_LOTS_PRUNED_AT
    wallet.do(GiveGrant(CREDIT, priority=1))
    wallet.do(Charge(spend(1)))
    assert list(wallet.book.lots) == [1]
    assert list(wallet.lots) == list(range(1, CLOSED_LOTS_PRUNED_AT + 2))


def test_what_is_refused_without_a_wallet_is_kept_nowhere() -> None:
    timeline = Timeline.of(policy())
    ledger = MemoryLedger({timeline.name: timeline})
    ledger.execute_one(Command("ana", "1", START, Charge(spend(1))))
    assert (ledger.books, ledger.transactions) == ({}, {})


@pytest.mark.soak
def test_a_charge_costs_the_same_after_a_hundred_thousand_others() -> None:
    wallet = MemoryLedger({"codeflicker": Timeline.of(policy())})
    wallet.execute_one(Command("ana", "join", START, Subscribe("pro")))
    cent, spent = Usage.of("standard", {"text_input": 1}), []
    for block in range(100):
        commands = [
            Command("ana", f"{block}-{each}", START + each, Charge(cent)) for each in range(1000)
        ]
        began = process_time()
        wallet.execute(commands)
        spent.append(process_time() - began)
    assert min(spent[-10:]) < 2 * min(spent[:10])
