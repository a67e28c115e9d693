"""PostgreSQL keeps the ledger as SQLite does, for many writers at once."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy.engine import make_url

from policyengine.ledger.book import LedgerFault
from policyengine.store import postgres
from policyengine.store.faults import (
    LedgerBusy,
    LedgerContended,
    LedgerFull,
    LedgerReadOnly,
    NotALedger,
    OutcomeUnknown,
    StoreFault,
)
from policyengine.store.place import place_of
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.ledgers import CREDIT, Scribe, save, story, wander
from store.servers import Server


@pytest.fixture
def url(server: Server, empty_database: str) -> Iterator[str]:
    """An empty ledger's address."""
    name = server.new_database(empty_database)
    yield server.url(name)
    server.drop(name)


def other_session(url: str) -> psycopg.Connection[tuple[object, ...]]:
    parts = make_url(url)
    return psycopg.connect(
        host=str(parts.query["host"]), user=parts.username, dbname=parts.database, autocommit=True
    )


def charge(store: LedgerStore, wallet: str, amount: int, key: str) -> None:
    """Charge a wallet whatever others do to it meanwhile."""
    with store.writing() as session:
        own = Scribe(wallet)
        own.start = own.book = session.books([wallet])[wallet]
        own.charge(amount, key=key)
        session.write([own.entry()])


def granted(url: str, *wallets: str) -> None:
    with LedgerStore.open(url) as store:
        for name in wallets:
            scribe = Scribe(name)
            scribe.grant(CREDIT)
            save(store, scribe)


def run(*works: threading.Thread) -> None:
    for work in works:
        work.start()
    for work in works:
        work.join()


def test_a_database_is_made_a_ledger_only_if_asked(server: Server) -> None:
    name = server.new_database()
    with pytest.raises(NotALedger, match="is empty: there is no ledger in it"):
        LedgerStore.open(server.url(name), create=False)
    LedgerStore.open(server.url(name)).close()
    LedgerStore.open(server.url(name), create=False).close()
    server.drop(name)


def test_many_may_make_the_same_ledger_at_once(server: Server) -> None:
    name = server.new_database()
    failed: list[Exception] = []

    def make() -> None:
        try:
            LedgerStore.open(server.url(name)).close()
        except Exception as error:  # noqa: BLE001  # the test shows it
            failed.append(error)

    run(*(threading.Thread(target=make) for _ in range(6)))
    with LedgerStore.open(server.url(name)) as store, store.reading() as session:
        assert failed == []
        assert len(session.driver.ask("SELECT * FROM ledger")) == 1
    server.drop(name)


def test_a_database_of_something_else_is_left_alone(server: Server) -> None:
    name = server.new_database()
    with server.connect(name) as connection:
        connection.execute("CREATE TABLE orders (id int)")
    with pytest.raises(NotALedger, match="tables of something else"):
        LedgerStore.open(server.url(name))
    server.drop(name)


def test_a_commit_waits_for_the_disk_whatever_the_server_was_told(server: Server, url: str) -> None:
    database = make_url(url).database
    with server.connect() as connection:
        connection.execute(f"ALTER DATABASE {database} SET synchronous_commit = off".encode())
    with LedgerStore.open(url) as store, store.reading() as session:
        assert session.driver.ask("SHOW synchronous_commit") == [("on",)]


def test_writers_of_one_wallet_follow_each_other_and_of_others_do_not_wait(url: str) -> None:
    granted(url, "ana", "bob")
    with (
        LedgerStore.open(url, patience_ms=100) as store,
        store.writing() as session,
    ):
        session.books(["ana"])
        charge(store, "bob", 1, "k")
        with pytest.raises(LedgerBusy, match="kept a wallet for too long; nothing was written"):
            charge(store, "ana", 1, "k")


def test_no_charge_is_lost_or_doubled_by_threads_and_stores_at_once(url: str) -> None:
    granted(url, "ana", "bob")
    failed: list[Exception] = []
    stores = [LedgerStore.open(url) for _ in range(2)]

    def work(name: int) -> None:
        for number in range(15):
            try:
                charge(stores[name % 2], ("ana", "bob")[number % 2], 1, f"{name}-{number}")
            except Exception as error:  # noqa: BLE001  # the test shows it
                failed.append(error)

    run(*(threading.Thread(target=work, args=[name]) for name in range(6)))
    with stores[0].reading() as session:
        books = session.books(["ana", "bob"])
        assert failed == []
        assert [book.seq for book in books.values()] == [1 + 6 * 8, 1 + 6 * 7]
        assert [book.available_micro for book in books.values()] == [CREDIT - 48, CREDIT - 42]
        assert verify(session).is_sound
    for store in stores:
        store.close()


def test_a_wallet_is_opened_once_by_whoever_is_first(url: str) -> None:
    opened: list[int] = []
    with LedgerStore.open(url) as store:

        def first() -> None:
            with store.writing() as session:
                book = session.books(["ana"]).get("ana")
                own = Scribe("ana")
                if book is not None:
                    own.start = own.book = book
                opened.append(own.book.seq)
                own.grant(CREDIT)
                session.write([own.entry()])

        granted(url, "bob")  # the policy is remembered
        run(*(threading.Thread(target=first) for _ in range(8)))
        with store.reading() as session:
            assert sorted(opened) == list(range(8))
            assert verify(session).is_sound


def test_policies_that_two_remember_at_once_are_kept_once(url: str) -> None:
    failed: list[Exception] = []

    def work(name: str) -> None:
        try:
            granted(url, name)
        except Exception as error:  # noqa: BLE001  # the test shows it
            failed.append(error)

    run(*(threading.Thread(target=work, args=[name]) for name in ("ana", "bob", "cyd", "dee")))
    with LedgerStore.open(url) as store, store.reading() as session:
        assert failed == []
        assert verify(session).is_sound
        assert session.driver.ask("SELECT policies FROM ledger") == [(2,)]


def test_two_who_wait_for_each_other_are_told_to_try_again(url: str) -> None:
    granted(url, "ana", "bob")
    told: list[Exception] = []
    both = threading.Barrier(2)
    with LedgerStore.open(url) as store:

        def crossing(first: str, second: str) -> None:
            try:
                with store.writing() as session:
                    session.books([first])
                    both.wait(5)
                    session.books([second])
            except LedgerContended as error:
                told.append(error)

        run(
            threading.Thread(target=crossing, args=["ana", "bob"]),
            threading.Thread(target=crossing, args=["bob", "ana"]),
        )
    assert len(told) == 1
    assert "nothing was written, try again" in str(told[0])


def test_a_lost_connection_leaves_the_outcome_open_and_the_store_usable(url: str) -> None:
    granted(url, "ana")
    with LedgerStore.open(url) as store, other_session(url) as other:

        def cut_off() -> None:
            with store.writing() as session:
                (process,) = session.driver.ask("SELECT pg_backend_pid()")[0]
                other.execute("SELECT pg_terminate_backend(%s)", (process,))
                session.books(["ana"])

        with pytest.raises(OutcomeUnknown, match="ask again with the same keys"):
            cut_off()
        charge(store, "ana", 1, "again")
        with store.reading() as session:
            assert session.books(["ana"])["ana"].seq == 2


def test_the_strictest_lane_leads_to_the_same_ledger(server: Server, empty_database: str) -> None:
    kept = []
    for dialect in (postgres.DIALECT, postgres.SERIALIZABLE):
        name = server.new_database(empty_database)
        with LedgerStore.open(server.url(name), clock=lambda: 10**16, dialect=dialect) as store:
            save(store, story("ana"), wander("bob", 1, 12))
            with store.reading() as session:
                assert verify(session).is_sound
                kept.append(session.driver.ask("SELECT id, key, changes, hash FROM txn ORDER BY 1"))
        server.drop(name)
    assert kept[0] == kept[1]


def test_a_user_who_may_only_read_can_audit_and_is_told_why_it_cannot_write(
    server: Server, url: str
) -> None:
    granted(url, "ana")
    parts = make_url(url)
    assert parts.database is not None
    with server.connect(parts.database) as connection:
        connection.execute("DROP ROLE IF EXISTS auditor")
        connection.execute("CREATE ROLE auditor LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor")
    with LedgerStore.open(server.url(parts.database, "auditor"), create=False) as store:
        with store.reading() as session:
            assert verify(session).is_sound
        with pytest.raises(LedgerReadOnly, match="this user may not do that"):
            charge(store, "ana", 1, "k")
    with server.connect(parts.database) as connection:
        connection.execute("DROP OWNED BY auditor")
        connection.execute("DROP ROLE auditor")


def test_sessions_beyond_the_pool_wait_and_give_up_with_a_reason(url: str) -> None:
    with LedgerStore.open(url, patience_ms=50) as store:
        pooled = [store._engine.raw_connection() for _ in range(postgres.CONNECTIONS_MAX)]
        with pytest.raises(LedgerBusy, match="all connections to the ledger are in use"):
            charge(store, "ana", 1, "k")
        for each in pooled:
            each.close()


@pytest.mark.parametrize(
    ("address", "fault", "message"),
    [
        (
            "postgresql://postgres@/none?host={host}",
            StoreFault,
            'refused the connection; .* "none" does not exist',
        ),
        ("postgresql://nobody@/postgres?host={host}", StoreFault, 'role "nobody" does not exist'),
        ("postgresql://postgres@/x?host=/nowhere", StoreFault, "server does not answer"),
        ("postgresql+asyncpg://h/x", StoreFault, "spoken to by `psycopg` only"),
        ("postgresql://h/", StoreFault, "names no database"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_fault(
    server: Server, address: str, fault: type[Exception], message: str
) -> None:
    with pytest.raises(fault, match=message):
        LedgerStore.open(address.format(host=server.folder), patience_ms=100)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_texts_are_whole_whatever_encoding_a_role_is_set_to(
    server: Server, url: str, encoding: str
) -> None:
    with LedgerStore.open(url) as store, server.connect() as connection:
        database = store._engine.url.database
        connection.execute(f"CREATE ROLE old_{database} LOGIN SUPERUSER".encode())
        asked = f"ALTER ROLE old_{database} SET client_encoding = '{encoding}'"
        connection.execute(asked.encode())
        with LedgerStore.open(server.url(str(database), user=f"old_{database}")) as old:
            scribe = Scribe("ana")
            scribe.grant(5 * CREDIT)
            scribe.charge(CREDIT, conversation_id="\u6f22 \U0001f600")
            save(old, scribe)
            with old.reading() as session:
                entry = session.transactions("ana")[0]
                assert entry.transaction.conversation_id == "\u6f22 \U0001f600"
                assert verify(session).is_sound
        connection.execute(f"DROP ROLE old_{database}".encode())


def test_a_server_without_a_connection_left_is_busy(server: Server, url: str) -> None:
    with LedgerStore.open(url, patience_ms=500) as store, server.connect() as connection:
        database = store._engine.url.database
        connection.execute(f"CREATE ROLE late_{database} LOGIN".encode())
        connection.execute(f"ALTER DATABASE {database} CONNECTION LIMIT 0".encode())
        late = server.url(str(database), user=f"late_{database}")
        with pytest.raises(LedgerBusy, match="no connection left; nothing was written, try again"):
            LedgerStore.open(late, patience_ms=500)
        connection.execute(f"ALTER DATABASE {database} CONNECTION LIMIT -1".encode())
        connection.execute(f"DROP ROLE late_{database}".encode())


def test_a_password_is_never_shown() -> None:
    place = place_of("postgresql://ana:secret@host/ledger")
    assert (place.name, place.path) == ("`postgresql+psycopg://ana:***@host/ledger`", None)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("40001", LedgerContended),
        ("40P01", LedgerContended),
        ("55P03", LedgerBusy),
        ("53100", LedgerFull),
        ("25006", LedgerReadOnly),
        ("23505", LedgerFault),
        ("P0001", LedgerFault),
        ("22003", LedgerFault),
        ("42601", StoreFault),
    ],
)
def test_an_error_of_the_server_says_what_it_means(code: str, fault: type[Exception]) -> None:
    error = psycopg.errors.lookup(code)("as the server said")
    assert type(postgres.fault_of(error)) is fault
    assert "(as the server said)" in str(postgres.fault_of(error))


def test_long_answers_are_not_in_memory_at_once(url: str) -> None:
    with LedgerStore.open(url) as store, store.reading() as session:
        rows = session.driver.each(
            replace(session.statements.last_txn, text="SELECT generate_series(1, 10000000)")
        )
        assert [next(rows) for _ in range(3)] == [(1,), (2,), (3,)]
