"""Long ledgers, made by the database itself from one of its rows: not sound, but as large."""

from sqlalchemy import Table

from policyengine.store.projections import LOT
from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore
from policyengine.store.tables import MOVE, TXN, WALLET

FAR = 9_000_000_000_000_000


def copies(table: Table, count: int, of: str, **changes: str) -> str:
    """Say: insert copies of the row that `of` finds, numbered `i` from 1 on, with changes."""
    names = [f'"{column.name}"' for column in table.columns]
    values = [changes.pop(column.name, f'old."{column.name}"') for column in table.columns]
    assert not changes, changes
    return (
        f'INSERT INTO "{table.name}" ({", ".join(names)})'  # noqa: S608  # names of our own
        f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count:d})"
        f' SELECT {", ".join(values)} FROM n, "{table.name}" AS old WHERE {of}'
    )


def _unguarded(session: WriteSession, statements: list[str]) -> None:
    driver, dialect = session.driver, session.statements.dialect
    with dialect.guards_off(driver):
        if not dialect.writes_one_by_one:
            driver.run("SET LOCAL session_replication_role = replica")  # without references
        for statement in statements:
            driver.run(statement)
        if not dialect.writes_one_by_one:
            for table in ("txn", "wallet"):
                last = f"(SELECT max(id) FROM {table})"  # noqa: S608  # two names
                driver.run(f"SELECT setval('{table}_number', {last})")
            driver.run("SET LOCAL session_replication_role = origin")


def lengthen(store: LedgerStore, wallet_id: str, charges: int, lots: int) -> None:
    """Give a wallet, whose last transaction is a charge, many more like it, and closed lots."""
    with store.writing() as session:
        session.books([wallet_id])
        number, seq, lots_opened = session.driver.ask(
            f"SELECT id, seq, lots_opened FROM wallet WHERE wallet_id = '{wallet_id}'"  # noqa: S608  # a name of our own
        )[0]
        (last,) = session.driver.ask(f"SELECT max(id) FROM txn WHERE wallet = {number}")[0]  # noqa: S608  # a number
        (end,) = session.driver.ask("SELECT max(id) FROM txn")[0]
        closed = {
            "lot_no": f"{lots_opened} + i", "remaining_micro": "0", "held_micro": "0",
            "consumed_micro": "granted_micro", "expired_micro": "0", "withdrawn_micro": "0",
            "is_open": "0",
        }  # fmt: skip
        again = {
            "id": f"{end} + i", "seq": f"{seq} + i", "key": "'again-' || i",
            "effective_at": "old.effective_at + i",
            "conversation_id": "'talk-' || (i % 1000)",
        }  # fmt: skip
        grown = (
            f"UPDATE wallet SET seq = seq + {charges}, lots_opened = lots_opened + {lots},"  # noqa: S608  # numbers
            f" settled_at = settled_at + {charges} WHERE id = {number}"
        )
        _unguarded(
            session,
            [
                copies(LOT, lots, f"wallet = {number} AND lot_no = 1", **closed),
                copies(TXN, charges, f"id = {last}", **again),
                copies(MOVE, charges, f"txn = {last} AND leg = 1", txn=f"{end} + i"),
                grown,
            ],
        )
    store._shelf.clear()


def crowd(store: LedgerStore, wallets: int, due: int, now: int) -> None:
    """Add wallets like the first one; every so many-th is due at an instant, `due` of them."""
    apart = wallets // due
    with store.writing() as session:
        (end,) = session.driver.ask("SELECT max(id) FROM wallet")[0]
        changes = {
            "id": f"{end} + i", "wallet_id": "'idle-' || i",
            "due_at": f"CASE WHEN i % {apart} = 0 THEN {now} - i ELSE {FAR} + i END",
        }  # fmt: skip
        _unguarded(session, [copies(WALLET, wallets, "id = 1", **changes)])
