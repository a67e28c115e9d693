"""Loading what decisions need: books, answers to earlier attempts, transactions that are named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from policyengine.engine.batch import Named
from policyengine.ledger.book import Book
from policyengine.ledger.holds import Hold
from policyengine.ledger.lots import Lot
from policyengine.ledger.subscriptions import Series
from policyengine.ledger.transactions import Transaction
from policyengine.store.books import book_of, hold_of, lot_of, series_of
from policyengine.store.driver import Driver, Row, Statement
from policyengine.store.entries import transaction_of
from policyengine.store.policies import Policies
from policyengine.store.shelf import Shelf, State
from policyengine.store.statements import Statements
from policyengine.values.calendar import Instant


class Position(NamedTuple):
    """Where a wallet's ledger stands: its row, its last transaction, and the head of its chain."""

    number: int
    seq: int
    recorded_at: Instant
    head: bytes
    rebuilds: int | None

    @property
    def state(self) -> State:
        """Give what the wallet's book is kept under."""
        return self.head, self.rebuilds


_ID, _WALLET_ID, _SEQ, _RECORDED_AT = 0, 1, 3, 5
_HOLDS_OPEN, _SERIES_OPEN, _HEAD, _REBUILDS = 9, 10, 26, 29
_WALLET, _TXN_SEQ, _PARENT, _REFUSAL, _TXN_WALLET_ID = 1, 2, 13, 14, 22


class Loader:
    """Reads on one connection, in one transaction of the database."""

    __slots__ = ("driver", "policies", "shelf", "statements")

    def __init__(
        self, driver: Driver, statements: Statements, policies: Policies, shelf: Shelf
    ) -> None:
        """Take the connection, what is said on it, and the books of before."""
        self.driver = driver
        self.statements = statements
        self.policies = policies
        self.shelf = shelf

    def books(self, wallet_ids: Iterable[str]) -> dict[str, tuple[Book, Position]]:
        """Give the books of wallets, with open lots only, in the order of the ids asked for."""
        asked = dict.fromkeys(wallet_ids)
        at_hand = [name for name in asked if name in self.shelf]
        found = {
            name: (book, position)
            for name, position in (self.positions(at_hand) if at_hand else {}).items()
            if (book := self.shelf.find(name, position.state)) is not None
        }
        if len(found) < len(asked):
            found.update(self._read([name for name in asked if name not in found]))
        return {name: found[name] for name in asked if name in found}

    def _read(self, wallet_ids: Iterable[str]) -> Iterator[tuple[str, tuple[Book, Position]]]:
        """Read wallets that are not on the shelf, or have moved on since, with all that is theirs.

        A row of a wallet has so many columns that it is read only where no book is at hand.
        """
        asked = self.statements.dialect.as_list(wallet_ids)
        rows = self.driver.rows(self.statements.wallets, wallet_ids=asked)
        lots = self._lots([row[_ID] for row in rows])
        holds = self._holds([row[_ID] for row in rows if row[_HOLDS_OPEN]])
        series = self._series([row[_ID] for row in rows if row[_SERIES_OPEN]])
        for row in rows:
            number = row[_ID]
            book = book_of(row, lots.get(number, {}), holds.get(number, {}), series.get(number, {}))
            position = Position(number, row[_SEQ], row[_RECORDED_AT], row[_HEAD], row[_REBUILDS])
            self.shelf.put(position.state, book)
            yield row[_WALLET_ID], (book, position)

    def positions(self, wallet_ids: Iterable[str]) -> dict[str, Position]:
        """Give where wallets stand, without their books."""
        asked = self.statements.dialect.as_list(wallet_ids)
        rows = self.driver.rows(self.statements.positions, wallet_ids=asked)
        return {row[0]: Position(*row[1:]) for row in rows}

    def answered(
        self, keys: Iterable[tuple[int, str]], wallet_ids: Mapping[int, str]
    ) -> dict[tuple[str, str], Transaction]:
        """Give the transactions that keys of wallets, by their rows' numbers, have named before."""
        asked = self.statements.dialect.as_pairs(keys)
        rows = self.driver.rows(self.statements.by_key, keys=asked)
        return {(each.wallet_id, each.key): each for each in self._of_wallets(rows, wallet_ids)}

    def named(
        self, seqs: Iterable[tuple[int, int]], wallet_ids: Mapping[int, str]
    ) -> dict[tuple[str, int], Named]:
        """Give transactions by the number of their wallet's row and their own.

        With each come the accepted transactions that act on it, oldest first, and all lots that
        its moves touched, closed ones included, by number.
        """
        as_pairs, statements = self.statements.dialect.as_pairs, self.statements
        rows = self.driver.rows(statements.by_seq, seqs=as_pairs(seqs))
        if not rows:
            return {}
        parents = as_pairs((row[_WALLET], row[_TXN_SEQ]) for row in rows)
        later = sorted(
            (
                row
                for row in self.driver.rows(statements.corrections, parents=parents)
                if row[_REFUSAL] is None
            ),
            key=itemgetter(_WALLET, _TXN_SEQ),
        )
        corrections = _by_parent(later, self._of_wallets(later, wallet_ids))
        found = list(zip(rows, self._of_wallets(rows, wallet_ids), strict=True))
        lots = self._lots_of(found)
        return {
            (each.wallet_id, each.seq): Named(
                each,
                corrections.get((row[_WALLET], each.seq), ()),
                tuple([lots[row[_WALLET], number] for number in _lots_moved(each)]),
            )
            for row, each in found
        }

    def hold_named(self, wallet_id: str, state: State, seq: int) -> Named | None:
        """Give what `named` would give of an open hold, if all of it is on the shelf."""
        book, acts = self.shelf.find(wallet_id, state), self.shelf.acts(wallet_id, state).get(seq)
        if book is None or acts is None:
            return None
        touched = _lots_moved(acts[0])
        if not all(number in book.lots for number in touched):
            return None
        return Named(acts[0], acts[1:], tuple([book.lots[number] for number in touched]))

    def _lots_of(self, found: Sequence[tuple[Row, Transaction]]) -> dict[tuple[int, int], Lot]:
        touched = ((row[_WALLET], number) for row, each in found for number in _lots_moved(each))
        return self.lots(frozenset(touched))

    def lots(self, asked: frozenset[tuple[int, int]]) -> dict[tuple[int, int], Lot]:
        """Give lots, closed ones included, by the number of their wallet's row and their own."""
        if not asked:
            return {}
        pairs = self.statements.dialect.as_pairs(sorted(asked))
        rows = self.driver.rows(self.statements.lots, lots=pairs)
        return {(row[0], row[1]): lot_of(row) for row in rows}

    def transactions(self, rows: Sequence[Row], wallet_id_at: int) -> list[Transaction]:
        """Read transactions from rows that have their wallet's id at a place."""
        moves = self._moves_of(rows)
        return [
            transaction_of(
                row[wallet_id_at], self.policies.ref(row[6]), row, moves.get(row[_ID], ())
            )
            for row in rows
        ]

    def _of_wallets(self, rows: Sequence[Row], wallet_ids: Mapping[int, str]) -> list[Transaction]:
        return self.transactions([(*row, wallet_ids[row[_WALLET]]) for row in rows], _TXN_WALLET_ID)

    def transactions_of(self, wallet_id: str, rows: Sequence[Row]) -> list[Transaction]:
        """Read transactions of one wallet from their rows."""
        moves = self._moves_of(rows)
        return [
            transaction_of(wallet_id, self.policies.ref(row[6]), row, moves.get(row[_ID], ()))
            for row in rows
        ]

    def moves(self, numbers: Sequence[int]) -> Mapping[int, Sequence[Row]]:
        """Give the moves of transactions by the transactions' numbers."""
        if not numbers:
            return {}
        asked = self.statements.dialect.as_list(numbers)
        return _grouped(self.driver.rows(self.statements.moves, txns=asked))

    def _moves_of(self, rows: Sequence[Row]) -> Mapping[int, Sequence[Row]]:
        if not rows:
            return {}
        as_list = self.statements.dialect.as_list
        found = self.driver.rows(
            self.statements.moves_of_wallets,
            txns=as_list([row[_ID] for row in rows]),
            wallets=as_list({row[_WALLET] for row in rows}),
        )
        return _grouped(found)

    def _of(self, statement: Statement, wallets: Sequence[int]) -> Sequence[Row]:
        if not wallets:
            return ()
        return self.driver.rows(statement, wallets=self.statements.dialect.as_list(wallets))

    def _lots(self, wallets: Sequence[int]) -> Mapping[int, Mapping[int, Lot]]:
        found: dict[int, dict[int, Lot]] = {}
        for row in self._of(self.statements.open_lots, wallets):
            found.setdefault(row[0], {})[row[1]] = lot_of(row)
        return found

    def _holds(self, wallets: Sequence[int]) -> Mapping[int, Mapping[int, Hold]]:
        found: dict[int, dict[int, Hold]] = {}
        draws = {
            key: list(rows)
            for key, rows in groupby(
                self._of(self.statements.hold_draws, wallets), key=itemgetter(0, 1)
            )
        }
        for row in self._of(self.statements.holds, wallets):
            found.setdefault(row[0], {})[row[1]] = hold_of(row, draws.get((row[0], row[1]), ()))
        return found

    def _series(self, wallets: Sequence[int]) -> Mapping[int, Mapping[int, Series]]:
        found: dict[int, dict[int, Series]] = {}
        for row in self._of(self.statements.series, wallets):
            found.setdefault(row[0], {})[row[1]] = series_of(row)
        return found


def _lots_moved(transaction: Transaction) -> list[int]:
    return sorted({move.lot_no for move in transaction.moves})


def _by_parent(
    rows: Sequence[Row], transactions: Sequence[Transaction]
) -> dict[tuple[int, int], tuple[Transaction, ...]]:
    """Group transactions by what they act on, keeping their order."""
    found: dict[tuple[int, int], list[Transaction]] = {}
    for row, transaction in zip(rows, transactions, strict=True):
        found.setdefault((row[_WALLET], row[_PARENT]), []).append(transaction)
    return {parent: tuple(listed) for parent, listed in found.items()}


def _grouped(rows: Sequence[Row]) -> Mapping[int, Sequence[Any]]:
    """Group rows by their first column, keeping their order."""
    return {key: list(group) for key, group in groupby(rows, key=itemgetter(0))}
