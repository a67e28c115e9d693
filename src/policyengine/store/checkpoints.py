"""Checkpoints beside the writers: what a log holds is brought into the file while others commit."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Final

from policyengine.store.faults import StoreFault

PAGES_EACH: Final = 8_000
"""About how many pages come into the log between two checkpoints: 32 MB."""
PAGES_MAX: Final = 16_000
"""From how long a log on the writers wait for the end of a checkpoint, so that it starts anew."""
PAGES_WAITED_FOR: Final = 500
"""How many pages writers wait for: a few milliseconds."""
PASSES_MAX: Final = 3
TRANSACTIONS_FIRST: Final = 500
TRANSACTIONS_MIN: Final = 100


class Checkpointer:
    """Runs checkpoints on a thread of its own, which starts when there is something to do.

    A checkpoint in a commit makes everybody wait who asks at that time: it writes thousands of
    pages, and waits for the disk twice. One beside the writers never catches up with them, though,
    and the log grows; so once it is long, a last short one runs while they wait.
    """

    def __init__(
        self,
        checkpoint: Callable[[], int],
        turn: Callable[[], AbstractContextManager[object]],
    ) -> None:
        """Take what runs a checkpoint that lets others write, and how the writers' turn is had.

        The checkpoint gives how many pages the log had when it began. It may raise StoreFault;
        whoever writes next meets the same fault.
        """
        self._checkpoint = checkpoint
        self._turn = turn
        self._due = threading.Condition()
        self._noted = 0
        self._each = TRANSACTIONS_FIRST
        self._pages = 0
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def note(self, transactions: int) -> None:
        """Note that transactions were committed; never waits."""
        with self._due:
            self._noted += transactions
            if self._noted < self._each or self._is_closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="ledger-checkpoints", daemon=True
                )
                self._thread.start()
            self._due.notify()

    def close(self) -> None:
        """End the thread, after the checkpoint that is under way."""
        with self._due:
            self._is_closed = True
            self._due.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while noted := self._next():
            with suppress(StoreFault):
                self._run(noted)

    def _next(self) -> int:
        """Wait until enough was committed; gives how many transactions, or none at the end."""
        with self._due:
            while self._noted < self._each and not self._is_closed:
                self._due.wait()
            noted, self._noted = self._noted, 0
            return 0 if self._is_closed else noted

    def _run(self, noted: int) -> None:
        pages = self._checkpoint()
        self._pace(noted, pages)
        if pages <= PAGES_MAX:
            return
        for _ in range(PASSES_MAX):
            before, pages = pages, self._checkpoint()
            if pages - before <= PAGES_WAITED_FOR:
                break
        with self._turn():
            self._checkpoint()
        self._pages = 0  # whoever writes next starts the log anew

    def _pace(self, noted: int, pages: int) -> None:
        """See how many pages so many transactions wrote, and when the next checkpoint is due.

        The log may have started anew unseen, with fewer pages than were written; so the next one is
        never put off for more than twice as long.
        """
        written, self._pages = pages - self._pages, pages
        if written > 0:
            each = min(noted * PAGES_EACH // written, self._each * 2)
            self._each = max(each, TRANSACTIONS_MIN)
