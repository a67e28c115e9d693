"""Comparing a wallet's projections with what its transactions lead to, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, Table, bindparam, select

from policyengine.ledger.book import Book
from policyengine.store.books import draw_rows, hold_row, lot_row, series_row, wallet_row
from policyengine.store.driver import Row
from policyengine.store.findings import Fault, shown
from policyengine.store.fold import Fold
from policyengine.store.loading import Loader
from policyengine.store.projections import HOLD, HOLD_DRAW, LOT, SERIES
from policyengine.store.tables import WALLET

PROJECTED: Final[tuple[Table, ...]] = (LOT, HOLD, HOLD_DRAW, SERIES)
"""The tables besides `wallet` that transactions lead to; parents before their children."""

_SEQ: Final = 3


def _of_wallet(table: Table) -> Select[Any]:
    return (
        select(table)
        .where(table.c.wallet == bindparam("wallet"))
        .order_by(*table.primary_key.columns)
    )


_STORED: Final[Mapping[str, Select[Any]]] = {table.name: _of_wallet(table) for table in PROJECTED}


def projected(fold: Fold) -> dict[str, list[Row]]:
    """Give the rows that a wallet's projections should have, by table, in order of their keys."""
    book, number = fold.whole, fold.number
    holds = [hold for _, hold in sorted(book.holds.items())]
    return {
        "lot": [lot_row(number, lot) for lot in book.lots.values()],
        "hold": [hold_row(number, hold) for hold in holds],
        "hold_draw": [row for hold in holds for row in draw_rows(number, hold)],
        "series": [series_row(number, each) for _, each in sorted(book.series.items())],
    }


def wallet_faults(fold: Fold, stored: Row) -> Iterator[Fault]:
    """Compare a wallet's own row with its fold."""
    book = fold.book
    if stored[_SEQ] > book.seq:
        yield Fault("txn", f"{book.wallet_id}:{book.seq + 1}", "is missing at the end")
    elif stored[_SEQ] < book.seq:
        name = f"{book.wallet_id}:{stored[_SEQ] + 1}"
        yield Fault("txn", name, "was added behind the end of its wallet")
    rebuilds = stored[-1]  # what nothing follows from
    expected = (*wallet_row(fold.number, book, fold.recorded_at, fold.head), rebuilds)
    for column, was, real in zip(WALLET.columns, stored, expected, strict=True):
        if was != real:
            yield _differs("wallet", book.wallet_id, column.name, was, real)


def projection_faults(loader: Loader, fold: Fold) -> Iterator[Fault]:
    """Compare a wallet's lots, holds, draws and series with its fold."""
    expected = projected(fold)
    for table in PROJECTED:
        stored = stored_rows(loader, table, fold.number)
        yield from _differences(fold.book, table, stored, expected[table.name])


def stored_rows(loader: Loader, table: Table, wallet: int) -> Sequence[Row]:
    """Give a wallet's rows of a projection as they are."""
    return loader.driver.rows(loader.statements.of(_STORED[table.name]), wallet=wallet)


def _differences(
    book: Book, table: Table, stored: Sequence[Row], expected: Sequence[Row]
) -> Iterator[Fault]:
    width = len(table.primary_key.columns)
    there = {tuple(row[:width]): row for row in stored}
    wanted = {tuple(row[:width]): row for row in expected}
    for key, row in wanted.items():
        name = _name(book, table, key)
        found = there.get(key)
        if found is None:
            yield Fault(table.name, name, "is missing")
            continue
        for column, was, real in zip(table.columns, found, row, strict=True):
            if was != real:
                yield _differs(table.name, name, column.name, was, real)
    for key in there:
        if key not in wanted:
            yield Fault(table.name, _name(book, table, key), "comes from no transaction")


def _name(book: Book, table: Table, key: tuple[Any, ...]) -> str:
    numbers = " ".join(str(part) for part in key[1:])
    return f"{book.wallet_id} {table.name} {numbers}"


def _differs(table: str, name: str, column: str, was: object, real: object) -> Fault:
    if isinstance(was, bytes) or isinstance(real, bytes):
        return Fault(table, name, f"`{column}` is not that of its last transaction")
    return Fault(table, name, f"`{column}` is `{shown(was)}`; the transactions lead to `{real}`")
