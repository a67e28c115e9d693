"""Statements compiled once, and the driver connection that runs them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.expression import ClauseElement

Row: TypeAlias = Sequence[Any]

FETCHED_AT_ONCE: int = 512
"""How many rows of a long answer are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text for a driver, and the names of its parameters in the order of their places.

    `fixed` are parameters that SQLAlchemy adds and fills itself, such as an `OFFSET` of 0.
    """

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]


def compiled(statement: Executable, dialect: Dialect, names: Iterable[str] = ()) -> Statement:
    """Compile a Core statement for a driver with positional parameters.

    Takes: the columns of an insert or update, where they are not in the statement itself.
    """
    assert isinstance(statement, ClauseElement)  # noqa: S101  # every Core statement is one
    keys = list(names) or None
    done = statement.compile(dialect=dialect, column_keys=keys)
    places = tuple(getattr(done, "positiontup", None) or ())
    fixed = {name: value for name, value in done.params.items() if value is not None}
    return Statement(str(done), places, fixed)


class Driver:
    """Runs statements on one connection of the driver, past SQLAlchemy's execution layer.

    That layer costs as much as a charge does: 30 to 80 microseconds for each statement.
    """

    __slots__ = ("connection",)

    def __init__(self, connection: Any) -> None:
        """Take a connection; its transactions are begun and ended by the caller."""
        self.connection: Any = connection

    def each(self, statement: Statement, **values: Any) -> Iterator[Row]:
        """Give rows one by one; no more than `FETCHED_AT_ONCE` are in memory."""
        cursor = self._cursor(statement, values)
        try:
            while rows := cursor.fetchmany(FETCHED_AT_ONCE):
                yield from rows
        finally:
            cursor.close()

    def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """Give all rows of a short answer."""
        return self._cursor(statement, values).fetchall()

    def one(self, statement: Statement, **values: Any) -> Row | None:
        """Give the first row, or None."""
        cursor = self._cursor(statement, values)
        try:
            row: Row | None = cursor.fetchone()
        finally:
            cursor.close()
        return row

    def do(self, statement: Statement, **values: Any) -> None:
        """Run a statement that has no answer."""
        self._cursor(statement, values).close()

    def many(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Run a statement once for each row of parameters; gives how many rows it changed."""
        if not rows:
            return 0
        cursor = self.connection.cursor()
        cursor.executemany(statement.text, rows)
        return int(cursor.rowcount)

    def all(self, asked: Sequence[tuple[Statement, Sequence[Row]]]) -> list[int]:
        """Run statements in order, as `many` does; gives how many rows each changed."""
        return [self.many(statement, rows) for statement, rows in asked]

    def run(self, text: str) -> None:
        """Run a command that has neither parameters nor an answer."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(text)
        finally:
            cursor.close()

    def ask(self, text: str) -> Sequence[Row]:
        """Give the answer to a command without parameters."""
        cursor: DBAPICursor = self.connection.cursor()
        cursor.execute(text)
        return cursor.fetchall()

    def _cursor(self, statement: Statement, values: dict[str, Any]) -> DBAPICursor:
        cursor: DBAPICursor = self.connection.cursor()
        if statement.fixed:
            values = {**statement.fixed, **values}
        cursor.execute(statement.text, [values[name] for name in statement.names])
        return cursor
