"""A request that comes several times, in a row, at once, or from several processes, is one."""

import json
import threading
from random import Random

import pytest

from faults import sender
from faults.conftest import Counting
from faults.places import (
    CREDIT,
    DATABASES,
    command,
    everything_of,
    faults_in,
    history_of,
    new_ledger,
    opened,
    plain_rules,
    policies_of,
)
from faults.running import start
from policyengine.app.engine import Engine
from policyengine.app.receipts import Receipt
from policyengine.app.shell import Shell
from policyengine.engine.commands import Command, GiveGrant
from policyengine.store.store import LedgerStore

THREADS = 6
PROCESSES = 2


def is_recorded(asked: Command, answer: Receipt) -> bool:
    """Tell whether an answer is an entry of its own: a settlement answers with the clock's."""
    return answer.transaction.seq > 0 and answer.transaction.key == asked.key


def repeated_in_a_row(url: str, seed: int, steps: int) -> tuple[int, int]:
    """Send each command of a history one to five times, some of them again much later.

    Gives: how many were sent again, and how many of these were written again.
    """
    history = history_of(seed, steps)
    chance = Random(seed)
    again = doubled = 0
    with LedgerStore.open(url) as store:
        shell = Shell(store, policies_of(history.timeline))
        answers: list[tuple[Command, Receipt]] = []
        for asked, decision in zip(history.commands, history.decisions, strict=True):
            first = shell.execute([asked])[0]
            assert first.transaction == decision.answer
            if not is_recorded(asked, first):
                continue
            answers.append((asked, first))
            for later in (*[answers[-1]] * chance.randrange(5), chance.choice(answers)):
                receipt = shell.execute([later[0]])[0]
                again += 1
                doubled += not receipt.is_replay or receipt.transaction != later[1].transaction
        for wallet, transactions in history.ledger.transactions.items():
            assert everything_of(store, wallet) == transactions
        assert faults_in(store) == []
    return again, doubled


@pytest.mark.parametrize("database", DATABASES)
def test_a_request_that_comes_again_is_answered_again(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int
) -> None:
    with new_ledger(database, request) as url:
        again, doubled = repeated_in_a_row(url, seed, 60)
    counts.add(duplicates=again, duplicated=doubled, audits=1)
    assert (again > 100, doubled) == (True, 0)


@pytest.mark.soak
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("number", range(6))
def test_long_histories_of_repeated_requests(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int, number: int
) -> None:
    with new_ledger(database, request) as url:
        again, doubled = repeated_in_a_row(url, seed + 1000 * number, 400)
    counts.add(duplicates=again, duplicated=doubled, audits=1)
    assert doubled == 0


def repeated_at_once(url: str, requests: int) -> tuple[int, int]:
    """Let threads with stores of their own send the same requests at the same time."""
    stores = [LedgerStore.open(url) for _ in range(2)]
    shells = [Shell(each, plain_rules()) for each in stores]
    opened(shells[0], "ana")
    start = threading.Barrier(THREADS)
    answers: list[list[Receipt]] = [[] for _ in range(THREADS)]

    def send(thread: int) -> None:
        for number in range(requests):
            start.wait(30)
            asked = command("ana", f"k{number}", GiveGrant(CREDIT + number))
            answers[thread] += shells[thread % 2].execute([asked])

    threads = [threading.Thread(target=send, args=[each]) for each in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    doubled = 0
    for together in zip(*answers, strict=True):
        doubled += sum(not each.is_replay for each in together) - 1
        assert len({repr(each.transaction) for each in together}) == 1
    assert len(everything_of(stores[0], "ana")) == 1 + requests
    assert faults_in(stores[0]) == []
    for store in stores:
        store.close()
    return requests * (THREADS - 1), doubled


@pytest.mark.parametrize("database", DATABASES)
def test_of_twins_at_once_one_is_written_and_all_are_told_the_same(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with new_ledger(database, request) as url:
        again, doubled = repeated_at_once(url, 12)
    counts.add(duplicates=again, duplicated=doubled, audits=1)
    assert doubled == 0


@pytest.mark.soak
@pytest.mark.parametrize("database", DATABASES)
def test_many_twins_at_once(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with new_ledger(database, request) as url:
        again, doubled = repeated_at_once(url, 400)
    counts.add(duplicates=again, duplicated=doubled, audits=1)
    assert doubled == 0


def sent_by_processes(url: str, requests: int) -> list[dict[str, str]]:
    """Let processes send the same requests, each in its own order; gives their answers by key."""
    with Engine.open(url, sender.POLICIES) as engine:
        engine.subscribe("ana", "pro", key="join").or_raise()
    running = [start("sender", "main", url, requests, each) for each in range(PROCESSES)]
    said = [each.ended() for each in running]
    assert [code for code, _ in said] == [0] * PROCESSES, said
    return [json.loads(each) for _, each in said]


def check_processes(url: str, requests: int, counts: Counting) -> None:
    answers = sent_by_processes(url, requests)
    with LedgerStore.open(url) as store:
        keys = [each.key for each in everything_of(store, "ana")]
        assert faults_in(store) == []
    doubled = len(keys) - requests - 1
    counts.add(duplicates=requests * (PROCESSES - 1), duplicated=doubled, audits=1)
    assert answers == [answers[0]] * PROCESSES
    assert sorted(keys) == sorted(["join", *answers[0]])


@pytest.mark.parametrize("database", DATABASES)
def test_processes_that_send_the_same_get_the_same_bytes(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with new_ledger(database, request) as url:
        check_processes(url, 40, counts)


@pytest.mark.soak
@pytest.mark.parametrize("database", DATABASES)
def test_processes_that_send_much_get_the_same_bytes(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with new_ledger(database, request) as url:
        check_processes(url, 500, counts)
