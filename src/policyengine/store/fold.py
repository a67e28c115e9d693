"""Folding a stored wallet from its transactions, each checked before it counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, TypeAlias

from pydantic import ValidationError
from sqlalchemy import bindparam, select

from policyengine.ledger.book import Book, LedgerFault, apply, with_lots
from policyengine.ledger.chain import genesis, link_transaction
from policyengine.ledger.change_texts import changes_of
from policyengine.ledger.changes import LotEnded
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import PolicyRef, Transaction
from policyengine.store.driver import FETCHED_AT_ONCE, Row
from policyengine.store.entries import model_of, transaction_of
from policyengine.store.findings import shown
from policyengine.store.loading import Loader
from policyengine.store.tables import TXN
from policyengine.values.calendar import Instant

Recheck: TypeAlias = Callable[[Book, Transaction], str | None]
"""Looks at a transaction with the book before it; gives a sentence when it is wrong."""

_OF_WALLET: Final = select(TXN).where(TXN.c.wallet == bindparam("wallet")).order_by(TXN.c.seq)
_ID, _SEQ, _RECORDED_AT, _POLICY = 0, 2, 5, 6
_REFUSAL: Final = slice(14, 17)
_DETAILS, _MODEL, _CHANGES, _HASH = 16, 19, 20, 21
_LEG, _MOVE_WALLET = 1, 2


class WrongTransaction(Exception):  # noqa: N818  # caught in this room only
    """A stored transaction is not what was written, or could not have been."""

    def __init__(self, name: str, sentence: str) -> None:
        """Name the transaction and say what is wrong."""
        super().__init__(f"transaction `{name}` {sentence}")
        self.name = name
        self.sentence = sentence


@dataclass(slots=True)
class Fold:
    """A wallet's book so far; closed lots stand aside, so that a step costs only the open ones."""

    number: int
    book: Book
    head: bytes
    recorded_at: Instant = 0
    last_id: int = 0
    held: int = 0
    moves: int = 0
    closed: dict[int, Lot] = field(default_factory=dict)

    @classmethod
    def of(cls, number: int, wallet_id: str, policy: str) -> "Fold":
        """Start a wallet's fold."""
        return cls(number, Book(wallet_id, policy), genesis("wallet", wallet_id, policy))

    @property
    def whole(self) -> Book:
        """Give the book with all lots, closed ones included, by number."""
        lots = {**self.closed, **self.book.lots}
        return replace(self.book, lots=dict(sorted(lots.items())))

    def step(self, transaction: Transaction, head: bytes) -> Book:
        """Apply a transaction; gives the book before it, with the closed lots that it touches.

        Raises: LedgerFault when it does not fit.
        """
        touched = {move.lot_no for move in transaction.moves}
        touched |= {each.lot_no for each in transaction.changes if isinstance(each, LotEnded)}
        named = [no for no in sorted(touched) if no in self.closed]
        before = with_lots(self.book, tuple([self.closed.pop(no) for no in named]))
        self.book = apply(before, transaction)
        shut = [no for no in sorted(touched) if not self.book.lots[no].is_open]
        if shut:
            lots = dict(self.book.lots)
            self.closed.update({no: lots.pop(no) for no in shut})
            self.book = replace(self.book, lots=lots)
        self.head = head
        return before


@dataclass(frozen=True, slots=True)
class Folder:
    """Folds wallets one after another from one connection."""

    loader: Loader
    policies: Mapping[int, PolicyRef]
    recheck: Recheck | None = None

    def fold(self, number: int, wallet_id: str, policy: str) -> Fold:
        """Fold a wallet.

        Raises: WrongTransaction for the first transaction that is wrong.
        """
        fold = Fold.of(number, wallet_id, policy)
        for row, moves in self._entries(number):
            self._take(fold, row, moves)
        return fold

    def _entries(self, wallet: int) -> Iterator[tuple[Row, Sequence[Row]]]:
        statement = self.loader.statements.of(_OF_WALLET)
        rows = self.loader.driver.each(statement, wallet=wallet)
        while page := list(islice(rows, FETCHED_AT_ONCE)):
            moves = self.loader.moves([row[_ID] for row in page])
            for row in page:
                yield row, moves.get(row[_ID], ())

    def _take(self, fold: Fold, row: Row, moves: Sequence[Row]) -> None:
        """Check a stored transaction and step over it."""
        book = fold.book
        name = f"{book.wallet_id}:{book.seq + 1}"
        if row[_SEQ] <= book.seq:
            odd = f"{book.wallet_id}:{row[_SEQ]}"
            raise WrongTransaction(odd, f"comes again, or before the first; `{name}` was due")
        if row[_SEQ] != book.seq + 1:
            raise WrongTransaction(name, f"is missing; the next one there is number {row[_SEQ]}")
        policy = self.policies.get(row[_POLICY])
        if policy is None:
            raise WrongTransaction(name, f"is by policy number {row[_POLICY]}, which is not there")
        bare = _read(name, book.wallet_id, policy, row, moves)
        _check_seal(name, fold, bare, row)
        try:
            transaction = replace(bare, changes=changes_of(row[_CHANGES]))
        except ValidationError as error:
            raise WrongTransaction(name, "has changes that cannot be read") from error
        _check_row(name, fold, row, moves, transaction)
        try:
            before = fold.step(transaction, row[_HASH])
        except LedgerFault as error:
            raise WrongTransaction(name, f"does not fit its wallet: {error}") from error
        fold.recorded_at, fold.last_id = row[_RECORDED_AT], row[_ID]
        fold.moves += len(moves)
        _check_balances(name, fold, transaction)
        sentence = None if self.recheck is None else self.recheck(before, transaction)
        if sentence is not None:
            raise WrongTransaction(name, sentence)


def _read(
    name: str, wallet_id: str, policy: PolicyRef, row: Row, moves: Sequence[Row]
) -> Transaction:
    if len({part is None for part in row[_REFUSAL]}) != 1:
        raise WrongTransaction(name, "has half a refusal")
    try:
        return transaction_of(wallet_id, policy, row, moves, changes=())
    except (ValueError, TypeError) as error:
        raise WrongTransaction(name, f"cannot be read: {error}") from error


def _check_seal(name: str, fold: Fold, transaction: Transaction, row: Row) -> None:
    """Check that the stored fields are the ones that were hashed when they were written."""
    try:
        sealed = link_transaction(
            fold.head,
            transaction,
            number=row[_ID],
            changes=row[_CHANGES],
            details=row[_DETAILS],
            recorded_at=row[_RECORDED_AT],
        )
    except UnicodeEncodeError as error:
        raise WrongTransaction(name, "has text that cannot be read") from error
    if sealed != row[_HASH]:
        raise WrongTransaction(
            name, "is not what was written: its hash does not follow from what is there"
        )


def _check_row(
    name: str, fold: Fold, row: Row, moves: Sequence[Row], transaction: Transaction
) -> None:
    """Check what the hash does not bind: the order of rows, and columns that repeat others."""
    if row[_ID] <= fold.last_id:
        raise WrongTransaction(name, "is numbered before the transaction that it follows")
    if row[_RECORDED_AT] < fold.recorded_at:
        raise WrongTransaction(name, "was recorded before the transaction that it follows")
    if row[_MODEL] != model_of(transaction):
        raise WrongTransaction(name, f"is listed under model `{shown(row[_MODEL])}`")
    if [move[_LEG] for move in moves] != list(range(1, len(moves) + 1)):
        raise WrongTransaction(name, "has moves that are not numbered one by one")
    if any(move[_MOVE_WALLET] != fold.number for move in moves):
        raise WrongTransaction(name, "has a move in another wallet")
    if transaction.refusal is not None and (moves or transaction.changes):
        raise WrongTransaction(name, "was refused, but it changes something")


def _check_balances(name: str, fold: Fold, transaction: Transaction) -> None:
    """Check the balances that a transaction notes, and that holds match what lots hold."""
    book = fold.book
    for what, noted, real in (
        ("available", transaction.available_micro, book.available_micro),
        ("debt", transaction.debt_micro, book.debt_micro),
    ):
        if noted != real:
            raise WrongTransaction(
                name, f"notes {noted} as its {what} balance; the moves lead to {real}"
            )
    for move in transaction.moves:
        fold.held += move.amount_micro * ((move.target == "held") - (move.source == "held"))
    if fold.held != book.held_micro:
        raise WrongTransaction(
            name, f"leaves {fold.held} held in lots, and {book.held_micro} in holds"
        )
