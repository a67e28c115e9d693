"""Rebuilding: projections that differ from the transactions are made anew from them."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Delete, Table, bindparam, delete, select
from sqlalchemy.sql.expression import exists

from policyengine.ledger.book import LedgerFault
from policyengine.ledger.transactions import PolicyRef
from policyengine.store.books import wallet_row
from policyengine.store.comparing import PROJECTED, projected, projection_faults, wallet_faults
from policyengine.store.driver import Row, Statement
from policyengine.store.findings import Fault
from policyengine.store.fold import Fold, Folder, WrongTransaction
from policyengine.store.sessions import WriteSession
from policyengine.store.tables import POLICY_VERSION, WALLET
from policyengine.store.verify import ALL_WALLETS

_POLICIES: Final = select(
    POLICY_VERSION.c.id, POLICY_VERSION.c.name, POLICY_VERSION.c.version, POLICY_VERSION.c.sha256
)


def _of_wallet(table: Table) -> Delete:
    return delete(table).where(table.c.wallet == bindparam("of_wallet"))


_FORGET: Final = {table.name: _of_wallet(table) for table in PROJECTED}
_FORGET_STRAYS: Final = {
    table.name: delete(table).where(~exists().where(WALLET.c.id == table.c.wallet))
    for table in PROJECTED
}


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
            driver.many(statements.of(_FORGET_STRAYS[table.name]), [()])
        rows = list(driver.each(statements.of(ALL_WALLETS)))
        for row in rows:
            mended += _mend(session, folder, row)
    session.end_change()
    return Rebuilt(len(rows), tuple(mended))


def _mend(session: WriteSession, folder: Folder, stored: Row) -> list[Fault]:
    try:
        fold = folder.fold(stored[0], stored[1], stored[2])
    except WrongTransaction as error:
        raise LedgerFault(f"{error}; projections cannot be rebuilt from it") from error
    faults = [*wallet_faults(fold, stored), *projection_faults(session.loader, fold)]
    if any(fault.table == "txn" for fault in faults):
        raise LedgerFault(f"{faults[0]}; projections cannot be rebuilt without it")
    if faults:
        _write(session, fold, stored)
    return faults


def _write(session: WriteSession, fold: Fold, stored: Row) -> None:
    driver, statements = session.driver, session.statements
    for table in reversed(PROJECTED):
        driver.many(statements.of(_FORGET[table.name]), [(fold.number,)])
    inserts: dict[str, Statement] = {
        "lot": statements.insert_lot,
        "hold": statements.insert_hold,
        "hold_draw": statements.insert_hold_draw,
        "series": statements.insert_series,
    }
    for name, rows in projected(fold).items():
        driver.many(inserts[name], rows)
    row = wallet_row(fold.number, fold.book, fold.recorded_at, fold.head)
    driver.many(statements.update_wallet, [(*row[3:], fold.number, stored[3])])
