"""What processes of their own do to a ledger for `test_processes.py`: die, wait, are not allowed.

One process imports everything and forks the others, which never share a connection.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from policyengine.store.batch import Entry
from policyengine.store.faults import StoreFault
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.ledgers import CREDIT, REF, SOURCE, Scribe, save

WALLETS = [f"w{number}" for number in range(6)]


class Mortal:
    """A connection whose process dies at its n-th step, before or after the step is done."""

    def __init__(self, connection: Any, step: int, *, after: bool) -> None:
        self.connection = connection
        self.left = step
        self.after = after

    def cursor(self) -> "Mortal":
        cursor = Mortal(self.connection.cursor(), 0, after=self.after)
        cursor.step = self.step  # type: ignore[method-assign]  # one count for all cursors
        return cursor

    def step(self, act: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left == 0 and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = act(*arguments)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    def execute(self, *arguments: Any) -> Any:
        return self.step(self.connection.execute, *arguments)

    def executemany(self, *arguments: Any) -> Any:
        return self.step(self.connection.executemany, *arguments)

    def commit(self) -> None:
        self.step(self.connection.commit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


def say(**facts: Any) -> None:
    """Tell the test something."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def forked(act: Callable[[], None]) -> int:
    """Do something in a process of its own; gives the child's number."""
    child = os.fork()
    if child:
        return child
    try:
        act()
    except BaseException as error:  # noqa: BLE001  # the parent is told; the child must not go on
        say(error=f"{type(error).__name__}: {error}")
    os._exit(0)


def ended(child: int) -> int:
    """Wait for a child; gives the signal that killed it, or 0."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def scribes_of(store: LedgerStore) -> list[Scribe]:
    """Go on from the books that are stored."""
    with store.reading() as session:
        books = session.books(WALLETS)
    scribes = []
    for wallet_id in WALLETS:
        scribe = Scribe(wallet_id)
        scribe.start = books.get(wallet_id)
        scribe.book = scribe.start or scribe.book
        scribes.append(scribe)
    return scribes


def everything_once(store: LedgerStore) -> list[Entry]:
    """Give entries that make every statement of a write run."""
    scribes = scribes_of(store)
    for scribe in scribes:
        scribe.at = max(scribe.at, scribe.book.settled_at)
        for number in list(scribe.book.holds):
            scribe.capture(number, 1)
        for number in list(scribe.book.series):
            scribe.end_series(number)
        scribe.grant(9 * CREDIT)
        scribe.charge(8 * CREDIT)
        scribe.recur()
        scribe.hold(CREDIT)
    return [scribe.entry() for scribe in scribes]


def state(path: Path) -> dict[str, Any]:
    """Give where all wallets stand, and whether the ledger is sound."""
    with LedgerStore.open(f"sqlite:///{path}") as store, store.reading() as session:
        books = session.books(WALLETS)
        return {
            "seqs": sorted({book.seq for book in books.values()}),
            "sound": verify(session).is_sound,
        }


def die_at_every_step(path: Path) -> None:
    """Kill a writer before and after each of its steps, until it has none left to die at."""
    found = state(path)
    for after in (False, True):
        step = 0
        is_killed = True
        while is_killed:
            step += 1
            before = found

            def write(step: int = step, after: bool = after) -> None:
                store = LedgerStore.open(f"sqlite:///{path}")
                entries = everything_once(store)
                pooled: Any = store._engine.raw_connection()
                mortal = Mortal(pooled.driver_connection, step, after=after)
                store._writer = SimpleNamespace(driver_connection=mortal)  # type: ignore[assignment]
                with store.writing() as session:
                    session.remember_policy(REF, SOURCE)
                    session.write(entries)

            is_killed = ended(forked(write)) == -signal.SIGKILL
            found = state(path)
            say(step=step, after=after, killed=is_killed, before=before, **found)


def die_at_random(path: Path) -> None:
    """Kill a busy writer at random moments; it says after each commit what is stored."""
    random = Random(5)
    for _ in range(4):
        reading, writing = os.pipe()

        def write(writing: int = writing) -> None:
            store = LedgerStore.open(f"sqlite:///{path}")
            while True:
                entries = everything_once(store)
                with store.writing() as session:
                    session.remember_policy(REF, SOURCE)
                    session.write(entries)
                os.write(writing, f"{entries[0].after.seq}\n".encode())

        child = forked(write)
        os.close(writing)
        with os.fdopen(reading) as acknowledged:
            first = acknowledged.readline()
            time.sleep(random.uniform(0.005, 0.08))
            os.kill(child, signal.SIGKILL)
            ended(child)
            last = [first, *acknowledged.readlines()][-1]
        say(acknowledged=int(last), **state(path))


def write_at_once(path: Path) -> None:
    """Let four writers charge one wallet, each again and again."""
    with LedgerStore.open(f"sqlite:///{path}") as store:
        scribe = Scribe("shared")
        scribe.grant(10**6 * CREDIT)
        save(store, scribe)

    def write(name: int) -> None:
        waits = []
        with LedgerStore.open(f"sqlite:///{path}") as store:
            for number in range(40):
                started = time.monotonic()
                with store.writing() as session:
                    waits.append(time.monotonic() - started)
                    scribe = Scribe("shared")
                    scribe.start = scribe.book = session.books(["shared"])["shared"]
                    scribe.charge(1, key=f"{name}-{number}")
                    session.write([scribe.entry()])
        say(longest_wait_ms=int(1000 * max(waits)))

    children = [forked(lambda name=name: write(name)) for name in range(4)]  # type: ignore[misc]
    for child in children:
        ended(child)
    with LedgerStore.open(f"sqlite:///{path}") as store, store.reading() as session:
        book = session.books(["shared"])["shared"]
        say(seq=book.seq, sound=verify(session).is_sound)


def create_at_once(path: Path) -> None:
    """Let six processes open a ledger that is not there yet."""

    def create() -> None:
        with LedgerStore.open(f"sqlite:///{path}") as store, store.reading() as session:
            say(name=session.driver.ask("SELECT ledger_id FROM ledger")[0][0])

    children = [forked(create) for _ in range(6)]
    for child in children:
        ended(child)


def be_nobody(path: Path) -> None:
    """Read and write a file of someone else."""

    def attempt() -> None:
        os.setgid(65534)
        os.setuid(65534)
        for folder_mode, file_mode in ((0o755, 0o600), (0o777, 0o644), (0o555, 0o644)):
            said: dict[str, Any] = {"folder": oct(folder_mode), "file": oct(file_mode)}
            place = path.parent / f"{folder_mode:o}{file_mode:o}" / path.name
            try:
                with LedgerStore.open(f"sqlite:///{place}") as store:
                    with store.reading() as session:
                        said["read"] = len(session.books(["ana"]))
                    scribe = Scribe("bob")
                    scribe.grant(5)
                    save(store, scribe)
                    said["written"] = True
            except StoreFault as error:
                said["fault"] = f"{type(error).__name__}: {error}"
            say(**said)

    for folder_mode, file_mode in ((0o755, 0o600), (0o777, 0o644), (0o555, 0o644)):
        folder = path.parent / f"{folder_mode:o}{file_mode:o}"
        folder.mkdir()
        with LedgerStore.open(f"sqlite:///{folder / path.name}") as store:
            scribe = Scribe("ana")
            scribe.grant(5)
            save(store, scribe)
        (folder / path.name).chmod(file_mode)
        (folder / f"{path.name}.lock").unlink()
        folder.chmod(folder_mode)
    ended(forked(attempt))


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]))
