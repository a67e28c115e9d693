"""Rows that are written many at a time are those, in that order, that one at a time would be."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from policyengine.store.driver import Statement
from policyengine.store.sqlite import ROWS_AT_ONCE, SqliteDriver, _at_once
from policyengine.store.store import LedgerStore

UPDATE = Statement("UPDATE kept SET name=? WHERE kept.number = ?", ("name", "number"), {})
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


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 63, 64, 65, 72, 300])
def test_updates_change_the_rows_that_they_name_and_say_how_many(
    driver: SqliteDriver, count: int
) -> None:
    driver.many(INSERT, [(number, "") for number in range(1, 101)])
    named = range(51, 51 + count)
    assert driver.many(UPDATE, [(f"n{each}", each) for each in named]) == min(count, 50)
    found = driver.ask("SELECT number, name FROM kept WHERE name <> '' ORDER BY number")
    assert found == [(each, f"n{each}") for each in named if each <= 100]


def test_deletes_run_for_each_row(driver: SqliteDriver) -> None:
    driver.many(INSERT, [(number, "") for number in range(1, 101)])
    forget = Statement("DELETE FROM kept WHERE number = ?", ("number",), {})
    assert driver.many(forget, [(number,) for number in range(51, 151)]) == 50
    assert driver.ask("SELECT count(*) FROM kept") == [(50,)]


@pytest.mark.parametrize("rows", ROWS_AT_ONCE)
def test_an_update_of_many_rows_finds_each_by_its_key(store_file: LedgerStore, rows: int) -> None:
    with store_file.writing() as session:
        said, driver = session.statements, session.driver
        for statement in (
            said.update_pots,
            said.update_lot,
            said.update_wallet_hot,
            said.update_wallet,
        ):
            text = dict(_at_once(statement.text))[rows]
            values = [0] * (len(statement.names) * rows)
            plan = driver.connection.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
            steps = [step[-1] for step in plan]
            assert any(
                step.startswith(("SEARCH lot USING PR", "SEARCH wallet USING INT"))
                for step in steps
            ), steps
            assert not [step for step in steps if step.startswith(("SCAN lot", "SCAN wallet"))]
