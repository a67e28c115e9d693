"""A backup made while others write is a sound ledger of one moment; a replica refuses to spend."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from faults.auditing import audit, lost
from faults.clusters import Cluster, command
from faults.conftest import Counting
from faults.story import CREDIT, START, policies, usage
from policyengine.app.shell import Shell
from policyengine.engine.commands import Adjust, Body, Charge, Command, OpenHold, Subscribe
from policyengine.ledger.transactions import Transaction
from policyengine.store.anchoring import anchor_faults, read_anchor
from policyengine.store.faults import LedgerReadOnly
from policyengine.store.store import LedgerStore

WRITERS = 3


class Load:
    """Writers at work on a ledger: what they were answered so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[Transaction] = []
        self.is_over = threading.Event()
        self.is_under_way = threading.Event()

    def write(self, wallet: str) -> None:
        bodies: tuple[Body, ...] = (Charge(usage(10)), OpenHold(10_000), Adjust(CREDIT))
        with LedgerStore.open(self.url) as store:
            shell = Shell(store, policies())
            shell.execute([Command(wallet, "join", START, Subscribe("pro", "top_ups"))])
            number = 0
            while not self.is_over.is_set():
                number += 1
                body = bodies[number % len(bodies)]
                asked = Command(wallet, f"c{number}", START + number, body, reason="counted")
                self.answers.append(shell.execute([asked])[0].transaction)
                if number > 2 * len(bodies):
                    self.is_under_way.set()


@contextmanager
def under_load(url: str) -> Iterator[Load]:
    """Let writers write during a block, and look at the ledger after it."""
    load = Load(url)
    with LedgerStore.open(url):
        threads = [
            threading.Thread(target=load.write, args=(f"w{number}",)) for number in range(WRITERS)
        ]
        for thread in threads:
            thread.start()
        assert load.is_under_way.wait(30)
        try:
            yield load
        finally:
            load.is_over.set()
            for thread in threads:
                thread.join()
    with LedgerStore.open(url) as store:
        assert audit(store) == []
        assert lost(store, load.answers) == []


def is_an_earlier_moment(copy: str, url: str, acknowledged: list[Transaction]) -> int:
    """Audit a restored ledger: all of it is in the chains of the one that went on.

    Takes: what was acknowledged before the backup began, which must be there. Gives how many
    transactions it has.
    """
    chain = "SELECT w.wallet_id, t.seq, t.hash FROM txn t JOIN wallet w ON w.id = t.wallet"
    with LedgerStore.open(copy, create=False) as restored, LedgerStore.open(url) as live:
        assert audit(restored) == []
        assert lost(restored, acknowledged) == []
        with restored.reading() as before, live.reading() as after:
            kept = {tuple(map(_plain, row)) for row in before.driver.ask(chain)}
            assert kept <= {tuple(map(_plain, row)) for row in after.driver.ask(chain)}
            assert list(anchor_faults(after, read_anchor(before, START))) == []
        # It is a ledger like any other: it goes on by itself.
        asked = Command("w0", "restored", START + 10**9, Adjust(1), reason="counted")
        assert Shell(restored, policies()).execute([asked])[0].is_accepted
        assert audit(restored) == []
    return len(kept)


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def by_backup(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy, pages=20, sleep=0.001)
    live.close()
    copy.close()


def by_vacuum(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as live:
        live.execute("VACUUM INTO ?", (str(target),))
    live.close()


WAYS = {"backup": by_backup, "vacuum": by_vacuum}


def copies_of_a_file(
    folder: Path, counts: Counting, way: Callable[[Path, Path], None], rounds: int
) -> None:
    url = f"sqlite:///{folder}/ledger.db"
    taken: list[tuple[Path, list[Transaction]]] = []
    with under_load(url) as load:
        for number in range(rounds):
            acknowledged = list(load.answers)
            way(folder / "ledger.db", folder / f"copy{number}.db")
            taken.append((folder / f"copy{number}.db", acknowledged))
    for path, acknowledged in taken:
        assert is_an_earlier_moment(f"sqlite:///{path}", url, acknowledged) >= len(acknowledged)
        counts.add(
            restores=1, acknowledged=len(acknowledged), audits=2, lost=0, duplicated=0, unbalanced=0
        )


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_of_a_file_that_is_written_to_is_a_sound_ledger(
    tmp_path: Path, counts: Counting, way: str
) -> None:
    copies_of_a_file(tmp_path, counts, WAYS[way], 1)


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
def test_many_copies_of_a_file_that_is_written_to_are_sound_ledgers(
    tmp_path: Path, counts: Counting, way: str
) -> None:
    copies_of_a_file(tmp_path, counts, WAYS[way], 20)


def test_a_server_copied_under_load_is_restored_as_a_sound_ledger(
    cluster: Cluster, counts: Counting
) -> None:
    name = cluster.server.new_database()
    with under_load(cluster.server.url(name)) as load:
        acknowledged = list(load.answers)
        copy = cluster.copied()
    try:
        is_an_earlier_moment(copy.server.url(name), load.url, acknowledged)
    finally:
        copy.remove()
    counts.add(restores=1, acknowledged=len(acknowledged), audits=2, lost=0, unbalanced=0)


def test_a_database_dumped_under_load_is_restored_as_a_sound_ledger(
    cluster: Cluster, counts: Counting
) -> None:
    name, target = cluster.server.new_database(), cluster.server.new_database()
    file = cluster.folder / "dump"
    who = ("-h", cluster.folder, "-U", "postgres")
    with under_load(cluster.server.url(name)) as load:
        acknowledged = list(load.answers)
        command("pg_dump", *who, "-Fc", "-f", file, name, owner=cluster.folder)
    command("pg_restore", *who, "-d", target, "-e", file, owner=cluster.folder)
    is_an_earlier_moment(cluster.server.url(target), load.url, acknowledged)
    counts.add(restores=1, acknowledged=len(acknowledged), audits=2, lost=0, unbalanced=0)


# Copies that may not be written


def refuses_to_spend(url: str) -> None:
    """Look at a ledger that may be read only: it can be read and audited, and says so otherwise."""
    with LedgerStore.open(url, create=False) as store:
        shell = Shell(store, policies())
        with store.reading() as session:
            assert session.books(["w0"])["w0"].available_micro > 0
        assert audit(store, and_rebuild=False) == []
        commands = [
            Command("w0", "new", START, Charge(usage(10))),
            Command("w0", "c1", START, OpenHold(10_000)),  # answered before, and yet not from here
            Command("somebody new", "join", START, Subscribe("pro", "top_ups")),
        ]
        for each in commands:
            with pytest.raises(LedgerReadOnly, match="the ledger may not be written here"):
                shell.execute([each])


def test_a_replica_can_be_read_and_refuses_to_spend_until_it_is_promoted(
    cluster: Cluster, counts: Counting
) -> None:
    name = cluster.server.new_database()
    with under_load(cluster.server.url(name)):
        replica = cluster.copied("-R")
    try:
        url = replica.server.url(name)
        refuses_to_spend(url)
        command("pg_ctl", "-D", replica.folder, "-w", "promote", owner=replica.folder)
        with LedgerStore.open(url) as store:
            asked = Command("w0", "promoted", START + 10**9, Adjust(1), reason="counted")
            assert Shell(store, policies()).execute([asked])[0].is_accepted
            assert audit(store) == []
    finally:
        replica.remove()
    counts.add(restores=1, audits=2, unbalanced=0)


def test_a_database_that_is_set_to_be_read_only_refuses_to_spend(cluster: Cluster) -> None:
    name = cluster.server.new_database()
    url = cluster.server.url(name)
    with under_load(url):
        pass
    with cluster.server.connect() as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    assert make_url(url).database == name
    refuses_to_spend(url)
