"""Books that were read or written lately, so that wallets that did not move are not read again."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import Final, TypeAlias

from policyengine.ledger.book import Book, without_closed_lots
from policyengine.ledger.transactions import Transaction

Acts: TypeAlias = Mapping[int, tuple[Transaction, ...]]
"""By the number of an open hold: the transaction that opened it, and those that acted on it."""

NO_ACTS: Final[Acts] = MappingProxyType({})
ROOM_MAX: Final = 100_000
"""How much is kept: a wallet takes 1 and 1 more for each open lot, hold, series and act.

Some 50 MB; the wallets that were used longest ago make room.
"""

State: TypeAlias = tuple[bytes, int | None]
"""The head of a wallet's chain, and how often a rebuild mended it; None for never."""


class Shelf:
    """Books by the state of their wallet; safe for any number of threads and processes.

    A state is the head of the wallet's chain, the hash of all that led to a book, and how often a
    rebuild mended its rows, by whatever process. So a book is never out of date: either the wallet
    is in that state still, or the book is not found. It does no harm to keep a book whose write is
    taken back.
    """

    def __init__(self, room_max: int = ROOM_MAX) -> None:
        """Start empty."""
        self._room_max = room_max
        self._taken = 0
        self._books: OrderedDict[str, tuple[State, Book, Acts]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, wallet_id: str) -> bool:
        """Tell whether there is a book of a wallet, perhaps one that is out of date."""
        return wallet_id in self._books

    def find(self, wallet_id: str, state: State) -> Book | None:
        """Give the book of a wallet that is in a state."""
        with self._lock:
            found = self._books.get(wallet_id)
            if found is None or found[0] != state:
                return None
            self._books.move_to_end(wallet_id)
            return found[1]

    def acts(self, wallet_id: str, state: State) -> Acts:
        """Give what is known of how open holds came about, in a wallet that is in a state."""
        with self._lock:
            found = self._books.get(wallet_id)
            return NO_ACTS if found is None or found[0] != state else found[2]

    def put(self, state: State, book: Book, acts: Acts = NO_ACTS) -> None:
        """Keep a book with its open lots, in the place of the one that its wallet had."""
        kept = without_closed_lots(book)
        with self._lock:
            self._drop(book.wallet_id)
            self._taken += _room(kept, acts)
            self._books[book.wallet_id] = (state, kept, acts)
            while self._taken > self._room_max:
                self._drop(next(iter(self._books)))

    def clear(self) -> None:
        """Forget all books: what they were read from was wrong."""
        with self._lock:
            self._books.clear()
            self._taken = 0

    def _drop(self, wallet_id: str) -> None:
        found = self._books.pop(wallet_id, None)
        if found is not None:
            self._taken -= _room(found[1], found[2])


def _room(book: Book, acts: Acts) -> int:
    return 1 + len(book.lots) + len(book.holds) + len(book.series) + sum(map(len, acts.values()))


def acts_after(known: Acts, book: Book, transactions: Iterable[Transaction]) -> Acts:
    """Give what is known of the holds that are open in a book.

    Takes: what was known before its last transactions, and these in their order.
    """
    if not book.holds:
        return NO_ACTS
    acts = {seq: known[seq] for seq in book.holds if seq in known}
    for each in transactions:
        if each.refusal is not None:
            continue
        if each.seq in book.holds:
            acts[each.seq] = (each,)
        elif each.parent_seq in acts:
            acts[each.parent_seq] = (*acts[each.parent_seq], each)
    return acts
