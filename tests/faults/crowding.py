"""Processes that write one file, some of which die or stop with its lock: `test_crowds.py`."""

import os
import signal
import time
from itertools import count
from random import Random

from faults.auditing import audit
from faults.running import die, forked, say, was_killed
from faults.story import START, policies
from faults.striking import Moment, Strikes, struck
from policyengine.app.shell import Shell
from policyengine.engine.commands import Adjust, Command, Subscribe
from policyengine.store import sqlite
from policyengine.store.faults import LedgerBusy
from policyengine.store.store import LedgerStore

STEPS = 12


def counted(key: str) -> Command:
    return Command("shared", key, START, Adjust(1), reason="counted")


def write(url: str, name: str, times: int) -> None:
    """Write to the shared wallet, so many times, and tell the longest wait."""
    longest = 0.0
    with LedgerStore.open(url) as store:
        shell = Shell(store, policies())
        for number in range(times):
            started = time.monotonic()
            shell.execute([counted(f"{name}-{number}")])
            longest = max(longest, time.monotonic() - started)
    say(answered=times, longest_ms=int(1000 * longest))


def die_in_a_write(url: str, name: str, step: int, moment: Moment) -> None:
    """Die at a step; from the first one on, the lock is held."""
    dialect = struck(sqlite.DIALECT, Strikes(die, step, moment))
    with LedgerStore.open(url, dialect=dialect) as store:
        Shell(store, policies()).execute([counted(name)])


def crowd(url: str, writers: str, times: str, victims: str, seed: str) -> None:
    """Let writers write while others die with the lock, one after the other."""
    with LedgerStore.open(url) as store:
        joined = Command("shared", "join", START, Subscribe("free", "top_ups"))
        Shell(store, policies()).execute([joined])
    chance = Random(int(seed))
    children = [
        forked(lambda number=number: write(url, f"w{number}", int(times)))  # type: ignore[misc]
        for number in range(int(writers))
    ]
    for number in range(int(victims)):
        step = chance.randint(1, STEPS - 1)  # never the commit
        victim = forked(
            lambda step=step, number=number: die_in_a_write(url, f"v{number}", step, "after")  # type: ignore[misc]
        )
        say(death=was_killed(victim))
    for child in children:
        os.waitpid(child, 0)
    with LedgerStore.open(url) as store:
        with store.reading() as session:
            book = session.books(["shared"])["shared"]
        say(seq=book.seq, available=book.available_micro, audit=audit(store))


def stop_with_the_lock(url: str) -> None:
    """Let a writer stop with the lock: others give up in time, and it may go on or die."""
    with LedgerStore.open(url) as store:
        joined = Command("shared", "join", START, Subscribe("free", "top_ups"))
        Shell(store, policies()).execute([joined])
    names = count()
    for ending in (signal.SIGCONT, signal.SIGKILL):
        stopped = forked(lambda: _stop_in_a_write(url, f"s{next(names)}"))
        os.waitpid(stopped, os.WUNTRACED)
        with LedgerStore.open(url, patience_ms=300) as store:
            with store.reading() as session:
                seq = session.books(["shared"])["shared"].seq
            try:
                Shell(store, policies()).execute([counted(f"turned away {ending}")])
                fault = ""
            except LedgerBusy as error:
                fault = str(error)
        os.kill(stopped, ending)
        if ending == signal.SIGCONT:
            os.waitpid(stopped, 0)
        else:
            was_killed(stopped)
        with LedgerStore.open(url) as store:
            Shell(store, policies()).execute([counted(f"after {ending}")])
            with store.reading() as session:
                after = session.books(["shared"])["shared"].seq
            say(fault=fault, written=after - seq, audit=audit(store))


def _stop_in_a_write(url: str, name: str) -> None:
    def stop(_connection: object) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    dialect = struck(sqlite.DIALECT, Strikes(stop, 4, "after"))
    with LedgerStore.open(url, dialect=dialect) as store:
        Shell(store, policies()).execute([counted(name)])
