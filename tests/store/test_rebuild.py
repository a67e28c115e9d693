"""Projections that were lost or altered come back from the transactions, exactly."""

# ruff: noqa: S608  # statements that damage a database are put together by hand

import threading
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from policyengine.ledger.book import LedgerFault
from policyengine.store.comparing import PROJECTED
from policyengine.store.rebuild import rebuild
from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore
from policyengine.store.tables import METADATA, WALLET
from policyengine.store.verify import verify
from store.behind import Behind
from store.ledgers import wander

ASKED = "SELECT rebuilds FROM wallet ORDER BY id"


def is_of(column: Column[Any], kind: type[Any]) -> bool:
    return isinstance(column.type, kind) or (
        kind is Integer and isinstance(column.type, BigInteger)
    )


def everything(session: WriteSession) -> dict[str, list[object]]:
    """Give all rows, but for how often a rebuild has mended a wallet."""
    listed = {
        name: ", ".join(f'"{each.name}"' for each in table.columns if each.name != "rebuilds")
        for name, table in METADATA.tables.items()
    }
    return {
        name: list(session.driver.ask(f'SELECT {columns} FROM "{name}" ORDER BY 1, 2, 3'))
        for name, columns in listed.items()
    }


def unguard(session: WriteSession) -> Behind:
    back = Behind(session)
    back.open_up()
    return back


def guards(session: WriteSession) -> list[tuple[object, ...]]:
    """Give the triggers that are there, and whether they fire."""
    if Behind(session).is_server:
        asked = "SELECT tgname, tgenabled, tgfoid::text FROM pg_trigger WHERE NOT tgisinternal"
    else:
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    return sorted(tuple(row) for row in session.driver.ask(asked))


@pytest.mark.parametrize("table", PROJECTED, ids=lambda table: str(table.name))
def test_a_projection_that_was_lost_comes_back(told: LedgerStore, table: Table) -> None:
    with told.writing() as session:
        before = everything(session)
        connection = unguard(session)
        connection.execute(f'DELETE FROM "{table.name}"')
        done = rebuild(session)
        assert verify(session).is_sound
        assert everything(session) == before
    lost = {fault.table for fault in done.mended}
    assert (done.wallets, lost) == (3, {table.name})


def test_what_was_altered_comes_back(told: LedgerStore) -> None:
    # A wallet's name is no projection, nothing else has it; nor is the end of its chain.
    kept = {"id", "wallet_id", "policy", "seq", "head_hash"}
    with told.writing() as session:
        before = everything(session)
        connection = unguard(session)
        for table in (WALLET, *PROJECTED):
            for column in table.columns:
                if column.name in kept or column.primary_key:
                    continue
                other = {Integer: f'"{column.name}" + 1', LargeBinary: "zeroblob(32)", Text: "'x'"}
                (value,) = (words for kind, words in other.items() if is_of(column, kind))
                connection.execute(
                    f'UPDATE "{table.name}" SET "{column.name}" = {value}'
                    f' WHERE "{column.name}" IS NOT NULL'
                )
        connection.execute("INSERT INTO hold_draw VALUES (99, 1, 1, 1, 1)")
        done = rebuild(session)
        assert verify(session).is_sound
        assert everything(session) == before
    mended = {(fault.table, fault.sentence.split("`")[1]) for fault in done.mended}
    assert ("wallet", "recent_charges") in mended
    assert ("lot", "is_open") in mended
    assert len(mended) > 60


def test_the_guards_are_back_after_a_rebuild(told: LedgerStore) -> None:
    with told.writing() as session:
        before = guards(session)
        assert rebuild(session).mended == ()
        assert guards(session) == before
    assert len(before) > 20


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("UPDATE txn SET reason = 'forged' WHERE wallet = 1 AND seq = 4", "transaction `ana:4`"),
        ("DELETE FROM txn WHERE wallet = 2 AND seq > 9", "bob:10"),
        ("DELETE FROM move WHERE wallet = 1", "transaction `ana:2`"),
        ("UPDATE wallet SET seq = seq + 1 WHERE id = 1", "ana:25"),
        ("UPDATE wallet SET head_hash = zeroblob(32) WHERE id = 1", "head_hash"),
        ("UPDATE wallet SET wallet_id = 'eve' WHERE id = 1", "transaction `eve:1`"),
    ],
)
def test_nothing_is_rebuilt_from_transactions_that_are_wrong(
    told: LedgerStore, damage: str, message: str
) -> None:
    def rebuild_damaged() -> None:
        with told.writing() as session:
            unguard(session).execute(damage)
            rebuild(session)

    with pytest.raises(LedgerFault, match=message):
        rebuild_damaged()
    with told.reading() as reader:
        assert verify(reader).is_sound


def test_a_book_that_another_process_read_before_a_rebuild_is_not_used_after_it(
    told: LedgerStore,
) -> None:
    """A second store stands for a second process: it has books of its own in memory."""
    with LedgerStore.open(told._engine.url.render_as_string(hide_password=False)) as other:
        with told.reading() as session:
            right = session.books(["ana", "bob"])
        with told.writing() as session:
            unguard(session).execute(
                "UPDATE lot SET granted_micro = granted_micro + 1, "
                "remaining_micro = remaining_micro + 1 WHERE wallet = 1"
            )
        with other.reading() as session:
            assert session.books(["ana"]) != {"ana": right["ana"]}
        with told.writing() as session:
            assert {fault.table for fault in rebuild(session).mended} == {"lot"}
        with other.reading() as session:
            assert session.books(["ana", "bob"]) == right
        with other.writing() as session:
            assert session.books(["ana", "bob"]) == right


def test_a_rebuild_counts_for_the_wallets_that_it_mended(told: LedgerStore) -> None:
    counts = []
    for wallet in (1, 1, 2):
        with told.writing() as session:
            unguard(session).execute(f"UPDATE wallet SET held_micro = 77 WHERE id = {wallet}")
            rebuild(session)
        with told.reading() as session:
            counts.append([row[0] for row in session.driver.ask(ASKED)])
    assert counts == [[1, None, None], [2, None, None], [2, 1, None]]


def test_a_rebuild_waits_for_a_writer_that_has_read_its_wallet(told: LedgerStore) -> None:
    """Else the writer would go on with a book that the rebuild has mended meanwhile."""
    done = threading.Event()
    with LedgerStore.open(told._engine.url.render_as_string(hide_password=False)) as other:

        def rebuild_all() -> None:
            with other.writing() as session:
                rebuild(session)
            done.set()

        rebuilding = threading.Thread(target=rebuild_all)
        with told.writing() as writer:
            writer.books(["ana"])
            rebuilding.start()
            assert not done.wait(0.2)
            writer.write([wander("eve", 4, 3).entry()])
        rebuilding.join(10)
    assert done.is_set()
    with told.reading() as reader:
        report = verify(reader)
    assert (report.is_sound, report.wallets) == (True, 4)
