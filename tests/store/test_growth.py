"""What is asked of a long ledger costs what it costs of a short one: counted, not timed."""

from collections.abc import Callable
from typing import Any

import pytest

from policyengine.store import sessions
from policyengine.store.sessions import ReadSession
from policyengine.store.store import LedgerStore
from store.growth import FAR, crowd, lengthen
from store.ledgers import CREDIT, START, Scribe, save
from store.servers import Server
from store.test_plans import ROWS_READ

DUE = 20
INSTRUCTIONS_MORE = 1.1


def ledger(store: LedgerStore) -> Scribe:
    """Give a wallet whose last transaction is a charge."""
    scribe = Scribe("ana")
    scribe.grant(1_000 * CREDIT)
    scribe.charge(1, conversation_id="talk")
    save(store, scribe)
    return scribe


def instructions(store: LedgerStore, ask: Callable[[ReadSession], object]) -> int:
    """Count what SQLite executes for a question; the first time it is compiled as well."""
    count = 0

    def counted() -> None:
        nonlocal count
        count += 1

    for _ in range(2):
        with store.reading() as session:
            connection: Any = session.driver.connection
            count = 0
            connection.set_progress_handler(counted, 1)
            ask(session)
            connection.set_progress_handler(None, 0)
    return count


def due(session: ReadSession) -> list[str]:
    found = session.due_wallets(START, DUE + 1)
    assert len(found) == DUE
    return found


def test_the_sweeper_finds_due_wallets_among_a_hundred_times_as_many() -> None:
    counts = []
    for wallets in (2 * DUE, 200 * DUE):
        with LedgerStore.open("sqlite://") as store:
            ledger(store)
            crowd(store, wallets, DUE, START)
            counts.append(instructions(store, due))
    assert counts[1] < counts[0] * INSTRUCTIONS_MORE
    assert counts[0] > DUE


def test_a_server_finds_due_wallets_by_their_index(server: Server, empty_database: str) -> None:
    name = server.new_database(empty_database)
    with LedgerStore.open(server.url(name)) as store:
        ledger(store)
        crowd(store, 100 * DUE, DUE, START)
        with store.reading() as session:
            assert len(due(session)) == DUE
            asked = session.statements.of(sessions._DUE)
            values = [{"now": START, "limit": DUE + 1}[each] for each in asked.names]
            explain = f"EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) {asked.text}"
            plan = session.driver.connection.execute(explain, values).fetchall()
    server.drop(name)
    read = [row[0] for row in plan if "Index Scan using wallet_due" in row[0]]
    assert len(read) == 1
    assert f"rows={DUE}" in read[0]


def test_a_server_reads_no_row_to_find_that_nobody_has_older_terms(
    server: Server, empty_database: str
) -> None:
    name = server.new_database(empty_database)
    with LedgerStore.open(server.url(name)) as store:
        scribe = ledger(store)
        scribe.subscribe()
        save(store, scribe, forget=False)
        crowd(store, 100 * DUE, DUE, START)
        with store.reading() as session:
            last = session.driver.ask("SELECT max(id) FROM wallet")[0][0]
            (before,) = session.driver.ask(ROWS_READ)[0]
            assert session.subscribers(scribe.book.policy, 0, 0) == []
            assert session.subscribers(scribe.book.policy, 1, last) == []
            (after,) = session.driver.ask(ROWS_READ)[0]
            assert len(session.subscribers(scribe.book.policy, 1, last - DUE)) == DUE
            (then,) = session.driver.ask(ROWS_READ)[0]
    server.drop(name)
    assert after - before == 0
    assert then - after == DUE


def test_a_server_finds_an_earlier_balance_in_a_few_looks(
    server: Server, empty_database: str
) -> None:
    name = server.new_database(empty_database)
    with LedgerStore.open(server.url(name)) as store:
        scribe = ledger(store)
        lengthen(store, "ana", 2_000, 10)
        with store.reading() as session:
            (before,) = session.driver.ask(ROWS_READ)[0]
            found = session.balance_at("ana", scribe.at + 1_000)
            (after,) = session.driver.ask(ROWS_READ)[0]
    server.drop(name)
    assert found is not None
    assert found.seq == scribe.book.seq + 1_000
    assert after - before < 40


@pytest.mark.parametrize(
    ("ask", "more"),
    [
        (lambda session: session.books(["ana"]), INSTRUCTIONS_MORE),
        (lambda session: session.transactions("ana", limit=1), INSTRUCTIONS_MORE),
        (lambda session: session.answered([("ana", "again-7")]), INSTRUCTIONS_MORE),
        # The entry is found by halving: 12 looks instead of 3.
        (lambda session: session.balance_at("ana", FAR), 5),
    ],
    ids=["book", "page", "key", "balance then"],
)
def test_a_wallet_with_a_thousand_times_the_history_answers_as_fast(
    ask: Callable[[ReadSession], object], more: float
) -> None:
    counts = []
    for charges, lots in ((8, 2), (8_000, 2_000)):
        with LedgerStore.open("sqlite://") as store:
            ledger(store)
            lengthen(store, "ana", charges, lots)
            store._shelf = type(store._shelf)(room_max=0)
            counts.append(instructions(store, ask))
    assert counts[1] < counts[0] * more
    assert counts[0] > 10
