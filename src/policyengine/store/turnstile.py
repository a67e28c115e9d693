"""A fair queue of writers: who waited longest writes next, in this process and among processes."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from policyengine.store.faults import LedgerBusy, LedgerReadOnly

_POLL_SECONDS: Final = 1 / 1000
_OWNER_ONLY: Final = 0o600


class Turnstile:
    """Lets one writer at a time wait for the database's write lock.

    SQLite's own waiting is a lottery that a busy writer wins again and again: it asks anew before
    the sleeping one wakes. Here a writer first passes a gate, which it keeps until it has the
    lock. Whoever has just written must pass the gate as well, so it cannot overtake the one
    inside. The gate among processes is a lock on a file beside the ledger; it ends with its
    process, and the ledger stays right without it.
    """

    __slots__ = ("_file", "_floor", "_gate", "_path", "_patience_ms")

    def __init__(self, path: Path | None, patience_ms: int) -> None:
        """Stand before a ledger's file, or one in memory, which no other process can see."""
        self._path = path
        self._patience_ms = patience_ms
        self._gate = threading.Lock()
        self._floor = threading.Lock()
        self._file: int | None = None

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait for this process's turn; gives the instant (`monotonic`) at which patience ends.

        Raises: LedgerBusy when it takes too long.
        """
        deadline = monotonic() + self._patience_ms / 1000
        if not self._gate.acquire(timeout=self._patience_ms / 1000):
            raise self._busy()
        try:
            if not self._floor.acquire(timeout=max(0, deadline - monotonic())):
                raise self._busy()
        finally:
            self._gate.release()
        try:
            yield deadline
        finally:
            self._floor.release()

    @contextmanager
    def gate(self, deadline: float) -> Iterator[None]:
        """Keep other processes from asking for the write lock while this one does.

        Raises: LedgerBusy when another process keeps the gate too long.
        """
        if self._path is None:
            yield
            return
        file = self._open(self._path)
        while not _locked(file):
            if monotonic() >= deadline:
                raise self._busy()
            sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let the gate's file go; it stays where it is, for other processes."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, path: Path) -> int:
        if self._file is None:
            try:
                self._file = os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
            except OSError as error:
                raise LedgerReadOnly(
                    f"`{path}`, where writers wait for each other, cannot be opened by this user: "
                    f"{error.strerror}; nothing was written"
                ) from error
        return self._file

    def _busy(self) -> LedgerBusy:
        return LedgerBusy(
            f"another writer kept the ledger busy for {self._patience_ms} ms; "
            "nothing was written, try again"
        )


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
