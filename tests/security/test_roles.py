"""Roles of a server: the engine works whole as one that can do nothing but what it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg
import pytest

from cli.terminal import Terminal
from laws.histories import played, steps_of
from laws.rulebooks import rulebook_of, timeline_of
from policyengine.app.policies import Policies
from policyengine.app.shell import Shell
from policyengine.ledger.book import LedgerFault
from policyengine.store.faults import LedgerReadOnly, StoreFault
from policyengine.store.projections import HOLD, HOLD_DRAW, LOT, SERIES
from policyengine.store.rebuild import rebuild
from policyengine.store.roles import Rights, grant, grants
from policyengine.store.statements import LOT_STATE, WALLET_STATE
from policyengine.store.store import LedgerStore
from policyengine.store.tables import LEDGER, METADATA, MOVE, POLICY_VERSION, TXN, WALLET
from policyengine.store.verify import verify
from store.ledgers import CREDIT, Scribe, save, story
from store.servers import Server

KEPT = (LEDGER, POLICY_VERSION, WALLET, TXN, MOVE, LOT)
CHANGED = {
    "wallet": set(WALLET_STATE),
    "lot": set(LOT_STATE),
    "ledger": {"policies", "policies_hash"},
}
DDL = (
    "CREATE TABLE mine (id int)",
    "CREATE TEMP VIEW txn_view AS SELECT 1; CREATE SCHEMA mine",
    "CREATE TRIGGER t BEFORE INSERT ON txn FOR EACH ROW EXECUTE FUNCTION guard_refused()",
    "CREATE OR REPLACE FUNCTION guard_refused() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "ALTER TABLE txn DISABLE TRIGGER ALL",
    "ALTER TABLE txn DROP CONSTRAINT txn_is_sealed",
    "ALTER TABLE wallet ADD COLUMN x int",
    "DROP TABLE hold_draw",
    "DROP VIEW posting",
    "DROP FUNCTION guard_refused() CASCADE",
    "ALTER TABLE txn OWNER TO CURRENT_USER",
    "SELECT setval('txn_number', 1)",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
    "COPY txn TO PROGRAM 'cat'",
    "COPY txn TO '/tmp/txn.csv'",
    "INSERT INTO alembic_version VALUES ('9999')",
    "UPDATE alembic_version SET version_num = '9999'",
    "INSERT INTO ledger VALUES (2, repeat('x', 32), 0, 0, ''::bytea)",
)


@dataclass(frozen=True, slots=True)
class Home:
    """A ledger on a server that belongs to `postgres`, and a role beside it."""

    server: Server
    database: str
    role: str

    @property
    def url(self) -> str:
        return self.server.url(self.database, self.role)

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[Any]]:
        """Be the role, past the engine."""
        host, database = str(self.server.folder), self.database
        with psycopg.connect(
            host=host, user=self.role, dbname=database, autocommit=True
        ) as connection:
            yield connection

    def let_in(self, rights: Rights) -> None:
        grant(self.server.url(self.database), grants(self.role, rights))


@pytest.fixture
def home(server: Server, told_database: str) -> Iterator[Home]:
    database = server.new_database(told_database)
    role = f"role {database}"  # with a blank, so that it is quoted everywhere
    with server.connect(database) as connection:
        connection.execute(f'CREATE ROLE "{role}" LOGIN'.encode())
    yield Home(server, database, role)
    with server.connect(database) as connection:
        connection.execute(f'DROP OWNED BY "{role}"'.encode())
        connection.execute(f'DROP ROLE "{role}"'.encode())
    server.drop(database)


def refused(connection: psycopg.Connection[Any], statement: str) -> bool:
    """Tell whether the server refuses a statement for want of a right."""
    try:
        connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def forbidden_to_everybody() -> list[str]:
    statements = [f"TRUNCATE {table.name} CASCADE" for table in METADATA.sorted_tables]
    statements += [deleting(table.name) for table in KEPT]
    statements += [
        updating(table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name not in CHANGED.get(table.name, set())
    ]
    return [*statements, *DDL]


def forbidden_to_readers() -> list[str]:
    statements = [f"INSERT INTO {each.name} DEFAULT VALUES" for each in METADATA.sorted_tables]
    statements += [deleting(each.name) for each in (HOLD, HOLD_DRAW, SERIES)]
    statements += [updating(name, column) for name, all_ in CHANGED.items() for column in all_]
    return [*statements, "SELECT nextval('txn_number')", "SELECT * FROM wallet FOR UPDATE"]


def deleting(table: str) -> str:
    return f"DELETE FROM {table}"  # noqa: S608  # a name of ours


def updating(table: str, column: str) -> str:
    return f'UPDATE {table} SET "{column}" = "{column}"'  # noqa: S608  # names of ours


@pytest.mark.parametrize("seed", range(3))
def test_the_engine_works_whole_as_a_role_that_may_do_no_more(
    server: Server, empty_database: str, home: Home, seed: int
) -> None:
    chance = Random(seed)
    history = played(timeline_of(rulebook_of(chance)), steps_of(chance, 200))
    policies = Policies({history.timeline.name: history.timeline}, (), ())
    database = server.new_database(empty_database)
    grant(server.url(database), grants(home.role, "write"))
    with LedgerStore.open(server.url(database, home.role)) as store:
        answers = [each.transaction for each in Shell(store, policies).execute(history.commands)]
        assert answers == [each.answer for each in history.decisions]
        with store.reading() as session:
            assert verify(session).is_sound
    server.drop(database)


@pytest.mark.parametrize("rights", ["write", "read"])
def test_every_other_statement_is_refused(home: Home, rights: Rights, record_property: Any) -> None:
    home.let_in(rights)
    with home.connected() as connection:
        statements = forbidden_to_everybody()
        if rights == "read":
            statements += forbidden_to_readers()
        assert [each for each in statements if not refused(connection, each)] == []
    record_property("figure", f"roles: {len(statements)} statements refused to `{rights}`")


def test_what_a_writing_role_may_do_is_still_guarded(home: Home) -> None:
    """The rights are those of the tables; what makes sense is for the triggers."""
    home.let_in("write")
    with home.connected() as connection:
        for statement in (
            "UPDATE wallet SET available_micro = available_micro + 1",
            "UPDATE lot SET is_open = is_open",
            "DELETE FROM hold_draw",
            "UPDATE ledger SET policies = 9",
        ):
            with pytest.raises(psycopg.errors.RaiseException):
                connection.execute(statement.encode())


def test_a_reading_role_audits_and_is_told_why_it_cannot_write(home: Home) -> None:
    home.let_in("read")
    with LedgerStore.open(home.url, create=False) as store:
        with store.reading() as session:
            assert verify(session).is_sound
        with pytest.raises(LedgerReadOnly, match="this user may not do that"):
            save(store, story("eve"))


def test_a_role_that_was_let_in_can_be_cut_back(home: Home) -> None:
    home.let_in("write")
    home.let_in("read")
    with LedgerStore.open(home.url) as store, pytest.raises(LedgerReadOnly):
        save(store, story("eve"))


def test_a_writing_role_cannot_take_the_guards_away(home: Home) -> None:
    home.let_in("write")
    with (
        LedgerStore.open(home.url) as store,
        pytest.raises((LedgerReadOnly, LedgerFault), match="may not do that in the ledger"),
        store.writing() as session,
    ):
        rebuild(session)


def test_a_role_without_rights_gets_nothing(home: Home) -> None:
    with pytest.raises(LedgerReadOnly, match="may not do that"):
        LedgerStore.open(home.url)


def test_the_command_grants_what_it_prints(terminal: Terminal, server: Server, home: Home) -> None:
    there = f"--db {server.url(home.database)}"
    printed = terminal.run(f"db grant --role '{home.role}' --dry-run {there}")
    assert printed.out.splitlines() == [f"{each};" for each in grants(home.role, "write")]
    with pytest.raises(LedgerReadOnly):
        LedgerStore.open(home.url)
    done = terminal.run(f"db grant --role '{home.role}' {there}")
    assert (done.code, done.out) == (
        0,
        f"✓ {home.role} may write the ledger as the engine does, and nothing else\n",
    )
    scribe = Scribe("eve")
    scribe.grant(CREDIT)
    with LedgerStore.open(home.url) as store:
        save(store, scribe)


def test_a_role_that_is_not_there_is_named(terminal: Terminal, server: Server, home: Home) -> None:
    answer = terminal.run(f"db grant --role nobody --db {server.url(home.database)}")
    assert answer.code == 2
    assert 'role "nobody" does not exist' in answer.err


def test_a_file_has_no_roles(terminal: Terminal) -> None:
    terminal.run("subscribe ana plus")
    answer = terminal.run("db grant --role app")
    assert (answer.code, "a ledger in a file has no roles" in answer.err) == (2, True)
    assert terminal.run("db grant").code == 2


def test_a_server_that_does_not_answer_is_said_to() -> None:
    with pytest.raises(StoreFault, match="does not answer"):
        grant("postgresql://u@127.0.0.1:1/db", grants("app", "read"))
