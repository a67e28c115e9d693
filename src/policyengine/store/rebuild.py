"""Rebuilding: projections that differ from the transactions are made anew from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.sql.expression import exists

from policyengine.ledger.book import LedgerFault
from policyengine.ledger.transactions import PolicyRef
from policyengine.store.books import wallet_row
from policyengine.store.comparing import (
    PROJECTED,
    projected,
    projection_faults,
    stored_rows,
    wallet_faults,
)
from policyengine.store.driver import Row
from policyengine.store.findings import Fault
from policyengine.store.fold import Fold, Folder, WrongTransaction
from policyengine.store.sessions import WriteSession
from policyengine.store.tables import POLICY_VERSION, WALLET
from policyengine.store.verify import ALL_WALLETS

_POLICIES: Final = select(
    POLICY_VERSION.c.id, POLICY_VERSION.c.name, POLICY_VERSION.c.version, POLICY_VERSION.c.sha256
)
_SEQ, _HEAD = 3, 26
_FORGET_STRAYS: Final = {
    table.name: delete(table).where(~exists().where(WALLET.c.id == table.c.wallet))
    for table in PROJECTED
}
_COUNT: Final = (
    update(WALLET)
    .where(WALLET.c.id == bindparam("wallet"))
    .values(rebuilds=func.coalesce(WALLET.c.rebuilds, 0) + 1)
)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many wallets were looked at, and what was wrong and is mended."""

    wallets: int
    mended: tuple[Fault, ...]


def rebuild(session: WriteSession) -> Rebuilt:
    """Make projections what the transactions lead to; all in the session's transaction.

    Raises: LedgerFault when a transaction itself is wrong: there is nothing to rebuild from, and
    nothing is changed.
    """
    session.begin_change()
    driver, statements = session.driver, session.statements
    policies = {
        row[0]: PolicyRef(row[1], row[2], row[3]) for row in driver.each(statements.of(_POLICIES))
    }
    folder = Folder(session.loader, policies)
    mended: list[Fault] = []
    with statements.dialect.guards_off(driver):
        for table in reversed(PROJECTED):
            driver.do(statements.of(_FORGET_STRAYS[table.name]))
        rows = list(driver.each(statements.of(ALL_WALLETS)))
        for row in rows:
            mended += _mend(session, folder, row)
    session.loader.shelf.clear()  # what is in memory may be what was wrong
    session.end_change()
    return Rebuilt(len(rows), tuple(mended))


def _mend(session: WriteSession, folder: Folder, stored: Row) -> list[Fault]:
    try:
        fold = folder.fold(stored[0], stored[1], stored[2])
    except WrongTransaction as error:
        raise LedgerFault(f"{error}; projections cannot be rebuilt from it") from error
    faults = [*wallet_faults(fold, stored), *projection_faults(session.loader, fold)]
    if (stored[_SEQ], stored[_HEAD]) != (fold.book.seq, fold.head):
        # The wallet's row alone says where its chain ends: transactions may have been cut off.
        raise LedgerFault(f"{faults[0]}; projections cannot be rebuilt from what is left")
    if faults:
        _write(session, fold, stored)
    return faults


def _write(session: WriteSession, fold: Fold, stored: Row) -> None:
    wanted = projected(fold)
    there = {table.name: stored_rows(session.loader, table, fold.number) for table in PROJECTED}
    for table in reversed(PROJECTED):
        _forget(session, table, there[table.name], wanted[table.name])
    for table in PROJECTED:
        _put(session, table, there[table.name], wanted[table.name])
    row = wallet_row(fold.number, fold.book, fold.recorded_at, fold.head)
    update_wallet = session.statements.update_wallet
    session.driver.many(update_wallet, [(*row[3:], fold.number, stored[_SEQ])])
    # Every process has to read the wallet anew: its books are told apart by this.
    session.driver.do(session.statements.of(_COUNT), wallet=fold.number)


def _forget(
    session: WriteSession, table: Table, there: Sequence[Row], wanted: Sequence[Row]
) -> None:
    width = len(table.primary_key.columns)
    kept = {tuple(row[:width]) for row in wanted}
    gone = [row[:width] for row in there if tuple(row[:width]) not in kept]
    session.driver.many(session.statements.take(table), gone)


def _put(session: WriteSession, table: Table, there: Sequence[Row], wanted: Sequence[Row]) -> None:
    """Insert rows that are missing, and change the others where they are.

    A lot is changed, never deleted and inserted: for each deleted one, the database would search
    all moves of the ledger for one that refers to it.
    """
    width = len(table.primary_key.columns)
    known = {tuple(row[:width]) for row in there}
    new = [row for row in wanted if tuple(row[:width]) not in known]
    old = [(*row[width:], *row[:width]) for row in wanted if tuple(row[:width]) in known]
    session.driver.many(session.statements.put(table), new)
    session.driver.many(session.statements.put_again(table), old)
