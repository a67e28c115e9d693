"""Group commit: what many threads send comes out as if each had been alone, and nothing is lost."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import pytest

from app.shops import Clock, policies_in, policy_text
from policyengine.app.committing import (
    Committer,
    CommitterClosed,
    DeadlinePassed,
    QueueFull,
)
from policyengine.app.engine import Engine
from policyengine.app.receipts import Receipt
from policyengine.engine.commands import Command, Settle
from policyengine.ledger.book import LedgerFault
from policyengine.ledger.transactions import PolicyRef, Transaction
from policyengine.store.faults import LedgerBusy
from policyengine.store.happenings import Batched, Happening, Retried, Teller, TurnedAway
from store.servers import Server

CREDIT = 1_000_000


def command(key: str) -> Command:
    return Command("ana", key, 0, Settle())


def receipt(asked: Command) -> Receipt:
    ref = PolicyRef("p", 1, "")
    answer = Transaction(asked.wallet_id, 1, "settle", 0, ref, asked.key, "")
    return Receipt(answer, is_replay=False)


class Ledger:
    """A ledger that can be held up, and notes in which batches it is asked."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_go = threading.Event()
        self.may_go.set()
        self.began = threading.Event()
        self.fails: dict[str, BaseException] = {}

    def execute(self, commands: Sequence[Command]) -> list[Receipt]:
        self.began.set()
        assert self.may_go.wait(10)
        keys = [each.key for each in commands]
        for key in keys:
            if key in self.fails:
                raise self.fails[key]
        self.batches.append(keys)
        return [receipt(each) for each in commands]


def test_what_waits_is_committed_together_in_the_order_of_arrival() -> None:
    ledger, told = Ledger(), list[Happening]()
    committer = Committer(ledger.execute, batch_max=3, tell=Teller(told.append))
    ledger.may_go.clear()
    first = committer.submit(command("k0"))
    assert ledger.began.wait(10)
    others = [committer.submit(command(f"k{number}")) for number in range(1, 6)]
    ledger.may_go.set()
    assert [each.result(10).transaction.key for each in (first, *others)] == [
        f"k{number}" for number in range(6)
    ]
    committer.close()
    assert ledger.batches == [["k0"], ["k1", "k2", "k3"], ["k4", "k5"]]
    batches = [each for each in told if isinstance(each, Batched)]
    assert batches == told
    assert [(each.size, each.waiting, each.failed, each.late) for each in batches] == [
        (1, 0, 0, 0), (3, 2, 0, 0), (2, 0, 0, 0),
    ]  # fmt: skip
    assert all(each.seconds >= 0 and each.waited_seconds >= 0 for each in batches)


def test_lanes_do_not_wait_for_each_other_and_keep_the_order_of_each_wallet() -> None:
    names = {hash(f"w{number}") % 2: f"w{number}" for number in range(40)}
    busy, idle = names[0], names[1]
    may_go, began = threading.Event(), threading.Event()
    done: list[str] = []

    def execute(commands: Sequence[Command]) -> list[Receipt]:
        if commands[0].wallet_id == busy:
            began.set()
            assert may_go.wait(10)
        done.extend(each.key for each in commands)
        return [receipt(each) for each in commands]

    committer = Committer(execute, lanes=2, queue_max=8)
    held_up = [committer.submit(replace(command("a0"), wallet_id=busy))]
    assert began.wait(10)
    held_up += [committer.submit(replace(command(f"a{n}"), wallet_id=busy)) for n in range(1, 5)]
    with pytest.raises(QueueFull, match="4 commands wait already"):
        committer.submit(replace(command("a5"), wallet_id=busy))
    assert committer.submit(replace(command("b0"), wallet_id=idle)).result(10)
    assert done == ["b0"]
    may_go.set()
    assert [each.result(10).transaction.key for each in held_up] == [f"a{n}" for n in range(5)]
    committer.close()
    assert done == ["b0", *(f"a{n}" for n in range(5))]


def test_a_full_queue_turns_away_at_once_and_keeps_what_it_took() -> None:
    ledger, told = Ledger(), list[Happening]()
    committer = Committer(ledger.execute, queue_max=2, tell=Teller(told.append))
    ledger.may_go.clear()
    taken = [committer.submit(command("k0"))]
    assert ledger.began.wait(10)
    taken += [committer.submit(command(f"k{number}")) for number in (1, 2)]
    with pytest.raises(QueueFull, match="2 commands wait already; nothing was written"):
        committer.submit(command("k3"))
    assert told == [TurnedAway(waiting=2)]
    ledger.may_go.set()
    assert [each.result(10).transaction.key for each in taken] == ["k0", "k1", "k2"]
    committer.close()


def test_a_command_that_waited_too_long_is_not_written() -> None:
    ledger, told = Ledger(), list[Happening]()
    committer = Committer(ledger.execute, tell=Teller(told.append))
    ledger.may_go.clear()
    first = committer.submit(command("k0"))
    assert ledger.began.wait(10)
    late, patient = committer.submit(command("k1"), timeout=0), committer.submit(command("k2"))
    ledger.may_go.set()
    with pytest.raises(DeadlinePassed, match="nothing was written"):
        late.result(10)
    assert [each.result(10).transaction.key for each in (first, patient)] == ["k0", "k2"]
    committer.close()
    assert ledger.batches == [["k0"], ["k2"]]
    last = told[-1]
    assert isinstance(last, Batched)
    assert (last.size, last.failed, last.late) == (2, 1, 1)


def test_one_poisoned_command_fails_alone() -> None:
    ledger, told = Ledger(), list[Happening]()
    ledger.fails["k1"] = LedgerFault("poison")
    committer = Committer(ledger.execute, tell=Teller(told.append))
    ledger.may_go.clear()
    first = committer.submit(command("k0"))
    assert ledger.began.wait(10)
    others = [committer.submit(command(f"k{number}")) for number in (1, 2)]
    ledger.may_go.set()
    with pytest.raises(LedgerFault, match="poison"):
        others[0].result(10)
    assert [each.result(10).transaction.key for each in (first, others[1])] == ["k0", "k2"]
    committer.close()
    assert Retried("LedgerFault", 2) in told
    last = told[-1]
    assert isinstance(last, Batched)
    assert (last.size, last.failed, last.late) == (2, 1, 0)


def test_an_observer_that_ends_its_thread_does_not_end_the_committer() -> None:
    def stop(happening: Happening) -> None:
        raise SystemExit(str(happening))

    committer = Committer(Ledger().execute, tell=Teller(stop))
    for key in ("k0", "k1"):
        assert committer.submit(command(key)).result(10).transaction.key == key
    committer.close()


def test_a_store_that_is_busy_fails_the_batch_and_not_the_next_one() -> None:
    ledger = Ledger()
    ledger.fails["k0"] = LedgerBusy("busy")
    committer = Committer(ledger.execute)
    with pytest.raises(LedgerBusy):
        committer.submit(command("k0")).result(10)
    assert committer.submit(command("k1")).result(10).transaction.key == "k1"
    committer.close()


def test_what_was_cancelled_in_the_queue_is_not_written() -> None:
    ledger = Ledger()
    committer = Committer(ledger.execute)
    ledger.may_go.clear()
    committer.submit(command("k0"))
    assert ledger.began.wait(10)
    cancelled = committer.submit(command("k1"))
    assert cancelled.cancel()
    ledger.may_go.set()
    committer.close()
    with pytest.raises(CancelledError):
        cancelled.result(0)
    assert ledger.batches == [["k0"]]


def test_who_gave_up_waiting_before_the_deadline_passed_keeps_nobody_else_waiting() -> None:
    ledger = Ledger()
    committer = Committer(ledger.execute)
    ledger.may_go.clear()
    committer.submit(command("k0"))
    assert ledger.began.wait(10)
    assert committer.submit(command("k1"), timeout=0).cancel()
    ledger.may_go.set()
    assert committer.submit(command("k2")).result(10).transaction.key == "k2"
    committer.close()
    assert ledger.batches == [["k0"], ["k2"]]


def test_what_ends_a_thread_is_told_to_whoever_waits_and_does_not_end_the_committer() -> None:
    ledger = Ledger()
    ledger.fails["k0"] = SystemExit("a clock that gave up")
    committer = Committer(ledger.execute)
    with pytest.raises(SystemExit, match="gave up"):
        committer.submit(command("k0")).result(10)
    assert committer.submit(command("k1")).result(10).transaction.key == "k1"
    committer.close()


def test_closing_writes_what_waits_and_takes_no_more() -> None:
    ledger = Ledger()
    committer = Committer(ledger.execute)
    waiting = [committer.submit(command(f"k{number}")) for number in range(600)]
    committer.close()
    assert all(each.done() for each in waiting)
    with pytest.raises(CommitterClosed):
        committer.submit(command("late"))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_64_writers_on_one_wallet_get_exactly_what_it_has(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """1,000 credits, and 64 threads that ask for 20 x 1.2: 833 requests fit, no more."""
    name = ""
    if database == "postgresql":
        server: Server = request.getfixturevalue("server")
        name = server.new_database()
        url = server.url(name)
    else:
        url = f"sqlite:///{tmp_path}/ledger.db"
    rules = tmp_path / "rules"
    rules.mkdir()
    accepted: list[bool] = []
    with Engine.open(
        url, policies_in(rules, policy_text()), clock=Clock(), group_commit=True
    ) as engine:
        engine.subscribe("ana", "plus", key="join").or_raise()

        def work(number: int) -> None:
            for turn in range(20):
                # 3,000 x 100 / 1,000,000 x 4 = 1.2
                answer = engine.charge("ana", "large", {"text_input": 3000}, key=f"{number}-{turn}")
                accepted.append(answer.is_accepted)

        threads = [threading.Thread(target=work, args=[number]) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(accepted), sum(accepted)) == (64 * 20, 833)
        assert engine.balance("ana").available_micro == 1000 * CREDIT - 833 * 1_200_000
        assert engine.verify().is_sound
    if name:
        server.drop(name)


def test_a_command_of_a_caller_in_a_hurry_is_not_written_late(tmp_path: Path) -> None:
    policies = policies_in(tmp_path, policy_text())
    with Engine.open(f"sqlite:///{tmp_path}/ledger.db", policies, group_commit=True) as engine:
        engine.subscribe("ana", "plus", key="join")
        with pytest.raises(DeadlinePassed, match="nothing was written"):
            engine.within(0).charge("ana", "large", {"text_input": 2500}, key="k")
        assert engine.balance("ana").available_micro == 1000 * CREDIT
        again = engine.within(60).charge("ana", "large", {"text_input": 2500}, key="k")
        assert (again.is_accepted, again.is_replay) == (True, False)
        with pytest.raises(ValueError, match="seconds, 0 or more, not -1"):
            engine.within(-1)
        with pytest.raises(ValueError, match="seconds, 0 or more, not '1 s'"):
            engine.within("1 s")  # type: ignore[arg-type]  # as a caller without types may


def test_only_an_engine_with_a_queue_can_be_hurried(tmp_path: Path) -> None:
    with (
        Engine.open("sqlite://", policies_in(tmp_path, policy_text())) as engine,
        pytest.raises(ValueError, match="group_commit=True"),
    ):
        engine.within(1)


def test_an_observer_that_interrupts_does_not_end_the_committer() -> None:
    def interrupt(_: Happening) -> None:
        raise KeyboardInterrupt

    ledger = Ledger()
    committer = Committer(ledger.execute, tell=Teller(interrupt))
    for key in ("k0", "k1"):
        assert committer.submit(command(key)).result(10).transaction.key == key
    committer.close()


FORK = """
import os, sys
from policyengine import Engine
from policyengine.ledger.book import LedgerFault

engine = Engine.open(sys.argv[1], sys.argv[2], group_commit=True)
engine.subscribe("ana", "plus", key="join")
child = os.fork()
if not child:
    try:
        engine.grant("ana", 1, key="child")
    except LedgerFault as error:
        print(error, flush=True)
    engine.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert engine.grant("ana", 1, key="parent").is_accepted
assert engine.verify().is_sound
engine.close()
"""


def test_a_forked_process_is_told_at_once_and_leaves_the_ledger_to_its_parent(
    tmp_path: Path,
) -> None:
    """No thread of the committer is there to answer: without a word it would wait for ever."""
    policies_in(tmp_path, policy_text())
    asked = [sys.executable, "-c", FORK, f"sqlite:///{tmp_path}/ledger.db", str(tmp_path)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # a script of its own
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "the ledger was opened before a fork; open it in each process\n"
