"""The rows of one write: gathered from entries in memory, then sent table by table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from policyengine.ledger.book import Book, LedgerFault
from policyengine.ledger.chain import genesis, link_transaction
from policyengine.ledger.change_texts import changes_text
from policyengine.ledger.changes import (
    HoldClosed,
    HoldSet,
    LotEnded,
    LotOpened,
    SeriesEnded,
    SeriesSet,
)
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import PolicyRef, Transaction
from policyengine.store.books import (
    amounts_text,
    draw_rows,
    end_of,
    hold_row,
    lot_row,
    pots_of,
    series_row,
    wallet_row,
)
from policyengine.store.driver import Driver, Row, Statement
from policyengine.store.entries import details_text, move_rows, txn_row
from policyengine.store.faults import StaleBook
from policyengine.store.loading import Position
from policyengine.store.statements import Statements
from policyengine.values.calendar import Instant


@dataclass(frozen=True, slots=True)
class Entry:
    """What a decision leads to in one wallet: the book before and after, and what lies between.

    `before` is None for a wallet that is new. `after` has every lot that its transactions touched,
    closed ones included.
    """

    before: Book | None
    after: Book
    transactions: tuple[Transaction, ...]


@dataclass(slots=True)
class _Touched:
    """The lots, holds and series that transactions touched, in the order of the first touch."""

    opened: dict[int, None] = field(default_factory=dict)
    lots: dict[int, None] = field(default_factory=dict)
    holds: dict[int, None] = field(default_factory=dict)
    series: dict[int, None] = field(default_factory=dict)

    def note(self, transaction: Transaction) -> None:
        for change in transaction.changes:
            match change:
                case LotOpened():
                    self.opened[change.terms.no] = None
                case LotEnded():
                    self.lots[change.lot_no] = None
                case HoldSet():
                    self.holds[change.hold.seq] = None
                case HoldClosed():
                    self.holds[change.hold_seq] = None
                case SeriesSet():
                    self.series[change.series.no] = None
                case SeriesEnded():
                    self.series[change.series_no] = None
                case _:
                    pass
        for move in transaction.moves:
            self.lots[move.lot_no] = None


@dataclass(slots=True)
class Batch:
    """Rows for each table, ready to be sent.

    Takes: numbers for as many transactions and new wallets as it will have, when this is recorded,
    and how a policy's number is found.
    """

    txn_numbers: Iterator[int]
    wallet_numbers: Iterator[int]
    now: Instant
    policy_number: Callable[[PolicyRef], int]
    new_wallets: list[Row] = field(default_factory=list)
    txns: list[Row] = field(default_factory=list)
    moves: list[Row] = field(default_factory=list)
    new_lots: list[Row] = field(default_factory=list)
    pots: list[Row] = field(default_factory=list)
    lots: list[Row] = field(default_factory=list)
    gone_holds: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    draws: list[Row] = field(default_factory=list)
    gone_series: list[Row] = field(default_factory=list)
    series: list[Row] = field(default_factory=list)
    hot_wallets: list[Row] = field(default_factory=list)
    wallets: list[Row] = field(default_factory=list)

    def add(self, entry: Entry, position: Position | None) -> Position:
        """Gather the rows of an entry.

        Takes: where the wallet stands in the ledger; None when it has no row.
        Gives: where it stands once the batch is sent.
        Raises: StaleBook when the book before is not the wallet's latest one; LedgerFault when
        the transactions do not lead from the book before to the book after.
        """
        before = entry.before or Book(entry.after.wallet_id, entry.after.policy)
        if before.seq != (0 if position is None else position.seq):
            raise StaleBook(
                f"wallet `{before.wallet_id}` was read at `{before.seq}`; it has moved on since"
            )
        _check(entry, before)
        start = position or self._open(before)
        recorded_at = max(self.now, start.recorded_at)
        head, touched = start.head, _Touched()
        for transaction in entry.transactions:
            head = self._append(transaction, start.number, recorded_at, head)
            touched.note(transaction)
        self._note_lots(start.number, before, entry.after, touched)
        self._note_holds(start.number, before, entry.after, touched.holds)
        self._note_series(start.number, before, entry.after, touched.series)
        self._note_wallet(start.number, before, entry.after, recorded_at, head)
        return Position(start.number, entry.after.seq, recorded_at, head, start.rebuilds)

    def _open(self, book: Book) -> Position:
        number = next(self.wallet_numbers)
        head = genesis("wallet", book.wallet_id, book.policy)
        self.new_wallets.append((*wallet_row(number, book, 0, head), None))
        return Position(number, 0, 0, head, None)

    def _append(
        self, transaction: Transaction, wallet: int, recorded_at: Instant, head: bytes
    ) -> bytes:
        number = next(self.txn_numbers)
        changes = changes_text(transaction.changes)
        details = details_text(transaction.refusal)
        sealed = link_transaction(
            head,
            transaction,
            number=number,
            changes=changes,
            details=details,
            recorded_at=recorded_at,
        )
        self.txns.append(
            txn_row(
                number,
                wallet,
                self.policy_number(transaction.policy),
                transaction,
                (changes, details),
                (recorded_at, sealed),
            )
        )
        self.moves += move_rows(number, wallet, transaction.moves)
        return sealed

    def _note_lots(self, wallet: int, before: Book, after: Book, touched: _Touched) -> None:
        for number in sorted(touched.opened):
            self.new_lots.append(lot_row(wallet, _lot(after, number)))
        for number in touched.lots:
            if number in touched.opened:
                continue
            lot = _lot(after, number)
            was = before.lots.get(number)
            if was is not None and was.is_open and lot.is_open and lot.end is was.end:
                self.pots.append((*pots_of(lot), wallet, number))
            else:
                self.lots.append(
                    (*pots_of(lot), *end_of(lot.end), int(lot.is_open), wallet, number)
                )

    def _note_holds(self, wallet: int, before: Book, after: Book, touched: Iterable[int]) -> None:
        for number in touched:
            if number in before.holds:
                self.gone_holds.append((wallet, number))
            hold = after.holds.get(number)
            if hold is not None:
                self.holds.append(hold_row(wallet, hold))
                self.draws += draw_rows(wallet, hold)

    def _note_series(self, wallet: int, before: Book, after: Book, touched: Iterable[int]) -> None:
        for number in touched:
            if number in before.series:
                self.gone_series.append((wallet, number))
            series = after.series.get(number)
            if series is not None:
                self.series.append(series_row(wallet, series))

    def _note_wallet(
        self, wallet: int, before: Book, after: Book, recorded_at: Instant, head: bytes
    ) -> None:
        is_hot = (
            before.due_at == after.due_at
            and before.gifts is after.gifts
            and before.series is after.series
            and before.subscription is after.subscription
            and before.limits is after.limits
            and before.lots_opened == after.lots_opened
            and before.series_opened == after.series_opened
        )
        if not is_hot:
            row = wallet_row(wallet, after, recorded_at, head)
            self.wallets.append((*row[3:], wallet, before.seq))
            return
        self.hot_wallets.append(
            (
                after.seq,
                after.settled_at,
                recorded_at,
                after.available_micro,
                after.held_micro,
                after.debt_micro,
                len(after.holds),
                amounts_text(after.recent_charges),
                head,
                wallet,
                before.seq,
            )
        )

    def send(self, driver: Driver, statements: Statements) -> None:
        """Write the rows, in the order in which tables refer to each other.

        Raises: LedgerFault when a row that should be there is not.
        """
        asked: tuple[tuple[str, Statement, Sequence[Row]], ...] = (
            ("", statements.insert_wallet, self.new_wallets),
            ("", statements.insert_txn, self.txns),
            ("", statements.insert_lot, self.new_lots),
            ("lot", statements.update_pots, self.pots),
            ("lot", statements.update_lot, self.lots),
            ("", statements.insert_move, self.moves),
            ("", statements.delete_hold_draws, self.gone_holds),
            ("hold", statements.delete_hold, self.gone_holds),
            ("", statements.insert_hold, self.holds),
            ("", statements.insert_hold_draw, self.draws),
            ("series", statements.delete_series, self.gone_series),
            ("", statements.insert_series, self.series),
            ("wallet", statements.update_wallet_hot, self.hot_wallets),
            ("wallet", statements.update_wallet, self.wallets),
        )
        counts = driver.all([(statement, rows) for _, statement, rows in asked])
        for (changed, _, rows), count in zip(asked, counts, strict=True):
            if changed and count != len(rows):
                missing = len(rows) - count
                raise LedgerFault(f"{missing} rows of `{changed}` are not there to be changed")


def _check(entry: Entry, before: Book) -> None:
    after, transactions = entry.after, entry.transactions
    seqs = [transaction.seq for transaction in transactions]
    last = transactions[-1]
    if (
        seqs != list(range(before.seq + 1, after.seq + 1))
        or (before.wallet_id, before.policy) != (after.wallet_id, after.policy)
        or any(each.wallet_id != after.wallet_id for each in transactions)
        or (last.effective_at, last.available_micro, last.debt_micro)
        != (after.settled_at, after.available_micro, after.debt_micro)
    ):
        raise LedgerFault(
            f"the transactions of wallet `{after.wallet_id}` do not lead from its book at "
            f"`{before.seq}` to the one at `{after.seq}`"
        )


def _lot(after: Book, number: int) -> Lot:
    found = after.lots.get(number)
    if found is None:
        raise LedgerFault(
            f"lot {number} of wallet `{after.wallet_id}` was touched, but the book does not have it"
        )
    return found
