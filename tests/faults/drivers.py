"""The driver that Python has for SQLite, spoken over one that lets tests be the disk.

`sqlite3` cannot be given a disk; `apsw` can. The store says the same to both, and gets the errors
of `sqlite3` from both.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

import apsw
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import QueuePool

from faults.disks import Disk
from policyengine.store import sqlite
from policyengine.store.dialect import Dialect


@contextmanager
def as_sqlite3() -> Iterator[None]:
    """Raise errors as `sqlite3` does."""
    try:
        yield
    except apsw.Error as error:
        kind = (
            sqlite3.IntegrityError
            if isinstance(error, apsw.ConstraintError)
            else sqlite3.OperationalError
        )
        raised: Any = kind(str(error))
        raised.sqlite_errorcode = getattr(error, "extendedresult", None)
        raise raised from error


class Cursor:
    """A cursor as `sqlite3` has them."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._cursor.exec_trace = self._look
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self.arraysize = 1
        self.lastrowid = 0
        self._rows: deque[Any] = deque()

    def _look(self, cursor: apsw.Cursor, _text: str, _values: Any) -> bool:
        columns = cursor.get_description()
        self.description = tuple((*each, *(None,) * 5) for each in columns) or None
        return True

    def execute(self, text: str, values: Sequence[Any] = ()) -> "Cursor":
        with as_sqlite3():
            before = self._connection.total_changes()
            # Read at once: a statement that is not done yet would be in the way of a commit.
            self._rows = deque(self._cursor.execute(text, tuple(values)).fetchall())
            self.rowcount = self._connection.total_changes() - before
        return self

    def executemany(self, text: str, rows: Sequence[Sequence[Any]]) -> "Cursor":
        changed = 0
        for each in rows:
            with as_sqlite3():
                self._cursor.execute(text, tuple(each))
            changed += self._connection.changes()
        self.rowcount = changed
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        found: list[Any] = []
        while len(found) < size and (row := self.fetchone()) is not None:
            found.append(row)
        return found

    def fetchall(self) -> list[Any]:
        found, self._rows = list(self._rows), deque()
        return found

    def close(self) -> None:
        self._cursor.close(True)  # whatever was left to read


class Connection:
    """A connection as `sqlite3` has them, in its mode without transactions of its own."""

    isolation_level = None

    def __init__(self, path: str, disk: Disk) -> None:
        with as_sqlite3():
            self._inner = apsw.Connection(path, vfs=disk.name)
        self.text_factory: Any = str

    def cursor(self) -> Cursor:
        return Cursor(self._inner)

    def execute(self, text: str, values: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(text, values)

    def commit(self) -> None:
        if self._inner.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self._inner.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        with as_sqlite3():
            self._inner.close(True)  # a disk that fails keeps no file open

    def create_function(self, name: str, count: int, act: Callable[..., Any], **more: Any) -> None:
        self._inner.create_scalar_function(name, act, count, **more)


def on_disk(disk: Disk, *pragmas: str) -> Dialect:
    """Give SQLite's dialect on a disk; pragmas are set after the store's own."""
    module: Final = SimpleNamespace(
        **{name: getattr(sqlite3, name) for name in dir(sqlite3) if not name.startswith("_")}
    )
    module.connect = lambda path, **_: Connection(path, disk)

    def engine_of(url: URL, patience_ms: int) -> Engine:
        def connect() -> Connection:
            made = Connection(str(url.database), disk)
            made.execute(f"PRAGMA busy_timeout = {patience_ms:d}").fetchall()
            for pragma in (*sqlite._PRAGMAS, *pragmas):
                made.execute(f"PRAGMA {pragma}").fetchall()
            return made

        return create_engine(
            url, poolclass=QueuePool, max_overflow=-1, module=module, creator=connect
        )

    return replace(sqlite.DIALECT, engine_of=engine_of)
