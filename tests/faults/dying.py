"""Processes that die in the middle of a command, for `test_kills.py`."""

import os
import random
import signal
import time
from dataclasses import dataclass, field
from itertools import count
from typing import IO, Final

from faults.auditing import audit, lost
from faults.running import die, forked, say, was_killed
from faults.story import START, Act, policies, story
from faults.striking import Strikes, struck
from policyengine.app.receipts import Receipt
from policyengine.app.shell import Shell
from policyengine.engine.commands import Adjust, Command, Settle, Subscribe
from policyengine.ledger.transactions import Transaction
from policyengine.store.opening import dialect_of
from policyengine.store.place import place_of
from policyengine.store.store import LedgerStore

STEPS_MAX: Final = 200


def execute(url: str, act: Act, strikes: Strikes | None = None) -> list[Receipt]:
    """Execute an act in a store of its own."""
    dialect = dialect_of(place_of(url))
    with LedgerStore.open(url, dialect=struck(dialect, strikes) if strikes else dialect) as store:
        return Shell(store, policies()).execute(act.commands)


def standing(store: LedgerStore) -> dict[str, int]:
    """Give where all wallets stand."""
    with store.reading() as session:
        return {each: book.seq for each, book in session.books(session.wallet_ids()).items()}


def die_at_every_statement(url: str, moments: str, names: str) -> None:
    """Kill whoever executes an act before and after each of its statements, act by act.

    Takes: at which moments, and in which acts; without names in all of them.
    """
    acknowledged: list[Transaction] = []
    unhurt: list[Act] = []
    for act in story():
        if names and act.name not in names.split(","):
            unhurt.append(act)
            continue
        acknowledged += _live_through(url, unhurt)
        unhurt.clear()
        _die_in(url, act, tuple(moments.split(",")), acknowledged)
        receipts = execute(url, act)
        acknowledged += act.answers
        with LedgerStore.open(url) as store:
            found, missing = audit(store), len(lost(store, acknowledged))
        say(
            act=act.name,
            answered=_agree(act, receipts),
            replayed=sum(each.is_replay for each in receipts),
            asked=sum(not isinstance(each.body, Settle) for each in act.commands),
            acknowledged=len(acknowledged),
            audit=found,
            lost=missing,
        )


def _live_through(url: str, acts: list[Act]) -> list[Transaction]:
    """Execute acts one after the other, unhurt."""
    with LedgerStore.open(url) as store:
        shell = Shell(store, policies())
        assert all(_agree(each, shell.execute(each.commands)) for each in acts)
    return [answer for each in acts for answer in each.answers]


def _agree(act: Act, receipts: list[Receipt]) -> bool:
    """Tell whether the answers are those of a ledger in memory; to settle again does nothing."""
    return all(
        receipt.transaction == answer
        for command, answer, receipt in zip(act.commands, act.answers, receipts, strict=True)
        if not isinstance(command.body, Settle)
    )


def _die_in(url: str, act: Act, moments: tuple[str, ...], acknowledged: list[Transaction]) -> None:
    """Let an act die at one statement after the other, until it has died after its commit."""
    with LedgerStore.open(url) as store:
        start = standing(store)
    for number in range(1, STEPS_MAX):
        for moment in moments:
            strikes = Strikes(die, number, "before" if moment == "before" else "after")
            child = forked(lambda strikes=strikes: _execute_quietly(url, act, strikes))  # type: ignore[misc]
            is_killed = was_killed(child)
            with LedgerStore.open(url) as store:
                has_moved = standing(store) != start
                found = audit(store, and_rebuild=False)
                missing = len(lost(store, acknowledged))
            say(death=is_killed, acknowledged=len(acknowledged), audit=found, lost=missing)
            if has_moved:
                return
    raise AssertionError(act.name)


def _execute_quietly(url: str, act: Act, strikes: Strikes) -> None:
    execute(url, act, strikes)


@dataclass(slots=True)
class Client:
    """A caller with a wallet of its own: what it was answered last, and what it found again."""

    wallet: str
    done: int = 0
    replayed: int = 0
    balances: dict[int, int] = field(default_factory=dict)

    def ask(self, url: str, pipe: int) -> None:
        """Ask for one micro-credit after the other, and tell each answer; never ends by itself."""
        with LedgerStore.open(url) as store:
            shell = Shell(store, policies())
            for number in count(self.done + 1):
                receipt = shell.execute([self.command(number)])[0]
                told = f"{number} {receipt.available_micro} {int(receipt.is_replay)}\n"
                os.write(pipe, told.encode())

    def command(self, number: int) -> Command:
        return Command(self.wallet, f"c{number}", START + number, Adjust(1), reason="counted")

    def hear(self, line: str) -> None:
        number, balance, is_replay = map(int, line.split())
        self.balances[number], self.done = balance, number
        self.replayed += is_replay


def die_at_random(url: str, rounds: str, seed: str, writers: str) -> None:
    """Kill busy writers at random moments; they go on with the same keys."""
    chance = random.Random(int(seed))
    clients = [Client(f"w{number}") for number in range(int(writers))]
    with LedgerStore.open(url) as store:
        joined = [
            Command(each.wallet, "join", START, Subscribe("free", "top_ups")) for each in clients
        ]
        Shell(store, policies()).execute(joined)
    for _ in range(int(rounds)):
        running = [(each, *_started(each, url)) for each in clients]
        for client, _, pipe in running:
            client.hear(pipe.readline())
        time.sleep(chance.uniform(0, 0.06))
        for _, child, _ in running:
            os.kill(child, signal.SIGKILL)
        for client, child, pipe in running:
            assert was_killed(child)
            for line in pipe:
                client.hear(line)
            pipe.close()
    for client in clients:
        _look_up(url, client)
    with LedgerStore.open(url) as store:
        say(audit=audit(store), kills=int(rounds) * len(clients))


def _started(client: Client, url: str) -> tuple[int, IO[str]]:
    reading, writing = os.pipe()
    child = forked(lambda: client.ask(url, writing))
    os.close(writing)
    return child, os.fdopen(reading)


def _look_up(url: str, client: Client) -> None:
    """Compare what a client was told with what is there; one more may be there untold."""
    with LedgerStore.open(url) as store, store.reading() as session:
        there: dict[int, int] = {}
        written, seq = 0, 1
        while page := session.transactions(client.wallet, after_seq=seq, limit=1000):
            there |= {
                int(each.transaction.key[1:]): each.transaction.available_micro for each in page
            }
            written, seq = written + len(page), page[-1].transaction.seq
    told = client.balances.items()
    say(
        acknowledged=len(told),
        lost=sum(there.get(number) != balance for number, balance in told),
        duplicated=written - len(there) + sum(each > client.done + 1 for each in there),
        replayed=client.replayed,
        untold=max(there) - client.done,
    )
