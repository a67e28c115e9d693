"""Every statement finds its rows by an index, and a charge costs the same after a long history."""

import sqlite3
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from typing import Any, Final

import pytest
from sqlalchemy import Executable

from policyengine.store import comparing, fold, history, policies, rebuild, sessions, verify
from policyengine.store.driver import Statement
from policyengine.store.sqlite import DIALECT
from policyengine.store.statements import Statements
from policyengine.store.store import LedgerStore
from store.ledgers import CREDIT, Scribe, save, wander

WHOLE_TABLES: Final = {
    # Each reads what it is for, all of it, in the order in which it is stored.
    "ALL_WALLETS", "_POLICIES", "_LEDGERS", "_WITHOUT_WALLET", "_WITHOUT_TXN", "_NUMBERED",
    "_FORGET_STRAYS",
    # The one row of the ledger.
    "SEAL", "seal_policies",
    # A parent's new row might mend a broken reference of its children: they are looked through
    # only while one is broken, which the count of instructions below shows.
    "insert_lot", "insert_policy",
    # A lot that comes from no transaction is deleted once in a rebuild.
    "take lot",
    # Newest first until there are enough; most transactions are charges.
    "_CHARGES",
}  # fmt: skip
NO_TABLES: Final = ("json_each", "anon_", "look", "CONSTANT ROW")
"""Lists in parameters, and the steps of a search."""


def declared(statements: Statements) -> Iterator[tuple[str, Statement]]:
    """Give every statement of the store, by the name it has in its module."""
    for name, value in vars(Statements).items():
        if isinstance(value, cached_property):
            yield name, getattr(statements, name)
    for flags in product((False, True), repeat=3):
        page = statements.page(in_conversation=flags[0], of_kinds=flags[1], oldest_first=flags[2])
        yield f"page {flags}", page
    for module in (comparing, fold, history, policies, rebuild, sessions, verify):
        for name, value in vars(module).items():
            listed = value if isinstance(value, dict) else {"": value}
            for key, each in listed.items():
                if isinstance(each, Executable):
                    yield f"{name} {key}".strip(), statements.of(each)
    for table in comparing.PROJECTED:
        yield f"put_again {table.name}", statements.put_again(table)
        yield f"take {table.name}", statements.take(table)


DECLARED: Final = list(declared(Statements(DIALECT)))


@pytest.fixture(scope="module")
def planner() -> Iterator[sqlite3.Connection]:
    """A ledger with some history, so that tables are not empty when plans are made."""
    with LedgerStore.open("sqlite://") as store:
        save(store, *[wander(f"w{number}", number, 15) for number in range(60)])
        with store.reading() as session:
            yield session.driver.connection


def plan(connection: sqlite3.Connection, statement: Statement) -> list[str]:
    values = [statement.fixed.get(name, "[]") for name in statement.names]
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement.text}", values).fetchall()
    return [str(row[3]) for row in rows]


def test_every_module_of_the_store_is_looked_at() -> None:
    names = {part for name, _ in DECLARED for part in (name, name.split()[0])}
    assert names >= WHOLE_TABLES | {"wallets", "_DUE", "_OF_WALLET", "_CONVERSATIONS", "BY_REF"}
    assert len(DECLARED) > 55


@pytest.mark.parametrize(("name", "statement"), DECLARED)
def test_a_statement_reads_no_more_than_it_needs(
    planner: sqlite3.Connection, name: str, statement: Statement
) -> None:
    scans = [
        step
        for step in plan(planner, statement)
        if step.startswith("SCAN") and not step.removeprefix("SCAN ").startswith(NO_TABLES)
    ]
    assert bool(scans) == bool({name, name.split(maxsplit=1)[0]} & WHOLE_TABLES), scans


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("wallets", "USING INDEX sqlite_autoindex_wallet_1 (wallet_id=?)"),
        ("open_lots", "SEARCH lot USING INDEX lot_open (wallet=?)"),
        ("by_key", "(key=? AND wallet=?)"),
        ("by_seq", "(wallet=? AND seq=?)"),
        ("corrections", "USING INDEX txn_parent (wallet=? AND parent_seq=?)"),
        ("moves", "SEARCH move USING PRIMARY KEY (txn=?)"),
        ("lots", "SEARCH lot USING PRIMARY KEY (wallet=? AND lot_no=?)"),
        ("_DUE", "USING INDEX wallet_due (due_at<?)"),
        ("_ON_TERMS", "USING INDEX wallet_terms (policy=? AND plan_version=? AND id>?)"),
        ("_OF_CONVERSATION", "USING INDEX txn_conversation (wallet=? AND conversation_id=?)"),
        ("_CHARGES_OF_MODEL", "USING INDEX txn_model (model=?)"),
        ("_OPEN_CASES", "USING INDEX txn_case (id>?)"),
        (
            "page (True, False, False)",
            "(wallet=? AND conversation_id=? AND seq<?)",
        ),
        ("page (False, False, True)", "(wallet=? AND seq>?)"),
    ],
)
def test_a_hot_statement_uses_its_own_index(
    planner: sqlite3.Connection, name: str, index: str
) -> None:
    statement = dict(DECLARED)[name]
    steps = plan(planner, statement)
    covering = index.replace("USING INDEX", "USING COVERING INDEX")
    assert any(index in step or covering in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def instructions_of(verb: str, past: int) -> int:
    """Count what the database executes for one charge or grant after some past ones of each."""
    count = 0

    def counted() -> None:
        nonlocal count
        count += 1

    scribe = Scribe("ana")
    for _ in range(past):
        scribe.grant(2 * CREDIT)
        scribe.charge(2 * CREDIT, conversation_id="talk")
    scribe.grant(100 * CREDIT)
    with LedgerStore.open("sqlite://") as store:
        save(store, scribe)
        for _ in range(2):  # the first one compiles and looks up the policy
            with store.writing() as session:
                connection: Any = session.driver.connection
                count = 0
                connection.set_progress_handler(counted, 1)
                session.books(["ana"])
                session.answered([("ana", "new")])
                if verb == "charge":
                    scribe.charge(1, conversation_id="talk")
                else:
                    scribe.grant(1)
                session.write([scribe.entry()])
                connection.set_progress_handler(None, 0)
    return count


@pytest.mark.parametrize("verb", ["charge", "grant"])
def test_a_write_costs_the_same_after_a_hundred_times_the_history(verb: str) -> None:
    short, long = instructions_of(verb, 15), instructions_of(verb, 1_500)
    assert short > 300
    assert long < short * 1.1


def test_stores_that_are_opened_again_compile_nothing_again() -> None:
    with (
        LedgerStore.open("sqlite://") as one,
        LedgerStore.open("sqlite://") as other,
        one.reading() as first,
        other.reading() as second,
    ):
        assert first.statements is second.statements
