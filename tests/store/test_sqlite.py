"""Rows that are inserted many at a time are those, in that order, that one at a time would be."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from policyengine.store.driver import Statement
from policyengine.store.sqlite import SqliteDriver

INSERT = Statement("INSERT INTO kept (number, name) VALUES (?, ?)", ("number", "name"), {})


@pytest.fixture
def driver() -> Iterator[SqliteDriver]:
    """A table whose guard wants each row to follow the one before it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript("""
            CREATE TABLE kept (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
            CREATE TRIGGER follows BEFORE INSERT ON kept
              WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM kept)
            BEGIN SELECT RAISE(ABORT, 'it does not follow'); END;
        """)
        yield SqliteDriver(connection)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 63, 64, 65, 72, 127, 128, 300])
def test_as_many_rows_as_are_given_come_in_their_order(driver: SqliteDriver, count: int) -> None:
    rows = [(number, f"n{number}") for number in range(1, count + 1)]
    assert driver.many(INSERT, rows) == count
    assert driver.ask("SELECT number, name FROM kept ORDER BY number") == rows


def test_a_guard_sees_each_row_after_those_before_it(driver: SqliteDriver) -> None:
    rows = [(number, "") for number in [*range(1, 40), 39, *range(41, 80)]]
    with pytest.raises(sqlite3.IntegrityError, match="it does not follow"):
        driver.many(INSERT, rows)


def test_other_statements_run_for_each_row(driver: SqliteDriver) -> None:
    driver.many(INSERT, [(number, "") for number in range(1, 101)])
    change = Statement("UPDATE kept SET name = ? WHERE number = ?", ("name", "number"), {})
    assert driver.many(change, [(f"n{number}", number) for number in range(51, 151)]) == 50
    assert driver.ask("SELECT count(*) FROM kept WHERE name = 'n' || number") == [(50,)]
