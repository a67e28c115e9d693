"""What the log holds comes into the file beside the writers, and a long log starts anew."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from policyengine.store.checkpoints import PAGES_MAX, TRANSACTIONS_FIRST, Checkpointer
from policyengine.store.faults import LedgerFull
from policyengine.store.place import place_of
from policyengine.store.store import LedgerStore
from store.ledgers import save, wander


class Pages:
    """A log that answers each checkpoint with what it is told, and notes who waits meanwhile."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.ran: list[bool] = []
        self.is_kept = False
        self.done = threading.Event()

    def checkpoint(self) -> int:
        self.ran.append(self.is_kept)
        answer = self.answers.pop(0)
        if not self.answers:
            self.done.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    @contextmanager
    def turn(self) -> Iterator[None]:
        self.is_kept = True
        yield
        self.is_kept = False


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        # The log is short: it may grow.
        ([PAGES_MAX], [False]),
        # While the first one ran, 4,000 pages came, and while the second one did, 500.
        ([PAGES_MAX + 1, PAGES_MAX + 4001, PAGES_MAX + 4501, 0], [False, False, False, True]),
        # Nobody wrote meanwhile, or a reader keeps the pages.
        ([PAGES_MAX + 1, PAGES_MAX + 1, 0], [False, False, True]),
        # It does not catch up: it does not try for ever.
        ([PAGES_MAX * turn for turn in range(2, 7)], [False, False, False, False, True]),
        # The disk is full: the next commit says so, and the next checkpoint tries again.
        ([LedgerFull("full")], [False]),
    ],
)
def test_writers_wait_only_for_the_end_of_a_long_log(
    answers: list[int | Exception], kept: list[bool]
) -> None:
    pages = Pages(*answers)
    checkpoints = Checkpointer(pages.checkpoint, pages.turn)
    checkpoints.note(TRANSACTIONS_FIRST - 1)
    assert pages.ran == []
    checkpoints.note(1)
    assert pages.done.wait(10)
    checkpoints.close()
    checkpoints.note(TRANSACTIONS_FIRST)
    assert pages.ran == kept


def test_checkpoints_come_by_pages_however_many_a_transaction_writes() -> None:
    pages = Pages(TRANSACTIONS_FIRST * 32, 10, 11)
    checkpoints = Checkpointer(pages.checkpoint, pages.turn)
    checkpoints.note(TRANSACTIONS_FIRST)
    # 32 pages for each transaction, all but the last: 250 of them write 8,000 pages.
    wait_until(lambda: checkpoints._each == 250)
    checkpoints.note(249)
    assert len(pages.ran) == 1
    checkpoints.note(1)
    # The log has started anew, with fewer pages than were written: nothing is learnt from that.
    wait_until(lambda: checkpoints._pages == 10)
    assert checkpoints._each == 250
    # One page for 250 transactions would be 2,000,000 of them for 8,000.
    checkpoints.note(250)
    wait_until(lambda: checkpoints._each == 500)
    checkpoints.close()
    assert pages.ran == [False, False, False]


def wait_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(10_000):
        if is_so():
            return
        pause.wait(0.001)
    raise AssertionError("it did not become so in 10 seconds")


def test_what_is_written_comes_into_the_file_while_the_ledger_is_open(
    store_file: LedgerStore,
) -> None:
    scribe = wander("ana", 1, TRANSACTIONS_FIRST)
    written = len(scribe.written)
    assert written >= TRANSACTIONS_FIRST
    path = place_of(str(store_file._engine.url)).path
    assert in_file(path) == 0
    save(store_file, scribe)
    wait_until(lambda: in_file(path) == written)


def in_file(path: Path | None) -> int:
    """Count the transactions that a ledger's file has without its log."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM txn").fetchone()
    return int(count)


def test_a_ledger_in_memory_has_no_log() -> None:
    with LedgerStore.open("sqlite://") as store:
        save(store, wander("ana", 1, TRANSACTIONS_FIRST))
        assert store._checkpoints is None
