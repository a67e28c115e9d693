"""Behind the ledger's back: what a person with a client of the database could do to it."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore

_DIALECT: Final = (
    (re.compile(r"x'([0-9a-f]*)'"), r"'\\x\1'::bytea"),
    (re.compile(r"zeroblob\(32\)"), "decode(repeat('00', 32), 'hex')"),
    (re.compile(r"printf\('%0(\d+)d', 1\)"), r"lpad('1', \1, '0')"),
    (re.compile(r"\?"), "%s"),
)
"""SQLite's ways of saying what PostgreSQL says in others."""


class RefusedByDatabaseError(Exception):
    """The database itself does not let it happen."""


class Behind:
    """A connection of a ledger's database, in a transaction that is undone."""

    def __init__(self, session: WriteSession) -> None:
        self.session = session
        self.connection: Any = session.driver.connection
        self.is_server = not isinstance(self.connection, sqlite3.Connection)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement; on a refusal, all before it still stands."""
        if not self.is_server:
            try:
                return self.connection.execute(statement, values)
            except sqlite3.IntegrityError as error:
                raise RefusedByDatabaseError(str(error)) from error
        for pattern, words in _DIALECT:
            statement = pattern.sub(words, statement)
        self.connection.execute("SAVEPOINT tried")
        try:
            return self.connection.execute(statement, values)
        except (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.RaiseException) as error:
            self.connection.execute("ROLLBACK TO tried")
            raise RefusedByDatabaseError(str(error)) from error

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo what happens in a block."""
        self.connection.execute("SAVEPOINT undone")
        yield
        self.connection.execute("ROLLBACK TO undone")

    def undo(self) -> None:
        """Undo everything."""
        self.connection.rollback()
        self.connection.execute("BEGIN")

    def open_up(self) -> None:
        """Let anything be done to the ledger: no triggers, no constraints but for keys."""
        if not self.is_server:
            self.connection.rollback()
            self.connection.execute("PRAGMA foreign_keys = OFF")
            self.connection.execute("PRAGMA ignore_check_constraints = ON")
            self.connection.execute("BEGIN IMMEDIATE")
            for (name,) in self.connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                self.connection.execute(f'DROP TRIGGER "{name}"')
            return
        for table, name in self.connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'f') AND conrelid <> 0"
        ).fetchall():
            self.connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for table, name in self.connection.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        ).fetchall():
            self.connection.execute(f'DROP TRIGGER "{name}" ON {table}')


@contextmanager
def behind(store: LedgerStore) -> Iterator[Behind]:
    """Go behind a ledger's back, and undo at the end what was done."""
    with store.writing() as session:
        back = Behind(session)
        yield back
        back.undo()
