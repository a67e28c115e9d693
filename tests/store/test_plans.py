"""PostgreSQL's plans rest on the indexes alone: those made while tables are empty stay right."""

from collections.abc import Iterator

import pytest

from policyengine.store import postgres
from policyengine.store.driver import Statement
from policyengine.store.statements import Statements
from policyengine.store.store import LedgerStore
from store.ledgers import CREDIT, Scribe, save
from store.servers import Server
from store.test_statements import WHOLE_TABLES, declared

DECLARED = list(declared(Statements(postgres.DIALECT)))
ROWS_READ = (
    "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint"
    " FROM pg_stat_xact_user_tables"
)


@pytest.fixture
def empty(server: Server, empty_database: str) -> Iterator[LedgerStore]:
    """A ledger of which the server has no figures yet."""
    name = server.new_database(empty_database)
    with LedgerStore.open(server.url(name)) as store:
        yield store
    server.drop(name)


def plan(store: LedgerStore, statement: Statement) -> str:
    text = statement.text
    for place in range(1, len(statement.names) + 1):
        text = text.replace("%s", f"${place}", 1)
    with store.reading() as session:
        rows = session.driver.ask(f"EXPLAIN (GENERIC_PLAN, COSTS off) {text}")
    return "\n".join(row[0] for row in rows)


def test_no_statement_reads_a_whole_table_because_it_is_small(empty: LedgerStore) -> None:
    plans = {name: plan(empty, statement) for name, statement in DECLARED}
    whole = {
        name
        for name, found in plans.items()
        if "Seq Scan" in found and not {name, name.split(maxsplit=1)[0]} & WHOLE_TABLES
    }
    assert len(plans) > 55
    assert whole == set()


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("wallets", "Index Cond: (wallet_id = ANY ($1))"),
        ("open_lots", "Index Scan using lot_open on lot Index Cond: (wallet = ANY ($1))"),
        ("by_key", "(key = (pair.value ->> 1)) AND (wallet >= ((pair.value ->> 0))::bigint))"),
        ("by_seq", "((wallet = ((pair.value ->> 0))::bigint) AND (seq = "),
        ("corrections", "AND (parent_seq = ((pair.value ->> 1))::bigint))"),
        ("moves", "Index Cond: (txn = ANY ($1))"),
        ("lots", "AND (lot_no = ((pair.value ->> 1))::bigint))"),
        ("update_pots", "((wallet = given.of_wallet) AND (lot_no = given.of_lot))"),
        ("update_wallet_hot", "Index Cond: (id = given.of_wallet)"),
        ("delete_hold_draws", "((wallet = given.of_wallet) AND (hold_seq = given.of_hold))"),
        ("_DUE", "Index Scan using wallet_due on wallet"),
        (
            "_ON_TERMS",
            "wallet_terms on wallet Index Cond: ((policy = ($1)::text) AND (plan_version = $2) AND",
        ),
    ],
)
def test_a_hot_statement_asks_an_index_for_the_whole_key(
    empty: LedgerStore, name: str, condition: str
) -> None:
    found = plan(empty, dict(DECLARED)[name])
    assert condition in " ".join(found.split()), found


def rows_read_by_a_charge(store: LedgerStore, scribe: Scribe) -> int:
    """Count the rows that the server reads for a charge, those of guards and references too."""
    scribe.charge(1, conversation_id="talk")
    with store.writing() as session:
        (before,) = session.driver.ask(ROWS_READ)[0]
        session.books(["ana"])
        session.answered([("ana", f"new-{scribe.book.seq}")])
        session.write([scribe.entry()])
        (after,) = session.driver.ask(ROWS_READ)[0]
    return int(after - before)


def test_a_charge_reads_as_many_rows_after_a_hundred_times_the_history(empty: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(10_000 * CREDIT)
    save(empty, scribe)
    # The driver prepares a statement after five times, and the server plans it for good after ten.
    short = [rows_read_by_a_charge(empty, scribe) for _ in range(16)][-1]
    for number in range(1_200):
        scribe.charge(1, conversation_id=f"talk-{number % 3}")
    save(empty, scribe, forget=False)
    assert rows_read_by_a_charge(empty, scribe) <= short
    assert 5 < short < 30
