"""PostgreSQL's own ways: row locks, sequences, arrays as parameters, and its error codes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import psycopg
from psycopg import Connection as PsycopgConnection
from psycopg.rows import TupleRow
from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from policyengine.ledger.book import LedgerFault
from policyengine.store.arrays import array_of, arrays_of, change_rows, insert_rows
from policyengine.store.dialect import Dialect, Numbered
from policyengine.store.driver import FETCHED_AT_ONCE, Driver, Row, Statement
from policyengine.store.faults import (
    LedgerBusy,
    LedgerContended,
    LedgerFull,
    LedgerReadOnly,
    OutcomeUnknown,
    StoreFault,
)

CONNECTIONS_MAX: Final = 16
"""How many sessions of one process are under way at once; more wait their turn."""

_CREATION: Final = 0x50454C31
"""The advisory lock under which tables are made and changed: `PEL1`."""
_SETTINGS: Final = (
    # A commit is on the server's disk when it returns; a stronger setting stays.
    (
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
    ),
    # A client that has gone away in the middle does not keep wallets from others.
    "SELECT set_config('idle_in_transaction_session_timeout', '60s', false)",
    "SELECT set_config('timezone', 'UTC', false)",
    # Every statement has its index. A plan that was made while a table was small, and reads all of
    # it, would stay as it grows.
    (
        "SELECT set_config(name, 'off', false) FROM"
        " unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']) AS name"
    ),
)


def engine_of(url: URL, patience_ms: int) -> Engine:
    """Give a pool of connections to a database."""
    engine = create_engine(
        url,
        pool_size=CONNECTIONS_MAX,
        max_overflow=0,
        pool_timeout=patience_ms / 1000,
        pool_pre_ping=True,
        connect_args={
            "autocommit": True,
            "connect_timeout": max(2, patience_ms // 1000),
            "client_encoding": "utf8",  # whatever the role or the environment says
        },
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: PsycopgConnection[TupleRow], _record: object) -> None:
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{patience_ms}ms",))
        for setting in _SETTINGS:
            connection.execute(setting)

    return engine


class PostgresDriver(Driver):
    """Sends many rows in one statement, and reads long answers through a cursor of the server."""

    __slots__ = ()

    def each(self, statement: Statement, **values: Any) -> Iterator[Row]:
        """Give rows one by one; no more than `FETCHED_AT_ONCE` are in memory."""
        connection: PsycopgConnection[TupleRow] = self.connection
        if statement.fixed:
            values = {**statement.fixed, **values}
        with psycopg.ServerCursor(connection, f"each_{id(values)}") as cursor:
            cursor.itersize = FETCHED_AT_ONCE
            cursor.execute(statement.text, [values[name] for name in statement.names])
            yield from cursor

    def many(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Run a statement once for all rows, which it takes as arrays; gives how many changed."""
        if not rows:
            return 0
        cursor = self.connection.cursor()
        cursor.execute(statement.text, arrays_of(rows))
        return int(cursor.rowcount)

    def all(self, asked: Sequence[tuple[Statement, Sequence[Row]]]) -> list[int]:
        """Run statements in order and wait for the server once, not for each of them."""
        connection: PsycopgConnection[TupleRow] = self.connection
        with connection.pipeline():
            cursors = [
                connection.cursor().execute(statement.text, arrays_of(rows)) if rows else None
                for statement, rows in asked
            ]
        return [0 if each is None else each.rowcount for each in cursors]


def _is_set_up(_connection: Connection) -> bool:
    return True


def _set_up(_connection: Connection) -> None:
    """Do nothing: a server is set up by whoever keeps it."""


def _queue_creation(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATION:d})")


def _finish_creation(_connection: Connection) -> None:
    """Do nothing: the server takes its figures of the tables by itself."""


_LOCK: Final = (
    "SELECT wallet_id FROM wallet WHERE wallet_id = ANY(%s::text[]) ORDER BY id FOR NO KEY UPDATE"
)
_LOCK_NEW: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended(name, 0))"
    " FROM (SELECT name FROM unnest(%s::text[]) AS name ORDER BY 1) AS names"
)


def _hold_wallets(driver: Driver, wallet_ids: Iterable[str]) -> None:
    """Lock wallets in the order of their numbers, before they are read in later statements.

    A statement that locks and reads at once answers with rows as they were before it waited. A
    wallet that is not there yet is locked by its name.
    """
    asked = sorted(set(wallet_ids))
    cursor = driver.connection.cursor()
    cursor.execute(_LOCK, (asked,))
    found = {row[0] for row in cursor.fetchall()}
    if new := [name for name in asked if name not in found]:
        cursor.execute(_LOCK_NEW, (new,))
        cursor.execute(_LOCK, (new,))  # whoever held the name may have opened the wallet


def _numbers(driver: Driver, table: Numbered, count: int) -> Sequence[int]:
    cursor = driver.connection.cursor()
    cursor.execute(
        "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", (f"{table}_number", count)
    )
    return [row[0] for row in cursor.fetchall()]


def _is_listed(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def _of_pairs(
    name: str, first: ColumnElement[Any], second: ColumnElement[Any], *, second_leads: bool = False
) -> Select[Any]:
    """Select rows by pairs, each with a question of its own that both columns' index answers.

    In a join, a planner that knows nothing of a table yet takes one column to be as good as two.
    Where another index begins with the first column, it would take that one to be as good: so the
    first row from the pair on is asked for, which only the right index knows without sorting.
    """
    pair = func.json_array_elements(cast(bindparam(name, type_=Text), JSON)).column_valued("pair")
    asked = select(
        cast(pair.op("->>")(literal_column("0")), first.type).label("first"),
        cast(pair.op("->>")(literal_column("1")), second.type).label("second"),
    ).subquery("asked")
    rows = select(first.table).where(second == asked.c.second)
    if second_leads:
        nearest = rows.where(first >= asked.c.first).order_by(first).limit(literal_column("1"))
        found = nearest.lateral("found")
        is_asked = found.c[str(first.key)] == asked.c.first
    else:
        same = rows.where(first == asked.c.first)
        found = same.offset(literal_column("0")).lateral("found")
        is_asked = true()
    return select(*found.c).select_from(asked.join(found, is_asked))


def _as_list(values: Iterable[Any]) -> str:
    return array_of(tuple(values))


def _as_pairs(pairs: Iterable[tuple[int, Any]]) -> str:
    return json.dumps(list(pairs))


_CONTENDED: Final = "other writers were in the way; nothing was written, try again"
_FAULTS: Final[dict[str, tuple[type[Exception], str]]] = {
    "40001": (LedgerContended, _CONTENDED),
    "40P01": (LedgerContended, _CONTENDED),
    "55P03": (LedgerBusy, "another writer kept a wallet for too long; nothing was written"),
    "57014": (LedgerBusy, "the database took too long; nothing was written, try again"),
    "25P03": (LedgerBusy, "the session was idle for too long; nothing was written, try again"),
    "53100": (LedgerFull, "the disk is full; nothing was written"),
    "53300": (LedgerBusy, "the server has no connection left; nothing was written, try again"),
    "25006": (LedgerReadOnly, "the ledger may not be written here"),
    "42501": (LedgerReadOnly, "this user may not do that in the ledger"),
    "25P02": (LedgerFault, "a write failed in this session: nothing of it is kept"),
    "P0001": (LedgerFault, "the database refused it; nothing was written"),
}
_CLASSES: Final[dict[str, tuple[type[Exception], str]]] = {
    "22": (LedgerFault, "the database cannot hold this; nothing was written"),
    "23": (LedgerFault, "the database refused it; nothing was written"),
}


def fault_of(error: Exception) -> Exception:
    """Say what an error of the driver means for the ledger."""
    code = getattr(error, "sqlstate", None) or ""
    found = _FAULTS.get(code) or _CLASSES.get(code[:2])
    if found is not None:
        fault, sentence = found
    elif getattr(error, "pgconn", None) is not None:  # it never was a connection
        fault, sentence = _unconnected(str(error))
    elif isinstance(error, psycopg.OperationalError):
        fault, sentence = (
            OutcomeUnknown,
            (
                "the connection to the server was lost, and what was asked may have been written; "
                "ask again with the same keys"
            ),
        )
    else:
        fault, sentence = StoreFault, "PostgreSQL failed; nothing was written"
    told = str(error).strip().replace("\n", " ")
    return fault(f"{sentence} ({told})")


def _unconnected(told: str) -> tuple[type[Exception], str]:
    """Say why there was no connection; the driver has no code for it, only the server's words."""
    if "too many connections" in told or "too many clients" in told or "connection slots" in told:
        return _FAULTS["53300"]
    if "FATAL:" in told:
        return StoreFault, "the ledger's server refused the connection; nothing was written"
    return StoreFault, "the ledger's server does not answer; nothing was written"


def _damage(_driver: Driver) -> Iterator[str]:
    """Give nothing: the server checks its pages itself as it reads them."""
    return iter(())


@contextmanager
def _any_text(_driver: Driver) -> Iterator[None]:
    """Do nothing: the server keeps no text that is not UTF-8."""
    yield


@contextmanager
def _guards_off(driver: Driver) -> Iterator[None]:
    """Take the triggers away until the end of a block; both happen in the current transaction."""
    # Every writer begins with a row of this table: so those under way end first, and no other one
    # reads what is about to change, or has one of the tables that are needed next.
    driver.run("LOCK TABLE wallet IN EXCLUSIVE MODE")
    triggers = driver.ask(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND starts_with(tgname, 'guard_') ORDER BY 1, 2"
    )
    for table, name in triggers:
        driver.run(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
    yield
    for table, name in triggers:
        driver.run(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{name}"')


DIALECT: Final = Dialect(
    name="PostgreSQL",
    core=PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
    driver=PostgresDriver,
    engine_of=engine_of,
    begin_writing="BEGIN ISOLATION LEVEL READ COMMITTED",
    begin_reading="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    writes_one_by_one=False,
    is_set_up=_is_set_up,
    set_up=_set_up,
    queue_creation=_queue_creation,
    finish_creation=_finish_creation,
    hold_wallets=_hold_wallets,
    numbers=_numbers,
    insert_rows=insert_rows,
    change_rows=change_rows,
    is_listed=_is_listed,
    of_pairs=_of_pairs,
    as_list=_as_list,
    as_pairs=_as_pairs,
    driver_errors=(psycopg.Error,),
    fault_of=fault_of,
    checkpoint=None,
    commit_fault_of=fault_of,
    damage=_damage,
    any_text=_any_text,
    guards_off=_guards_off,
)

SERIALIZABLE: Final = replace(DIALECT, begin_writing="BEGIN ISOLATION LEVEL SERIALIZABLE")
"""The strictest lane, slower: what READ COMMITTED with locks leads to must be the same."""
