"""A store waits its turn, gives up with a reason, and outlives a full disk."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policyengine.ledger.book import LedgerFault
from policyengine.store.faults import (
    LedgerBusy,
    LedgerClosed,
    LedgerDamaged,
    LedgerFull,
    LedgerReadOnly,
    StoreFault,
)
from policyengine.store.place import place_of
from policyengine.store.sqlite import engine_of, fault_of
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.ledgers import CREDIT, REF, SOURCE, Scribe, save, wander


@pytest.fixture
def store(store_file: LedgerStore) -> LedgerStore:
    """An empty ledger in a file: this is about SQLite's ways."""
    return store_file


def url_of(store: LedgerStore) -> str:
    return str(store._engine.url)


def ask(store: LedgerStore, *pragmas: str) -> list[Any]:
    with store.reading() as session:
        return [session.driver.ask(f"PRAGMA {pragma}")[0][0] for pragma in pragmas]


def test_every_connection_is_durable_and_guarded(store: LedgerStore) -> None:
    pragmas = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "busy_timeout": 200,
    }
    assert ask(store, *pragmas) == list(pragmas.values())
    with store.writing() as session:
        found = [session.driver.ask(f"PRAGMA {pragma}")[0][0] for pragma in pragmas]
    assert found == list(pragmas.values())


def test_a_ledger_whose_log_was_turned_off_gets_it_back(store: LedgerStore) -> None:
    url = url_of(store)
    store.close()
    with sqlite3.connect(url.removeprefix("sqlite+pysqlite:///")) as connection:
        assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    connection.close()
    with LedgerStore.open(url) as again:
        assert ask(again, "journal_mode") == ["wal"]


def test_a_second_writer_gives_up_with_a_reason(store: LedgerStore) -> None:
    with LedgerStore.open(url_of(store), patience_ms=30) as other, store.writing():
        started = time.monotonic()
        with pytest.raises(LedgerBusy, match=r"nothing was written, try again"), other.writing():
            pass
        assert time.monotonic() - started < 2


def test_a_writer_in_the_same_process_waits_and_gives_up_too(store: LedgerStore) -> None:
    with (
        store.writing(),
        pytest.raises(LedgerBusy, match="another writer kept the ledger busy for 200 ms"),
        store.writing(),
    ):
        pass


def test_a_writer_at_the_gate_gives_up_with_a_reason(store: LedgerStore) -> None:
    with (
        LedgerStore.open(url_of(store), patience_ms=30) as other,
        other._turnstile.gate(time.monotonic()),
        pytest.raises(LedgerBusy, match="for 200 ms"),
        store.writing(),
    ):
        pass


def test_a_gate_that_cannot_be_opened_is_a_fault(store: LedgerStore, tmp_path: Path) -> None:
    (tmp_path / "ledger0.db.lock").mkdir()
    with pytest.raises(LedgerReadOnly, match="where writers wait"), store.writing():
        pass
    with store.reading() as session:
        assert list(session.wallet_ids()) == []


def test_after_giving_up_a_store_works_again(store: LedgerStore) -> None:
    with LedgerStore.open(url_of(store), patience_ms=20) as other:
        with store.writing(), pytest.raises(LedgerBusy), other.writing():
            pass
        save(other, wander("ana", 1, 5))
    with store.reading() as session:
        assert verify(session).is_sound


def test_readers_do_not_wait_for_a_writer(store: LedgerStore) -> None:
    with store.writing(), store.reading() as session:
        assert list(session.wallet_ids()) == []


def test_threads_write_one_after_another(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(CREDIT)
    save(store, scribe)
    failed: list[Exception] = []

    def charge(name: int) -> None:
        for number in range(10):
            try:
                with store.writing() as session:
                    own = Scribe("ana")
                    own.start = own.book = session.books(["ana"])["ana"]
                    own.charge(1, key=f"{name}-{number}")
                    session.write([own.entry()])
            except Exception as error:  # noqa: BLE001  # the test shows it
                failed.append(error)

    threads = [threading.Thread(target=charge, args=[name]) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as session:
        assert (failed, session.books(["ana"])["ana"].seq) == ([], 41)
        assert verify(session).is_sound


def test_in_memory_one_session_at_a_time_has_the_connection() -> None:
    with LedgerStore.open("sqlite://", patience_ms=20) as store:
        save(store, wander("ana", 1, 5))
        with store.reading(), pytest.raises(LedgerBusy), store.reading():
            pass
        with store.reading() as session:
            assert verify(session).is_sound


def limit_pages(store: LedgerStore, more: int) -> None:
    """Let the file grow by some pages only."""
    with store.writing() as session:
        (pages,) = session.driver.ask("PRAGMA page_count")[0]
        session.driver.ask(f"PRAGMA max_page_count = {pages + more}")


def test_a_full_disk_keeps_what_was_there_and_nothing_more(store: LedgerStore) -> None:
    save(store, wander("ana", 1, 20))
    limit_pages(store, 5)
    saved = 0

    def fill() -> None:
        nonlocal saved
        while saved < 200:
            save(store, wander(f"w{saved}", saved, 20))
            saved += 1

    with pytest.raises(LedgerFull, match="the disk is full; nothing was written"):
        fill()
    assert saved > 0
    with store.reading() as session:
        report = verify(session)
        assert (report.is_sound, report.wallets) == (True, 1 + saved)
    limit_pages(store, 100_000)
    save(store, wander("later", 1, 20))
    with store.reading() as session:
        assert verify(session).wallets == 2 + saved


def test_a_forked_process_may_not_use_its_parents_store(
    store: LedgerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(LedgerFault, match="open it in each process"), store.writing():
        pass
    with pytest.raises(LedgerFault, match="open it in each process"), store.reading():
        pass


def test_a_store_is_closed_after_the_write_that_is_under_way(store: LedgerStore) -> None:
    url, began, closed = url_of(store), threading.Event(), threading.Event()

    def close() -> None:
        began.set()
        store.close()
        closed.set()

    closing = threading.Thread(target=close)
    with store.writing() as session:
        closing.start()
        assert began.wait(10)
        assert not closed.wait(0.05)
        session.remember_policy(REF, SOURCE)
        session.write([wander("ana", 1, 5).entry()])
    closing.join(10)
    assert closed.is_set()
    with LedgerStore.open(url) as again, again.reading() as reader:
        report = verify(reader)
    assert (report.is_sound, report.wallets) == (True, 1)


def test_a_closed_store_says_so(store: LedgerStore) -> None:
    store.close()
    store.close()
    with pytest.raises(LedgerClosed), store.writing():
        pass
    with pytest.raises(LedgerClosed), store.reading():
        pass


def test_a_closed_ledger_in_memory_says_so() -> None:
    store = LedgerStore.open("sqlite://")
    store.close()
    with pytest.raises(LedgerClosed), store.reading():
        pass


def test_a_connection_that_cannot_be_rolled_back_is_replaced(store: LedgerStore) -> None:
    def break_connection() -> None:
        with store.writing() as session:
            session.driver.connection.close()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_connection()
    save(store, wander("ana", 1, 5))
    with store.reading() as session:
        assert verify(session).is_sound


def test_a_closed_store_leaves_one_file_and_its_gate(store: LedgerStore, tmp_path: Path) -> None:
    save(store, wander("ana", 1, 5))
    store.close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ledger0.db", "ledger0.db.lock"]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (sqlite3.SQLITE_BUSY, LedgerBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, LedgerBusy),
        (sqlite3.SQLITE_LOCKED, LedgerBusy),
        (sqlite3.SQLITE_READONLY_DIRECTORY, LedgerReadOnly),
        (sqlite3.SQLITE_PERM, LedgerReadOnly),
        (sqlite3.SQLITE_FULL, LedgerFull),
        (sqlite3.SQLITE_CORRUPT_INDEX, LedgerDamaged),
        (sqlite3.SQLITE_NOTADB, LedgerDamaged),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreFault),
        (sqlite3.SQLITE_CANTOPEN, StoreFault),
        (sqlite3.SQLITE_CONSTRAINT_CHECK, LedgerFault),
        (sqlite3.SQLITE_MISUSE, StoreFault),
    ],
)
def test_each_error_of_the_driver_means_one_fault(code: int, fault: type[Exception]) -> None:
    error = sqlite3.OperationalError("what SQLite said")
    error.sqlite_errorcode = code
    found = fault_of(error)
    assert type(found) is fault
    assert "what SQLite said" in str(found)


def test_an_error_without_a_code_is_a_fault_of_the_store() -> None:
    assert type(fault_of(sqlite3.ProgrammingError("closed"))) is StoreFault


def test_a_sqlite_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    with pytest.raises(StoreFault, match=r"is too old; the ledger needs 3\.38\.0"):
        engine_of(place_of("sqlite://").url, 10)


def test_a_copied_file_is_a_ledger_of_its_own(
    told: LedgerStore, open_copy: Callable[[Path], LedgerStore], told_file: Path
) -> None:
    save(told, wander("eve", 1, 5))
    with open_copy(told_file).reading() as session:
        assert list(session.wallet_ids()) == ["ana", "bob", "cyd"]
