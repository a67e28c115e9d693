"""SQLite's own ways: pragmas, transactions, lists in parameters, damage, and its error codes."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from itertools import count as count_up
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    FromClause,
    Select,
    Update,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool, StaticPool

from policyengine.ledger.book import LedgerFault
from policyengine.store.dialect import Dialect, Numbered
from policyengine.store.driver import Driver, Row, Statement
from policyengine.store.faults import (
    LedgerBusy,
    LedgerDamaged,
    LedgerFull,
    LedgerReadOnly,
    OutcomeUnknown,
    StoreFault,
)

VERSION_MIN: Final = (3, 38, 0)
"""The first release that always has JSON functions; strict tables came with 3.37."""

APPLICATION_ID: Final = 0x50454C31
"""`PEL1`: by this number in a file's header, tools can tell what it is."""

ROWS_AT_ONCE: Final = (64, 8)
"""How many rows one statement has; 29 columns of 64 rows are far from SQLite's bound."""

_PLACES: Final = re.compile(r"(\?)")

_PRAGMAS: Final = (
    # A commit is on the disk when it returns.
    "synchronous = FULL",
    "foreign_keys = ON",
    # `INSERT OR REPLACE` fires the triggers that forbid deleting.
    "recursive_triggers = ON",
    # A schema that someone else has written may not call functions with side effects.
    "trusted_schema = OFF",
    # 64 MiB of pages: the inner pages of every index of a ledger of some gigabytes.
    "cache_size = -65536",
    # In a commit, only where those beside the writers do not keep up, or no process runs any.
    "wal_autocheckpoint = 40000",
    "journal_size_limit = 67108864",
)


def engine_of(url: URL, patience_ms: int) -> Engine:
    """Give a pool of connections to a database file, or the one connection to a database in memory.

    Raises: StoreFault when this SQLite is too old.
    """
    if sqlite3.sqlite_version_info < VERSION_MIN:
        needed = ".".join(map(str, VERSION_MIN))
        raise StoreFault(f"SQLite {sqlite3.sqlite_version} is too old; the ledger needs {needed}")
    arguments: dict[str, Any] = {"check_same_thread": False, "isolation_level": None}
    engine = (
        create_engine(url, poolclass=StaticPool, connect_args=arguments)
        if url.database is None
        else create_engine(url, poolclass=QueuePool, max_overflow=-1, connect_args=arguments)
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout = {patience_ms:d}")
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


class _HintedCompiler(SQLiteCompiler):
    """Writes a table's hint after its name: `lot INDEXED BY lot_open`."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """Give the hint as it is."""
        del table
        return text


class _HintedDialect(SQLiteDialect_pysqlite):
    """SQLite that follows hints.

    Without figures on the tables, which would soon be wrong, SQLite takes a wallet's lots to be
    few, and would read closed ones too rather than use the index of the open ones.
    """

    statement_compiler = _HintedCompiler
    supports_statement_cache = True


@lru_cache(maxsize=64)
def _at_once(one: str) -> tuple[tuple[int, str], ...]:
    """Give the texts that insert or update so many rows each, the larger ones first."""
    if one.startswith("INSERT"):
        head, row = one.split(" VALUES ")
        return tuple((count, f"{head} VALUES {_rows(row, count)}") for count in ROWS_AT_ONCE)
    numbered = count_up(1)
    many = "".join(
        f"given.column{next(numbered)}" if part == "?" else part for part in _PLACES.split(one)
    )
    head, where = many.split(" WHERE ")
    row = f"({', '.join('?' * one.count('?'))})"
    return tuple(
        (count, f"{head} FROM (VALUES {_rows(row, count)}) AS given WHERE {where}")
        for count in ROWS_AT_ONCE
    )


def _rows(row: str, count: int) -> str:
    return ", ".join([row] * count)


class SqliteDriver(Driver):
    """Inserts and updates rows by the dozen, in about two thirds of the time.

    And the driver lets other threads in, and waits for them, at each statement, not at each row.
    """

    __slots__ = ()

    def many(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Run a statement once for each row of parameters; gives how many rows it changed.

        Takes: for an update, rows of which no two change the same row.
        """
        if len(rows) < ROWS_AT_ONCE[-1] or statement.text.startswith("DELETE"):
            return super().many(statement, rows)
        cursor, done, changed = self.connection.cursor(), 0, 0
        for count, many_rows in _at_once(statement.text):
            while len(rows) - done >= count:
                cursor.execute(many_rows, list(chain.from_iterable(rows[done : done + count])))
                done, changed = done + count, changed + cursor.rowcount
        return changed + super().many(statement, rows[done:])


def _is_set_up(connection: Connection) -> bool:
    """Tell whether changes are logged ahead; a database in memory has no log."""
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    return bool(mode in {"wal", "memory"})


def _set_up(connection: Connection) -> None:
    # Not possible inside a transaction; it stays with the file.
    connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def _queue_creation(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _finish_creation(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")
    # Empty tables get no figures: plans then rest on the indexes alone, whatever grows later.
    connection.execute(text("ANALYZE"))


def _hold_wallets(_driver: Driver, _wallet_ids: Iterable[str]) -> None:
    """Do nothing: the whole ledger is held while it is written."""


def _checkpoint(driver: Driver) -> int:
    return int(driver.ask("PRAGMA wal_checkpoint(PASSIVE)")[0][1])


def _numbers(driver: Driver, table: Numbered, count: int) -> Sequence[int]:
    last = driver.ask(f"SELECT coalesce(max(id), 0) FROM {table}")[0][0]  # noqa: S608  # two names
    return range(last + 1, last + 1 + count)


def _change_rows(
    statement: Update | Delete, _names: Sequence[str], keys: Mapping[str, ColumnElement[Any]]
) -> Update | Delete:
    return statement.where(*(column == bindparam(key) for key, column in keys.items()))


def _is_listed(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    values = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(values.c.value))


def _of_pairs(
    name: str, first: ColumnElement[Any], second: ColumnElement[Any], *, second_leads: bool = False
) -> Select[Any]:
    del second_leads  # it takes the index that has more of the columns
    pair = func.json_each(bindparam(name)).table_valued("value").c.value
    return select(first.table).where(
        first == func.json_extract(pair, literal_column("'$[0]'")),
        second == func.json_extract(pair, literal_column("'$[1]'")),
    )


def _as_list(values: Iterable[Any]) -> str:
    return json.dumps(list(values))


_BUSY: Final = "another program kept the ledger busy for too long; nothing was written, try again"
_FAULTS: Final[dict[int, tuple[type[Exception], str]]] = {
    sqlite3.SQLITE_BUSY: (LedgerBusy, _BUSY),
    sqlite3.SQLITE_LOCKED: (LedgerBusy, _BUSY),
    sqlite3.SQLITE_READONLY: (LedgerReadOnly, "the ledger may not be written here"),
    sqlite3.SQLITE_PERM: (LedgerReadOnly, "the ledger may not be opened here"),
    sqlite3.SQLITE_FULL: (LedgerFull, "the disk is full; nothing was written"),
    sqlite3.SQLITE_CORRUPT: (LedgerDamaged, "the ledger's file is damaged; restore a backup"),
    sqlite3.SQLITE_NOTADB: (LedgerDamaged, "the ledger's file is damaged; restore a backup"),
    sqlite3.SQLITE_IOERR: (StoreFault, "the disk failed; nothing was written"),
    sqlite3.SQLITE_CANTOPEN: (StoreFault, "the ledger's file cannot be opened"),
    sqlite3.SQLITE_CONSTRAINT: (LedgerFault, "the database refused it; nothing was written"),
}
_PRIMARY: Final = 0xFF  # the low byte of an extended result code


def fault_of(error: Exception) -> Exception:
    """Say what an error of the driver means for the ledger."""
    code = getattr(error, "sqlite_errorcode", None)
    fault, sentence = _FAULTS.get(
        -1 if code is None else code & _PRIMARY, (StoreFault, "SQLite failed; nothing was written")
    )
    return fault(f"{sentence} ({error})")


def is_no_database(error: object) -> bool:
    """Tell whether a file was not taken for a database at all."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB


def commit_fault_of(error: Exception) -> Exception:
    """Say what an error of a commit means.

    Where the disk could not sync, the commit already stands in the log: this process goes on
    without it, but whoever opens the file after a crash finds it there.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & _PRIMARY != sqlite3.SQLITE_IOERR:
        return fault_of(error)
    return OutcomeUnknown(
        "the disk failed during the commit, and what was asked may have been written; "
        f"ask again with the same keys ({error})"
    )


def _damage(driver: Driver) -> Iterator[str]:
    for (finding,) in driver.ask("PRAGMA integrity_check"):
        if finding != "ok":
            yield str(finding)
    for table, row, parent, _ in driver.ask("PRAGMA foreign_key_check"):
        place = f"`{table}`" if row is None else f"`{table}` number {row}"
        yield f"a row of {place} belongs to a row of `{parent}` that is not there"


@contextmanager
def _any_text(driver: Driver) -> Iterator[None]:
    """Read text whose bytes were damaged, for an audit that is to name its row."""
    connection: sqlite3.Connection = driver.connection
    connection.text_factory = lambda octets: octets.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str


@contextmanager
def _guards_off(driver: Driver) -> Iterator[None]:
    """Take the triggers away until the end of a block; both happen in the current transaction."""
    # Rows are gone for a moment that others refer to; at the end they must be back.
    driver.run("PRAGMA defer_foreign_keys = ON")
    triggers = driver.ask("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for name, _ in triggers:
        driver.run(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        driver.run(sql)


DIALECT: Final = Dialect(
    name="SQLite",
    core=_HintedDialect(),
    driver=SqliteDriver,
    engine_of=engine_of,
    begin_writing="BEGIN IMMEDIATE",
    begin_reading="BEGIN",
    writes_one_by_one=True,
    is_set_up=_is_set_up,
    set_up=_set_up,
    queue_creation=_queue_creation,
    finish_creation=_finish_creation,
    hold_wallets=_hold_wallets,
    numbers=_numbers,
    insert_rows=insert,
    change_rows=_change_rows,
    is_listed=_is_listed,
    of_pairs=_of_pairs,
    as_list=_as_list,
    as_pairs=_as_list,
    driver_errors=(sqlite3.Error, sqlite3.Warning),
    fault_of=fault_of,
    commit_fault_of=commit_fault_of,
    checkpoint=_checkpoint,
    damage=_damage,
    any_text=_any_text,
    guards_off=_guards_off,
)
