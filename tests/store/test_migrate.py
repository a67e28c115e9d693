"""The migrations lead to the tables that the code declares, once, and only where they may."""

import os
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, insert
from sqlalchemy.pool import NullPool

from policyengine.store import migrate
from policyengine.store.faults import LedgerTooNew, NotALedger
from policyengine.store.migrate import HEAD, alembic_config, upgrade_tables
from policyengine.store.policies import policy_genesis
from policyengine.store.sqlite import APPLICATION_ID
from policyengine.store.store import LedgerStore
from policyengine.store.tables import LEDGER, METADATA
from policyengine.store.verify import verify
from store.ledgers import START, Scribe, save

_SCHEMA = """
    SELECT name, sql FROM sqlite_master
    WHERE sql IS NOT NULL AND type IN ('table', 'index')
      AND name <> 'alembic_version' AND name NOT LIKE 'sqlite_%'
"""


def file_connection(path: Path) -> Connection:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool).connect()


def test_the_migrated_tables_are_the_declared_ones_word_for_word(empty_file: Path) -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as declared, file_connection(empty_file) as migrated:
        expected = {name: sql.split() for name, sql in declared.exec_driver_sql(_SCHEMA)}
        found = {name: sql.split() for name, sql in migrated.exec_driver_sql(_SCHEMA)}
    engine.dispose()
    assert len(expected) == 16
    assert found == expected


def test_alembic_itself_finds_no_difference(empty_file: Path) -> None:
    with file_connection(empty_file) as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []


def test_the_head_is_alembics_and_each_step_follows_one() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    steps = list(script.walk_revisions())
    assert script.get_heads() == [HEAD]
    assert [step.down_revision for step in steps] == [*[step.revision for step in steps[1:]], None]


def test_a_step_is_never_taken_back() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    for step in script.walk_revisions():
        with pytest.raises(NotImplementedError, match="restore a backup"):
            step.module.downgrade()


def test_a_new_ledger_says_what_it_is(empty_file: Path) -> None:
    with sqlite3.connect(empty_file) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        ((number, name, policies),) = connection.execute(
            "SELECT id, ledger_id, policies FROM ledger"
        ).fetchall()
    connection.close()
    assert (number, len(name), policies) == (1, 32, 0)


def test_two_ledgers_have_two_names(tmp_path: Path) -> None:
    names = set()
    for file in ("a.db", "b.db"):
        with LedgerStore.open(f"sqlite:///{tmp_path / file}") as store, store.reading() as session:
            names.add(session.driver.ask("SELECT ledger_id FROM ledger")[0])
    assert len(names) == 2


def test_an_older_ledger_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    from alembic import command  # noqa: PLC0415  # as slow here as it is for the store

    with file_connection(path) as connection:
        command.upgrade(alembic_config(connection), "0001")
        row = {
            "id": 1,
            "ledger_id": "a" * 32,
            "created_at": START,
            "policies": 0,
            "policies_hash": policy_genesis("a" * 32, START),
        }
        connection.execute(insert(LEDGER), row)
        connection.commit()
    scribe = Scribe("ana")
    scribe.grant(5)
    with LedgerStore.open(f"sqlite:///{path}") as store:
        save(store, scribe)
        with store.reading() as session:
            assert verify(session).is_sound


def test_a_ledger_that_is_up_to_date_is_left_alone(
    empty_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = empty_file.read_bytes()
    monkeypatch.setattr(migrate, "alembic_config", None)  # to use it would fail
    LedgerStore.open(f"sqlite:///{empty_file}", create=False).close()
    assert empty_file.read_bytes() == before


def test_a_newer_ledger_is_refused_and_left_alone(empty_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    path.write_bytes(empty_file.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LedgerTooNew, match="at step `0099`, which this version does not know"):
        LedgerStore.open(f"sqlite:///{path}")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE TABLE invoice (id INTEGER)", "tables of something else (`invoice`)"),
        ("CREATE TABLE txn (id INTEGER)", "tables of something else (`txn`)"),
    ],
)
def test_a_database_of_something_else_is_refused_and_left_alone(
    tmp_path: Path, statement: str, message: str
) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NotALedger) as caught:
        LedgerStore.open(f"sqlite:///{path}")
    assert message in str(caught.value)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["other.db"]  # noqa: PTH208  # names, not paths


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM alembic_version", "INSERT INTO alembic_version VALUES ('0001')"],
)
def test_a_ledger_that_has_lost_its_version_is_refused(
    empty_file: Path, tmp_path: Path, statement: str
) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(empty_file.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(NotALedger, match="its version is not noted once"):
        LedgerStore.open(f"sqlite:///{path}")


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"

    def upgrade_and_fail(connection: Connection, revision: str | None) -> None:
        upgrade_tables(connection, revision)
        raise KeyboardInterrupt

    monkeypatch.setattr("policyengine.store.creation.upgrade_tables", upgrade_and_fail)
    with pytest.raises(KeyboardInterrupt):
        LedgerStore.open(f"sqlite:///{path}")
    monkeypatch.undo()
    with file_connection(path) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
    with LedgerStore.open(f"sqlite:///{path}") as store:
        save(store, Scribe("ana"))
