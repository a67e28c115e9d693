"""Processes that die while they make or change a ledger's tables, for `test_upgrades.py`."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from alembic import command
from sqlalchemy import URL, Engine, Inspector, create_engine, event, inspect, text

from faults.auditing import audit, lost
from faults.hurting import agree, standing
from faults.running import die, forked, say, was_killed
from faults.story import policies, story
from policyengine.app.shell import Shell
from policyengine.store.dialect import Dialect
from policyengine.store.migrate import alembic_config
from policyengine.store.migrations import guards_0002_postgres, guards_0007_postgres
from policyengine.store.opening import dialect_of, step_of
from policyengine.store.place import place_of
from policyengine.store.store import LedgerStore


def brought_back(url: str, step: str) -> None:
    """Leave a ledger as an older version did: without what the steps after that one have added."""
    old = create_engine("sqlite://")
    new = dialect_of(place_of(url)).engine_of(place_of(url).url, 1_000)
    with old.begin() as connection:
        command.upgrade(alembic_config(connection), step)
        before = inspect(connection)
        tables = before.get_table_names()
        had = {(table, kind, name) for table in tables for kind, name in _parts(before, table)}
    with new.begin() as connection:
        after = inspect(connection)
        for table in tables:
            for kind, name in _parts(after, table):
                if (table, kind, name) not in had:
                    drop = "DROP INDEX" if kind == "index" else f"ALTER TABLE {table} DROP COLUMN"
                    connection.execute(text(f'{drop} "{name}"'))
        if dialect_of(place_of(url)).name == "PostgreSQL":
            for statement in _row_guards():
                connection.execute(text(statement))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{step}'"))  # noqa: S608  # a step's own number
    for each in (old, new):
        each.dispose()


def _row_guards() -> Iterator[str]:
    """Say: have the guards of step 0002 in the place of those of step 0007."""
    for statement in guards_0007_postgres.GUARDS:
        if made := re.match(r"CREATE TRIGGER (\w+) .* ON (\w+) ", statement):
            yield f"DROP TRIGGER {made[1]} ON {made[2]}"
    for statement in guards_0007_postgres.GUARDS:
        if gone := re.match(r"DROP TRIGGER (\w+) ON (\w+)", statement):
            (first,) = (
                each
                for each in guards_0002_postgres.GUARDS
                if re.match(rf"CREATE TRIGGER {gone[1]} .* ON {gone[2]} ", each)
            )
            yield first


def _parts(found: Inspector, table: str) -> Iterator[tuple[str, str]]:
    """Give the indexes and columns of a table, in the order in which they can be dropped."""
    for index in found.get_indexes(table):
        if index["name"] is not None and "duplicates_constraint" not in index:
            yield "index", index["name"]
    for column in found.get_columns(table):
        yield "column", column["name"]


def mortal(dialect: Dialect, number: int, moment: str) -> Dialect:
    """Give a dialect whose process dies around its n-th statement while tables are made."""
    left = count(number, -1)

    def engine_of(url: URL, patience_ms: int) -> Engine:
        engine = dialect.engine_of(url, patience_ms)

        @event.listens_for(engine, "before_cursor_execute")
        def _before(*_arguments: Any) -> None:
            _step("before")

        @event.listens_for(engine, "after_cursor_execute")
        def _after(*_arguments: Any) -> None:
            _step("after")

        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            _step("before")
            commit(connection)
            _step("after")

        engine.dialect.do_commit = do_commit  # type: ignore[assignment,method-assign]  # struck
        return engine

    def _step(now: str) -> None:
        if now == moment and next(left) == 1:
            die()

    return replace(dialect, engine_of=engine_of)


def die_at_each_step(url: str, step: str, moments: str) -> None:
    """Let one process after the other die on the way from a step to the latest one."""
    if step:
        with LedgerStore.open(url) as store:
            shell = Shell(store, policies())
            assert all(agree(each, shell.execute(each.commands)) for each in story())
            stood = standing(store)
        brought_back(url, step)
    dialect = dialect_of(place_of(url))
    for number in count(1):
        for moment in moments.split(","):
            hurt = mortal(dialect, number, moment)
            child = forked(lambda hurt=hurt: LedgerStore.open(url, dialect=hurt).close())  # type: ignore[misc]
            is_killed = was_killed(child)
            found = step_of(url)
            say(death=is_killed, step=found.step or "", is_latest=found.is_latest)
            assert is_killed or found.is_latest, "it failed by itself"
            if found.is_latest:
                break
        if found.is_latest:
            break
    with LedgerStore.open(url) as store:
        if step:
            assert standing(store) == stood
            answers = [answer for act in story() for answer in act.answers]
            say(audit=audit(store), lost=len(lost(store, answers)), acknowledged=len(answers))
            return
        shell = Shell(store, policies())
        assert all(agree(each, shell.execute(each.commands)) for each in story())
        say(audit=audit(store), lost=0, acknowledged=0)
