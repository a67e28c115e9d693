"""A book: one wallet's state, folded from its transactions; and `apply`, the one fold step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from policyengine.ledger.changes import (
    Change,
    Charged,
    DebtChanged,
    GiftGiven,
    GivenNoted,
    HoldClosed,
    HoldSet,
    LotEnded,
    LotOpened,
    SeriesEnded,
    SeriesSet,
    SubscriptionSet,
)
from policyengine.ledger.holds import Hold
from policyengine.ledger.limit_fold import LIMIT_FOLDS
from policyengine.ledger.limit_state import UNTOUCHED, LimitState
from policyengine.ledger.lots import Lot, Pot
from policyengine.ledger.subscriptions import Series, Subscription
from policyengine.ledger.transactions import Move, Transaction
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro
from policyengine.values.calendar import NEVER, Instant
from policyengine.values.making import quickly_made

RECENT_CHARGES_MAX: Final = 21
"""How many charges tell what is usual for a wallet; odd, so that the median is one of them."""

_EMPTY: Final[Mapping[Any, Any]] = MappingProxyType({})


class LedgerFault(Exception):  # noqa: N818  # a fault of the ledger, not of the caller
    """A transaction does not fit the book: the bookkeeping itself is wrong."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Book:
    """One wallet's state at `settled_at`; nothing in it is older than it needs to decide.

    `lots` holds the open lots and those that a command names; `available_micro` is the sum of
    what remains in them. `due_at` is at or before the next instant at which time changes the book,
    unless a newer version takes the wallet along before.
    INVARIANT: every lot is balanced; 0 <= available, held, debt.
    """

    wallet_id: str
    policy: str
    seq: int = 0
    settled_at: Instant = 0
    lots: Mapping[int, Lot] = field(default_factory=lambda: _EMPTY)
    holds: Mapping[int, Hold] = field(default_factory=lambda: _EMPTY)
    series: Mapping[int, Series] = field(default_factory=lambda: _EMPTY)
    subscription: Subscription | None = None
    gifts: tuple[str, ...] = ()
    lots_opened: int = 0
    series_opened: int = 0
    available_micro: Micro = 0
    debt_micro: Micro = 0
    recent_charges: tuple[Micro, ...] = ()
    due_at: Instant = NEVER
    limits: LimitState = UNTOUCHED

    @property
    def held_micro(self) -> Micro:
        """Give the credits set aside by open holds."""
        return sum(hold.held_micro for hold in self.holds.values())


TRANSITIONS: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("issued", "available"),
        ("available", "held"),
        ("available", "consumed"),
        ("available", "expired"),
        ("available", "withdrawn"),
        ("held", "available"),
        ("held", "consumed"),
        ("held", "expired"),
        ("held", "withdrawn"),
        ("consumed", "available"),
        ("consumed", "expired"),
        ("consumed", "withdrawn"),
    }
)

_POTS: Final[tuple[Pot, ...]] = ("available", "held", "consumed", "expired", "withdrawn")
"""The pots of a lot, in the order of its fields; what is issued is in none of them before."""
_EFFECTS: Final[Mapping[tuple[str, str], tuple[int, ...]]] = {
    (source, target): tuple((pot == target) - (pot == source) for pot in _POTS)
    for source, target in TRANSITIONS
}
"""By how much, for each credit moved, each pot of a lot grows or shrinks."""


def apply(book: Book, transaction: Transaction) -> Book:
    """Give the book after a transaction: the one place where a balance changes.

    Raises: LedgerFault when the transaction does not follow the book or breaks a lot.
    """
    if transaction.seq != book.seq + 1 or transaction.wallet_id != book.wallet_id:
        raise LedgerFault(f"transaction `{transaction.id}` does not follow `{book.seq}`")
    if transaction.effective_at < book.settled_at:
        raise LedgerFault(f"transaction `{transaction.id}` is earlier than the one before it")
    draft = _Draft(book)
    for change in transaction.changes:
        fold = _FOLDS.get(type(change))
        if fold is not None:
            fold(draft, change)
        if (limit_fold := LIMIT_FOLDS.get(type(change))) is not None:
            before = draft.values.get("limits", book.limits)
            after = limit_fold(before, change, transaction.seq, transaction.effective_at)
            draft.values["limits"] = after
    for move in transaction.moves:
        draft.move(move)
    return draft.book(transaction)


class _Draft:
    """The parts of a book that a transaction touches, copied on first touch."""

    __slots__ = ("available", "before", "debt", "due_at", "due_dirty", "opened", "values")

    def __init__(self, book: Book) -> None:
        self.before = book
        self.values: dict[str, Any] = {}
        self.available = book.available_micro
        self.debt = book.debt_micro
        self.due_at = book.due_at
        self.due_dirty = False
        self.opened: list[int] = []

    def comes(self, at: Instant) -> None:
        """Note that time will change the book at an instant."""
        self.due_at = min(self.due_at, at)

    def comes_no_more(self, at: Instant) -> None:
        """Note that time will not do what it would have done at an instant."""
        if at <= self.due_at:  # else something comes before it, whatever else does
            self.due_dirty = True

    def table(self, name: str) -> dict[int, Any]:
        """Give a private copy of one of the book's mappings."""
        copied = self.values.get(name)
        if copied is None:
            copied = self.values[name] = dict(getattr(self.before, name))
        return copied

    def lot(self, lots: Mapping[int, Lot], lot_no: int) -> Lot:
        found = lots.get(lot_no)
        if found is None:
            wallet = self.before.wallet_id
            raise LedgerFault(f"lot {lot_no} of wallet `{wallet}` is not in its book")
        return found

    def move(self, move: Move) -> None:
        source, target, amount = move.source, move.target, move.amount_micro
        effect = _EFFECTS.get((source, target))
        if amount <= 0 or effect is None:
            raise LedgerFault(f"no move of {amount} from `{source}` to `{target}`")
        lots = self.table("lots")
        lot = self.lot(lots, move.lot_no)
        after = _moved(lot, effect, amount)
        if after is None:
            raise LedgerFault(f"lot {move.lot_no} has less than {amount} in `{source}`")
        lots[move.lot_no] = after
        self.available += after.remaining - lot.remaining
        if lot.remaining and not after.remaining:
            self.comes_no_more(lot.terms.expires_at)
        elif after.remaining and not lot.remaining:
            self.comes(lot.terms.expires_at)

    def book(self, transaction: Transaction) -> Book:
        before, values = self.before, self.values
        if not 0 <= self.available <= AMOUNT_MICRO_MAX or not 0 <= self.debt <= AMOUNT_MICRO_MAX:
            raise LedgerFault(f"transaction `{transaction.id}` leaves an impossible balance")
        get = values.get
        lots = get("lots", before.lots)
        if self.opened and not all(lots[lot_no].is_balanced for lot_no in self.opened):
            raise LedgerFault(f"transaction `{transaction.id}` opens a lot that it does not fill")
        holds = get("holds", before.holds)
        series = get("series", before.series)
        subscription = get("subscription", before.subscription)
        due_at = self.due_at
        if self.due_dirty:
            due_at = _due_at(lots, holds, series, subscription)
        return Book(
            before.wallet_id,
            before.policy,
            transaction.seq,
            transaction.effective_at,
            lots,
            holds,
            series,
            subscription,
            get("gifts", before.gifts),
            get("lots_opened", before.lots_opened),
            get("series_opened", before.series_opened),
            self.available,
            self.debt,
            get("recent_charges", before.recent_charges),
            due_at,
            get("limits", before.limits),
        )


def _moved(lot: Lot, effect: tuple[int, ...], amount: Micro) -> Lot | None:
    """Give a lot after a move between two of its pots; None where the first has not enough."""
    in_remaining, in_held, in_consumed, in_expired, in_withdrawn = effect
    remaining = lot.remaining + in_remaining * amount
    held = lot.held + in_held * amount
    consumed = lot.consumed + in_consumed * amount
    if remaining < 0 or held < 0 or consumed < 0:  # nothing moves out of the other two
        return None
    expired = lot.expired + in_expired * amount
    withdrawn = lot.withdrawn + in_withdrawn * amount
    return Lot(lot.terms, remaining, held, consumed, expired, withdrawn, lot.end)


def _due_at(
    lots: Mapping[int, Lot],
    holds: Mapping[int, Hold],
    series: Mapping[int, Series],
    subscription: Subscription | None,
) -> Instant:
    due = NEVER if subscription is None else subscription.ends_at
    for lot in lots.values():
        if lot.remaining and lot.terms.expires_at < due:
            due = lot.terms.expires_at
    for hold in holds.values():
        due = min(due, hold.frees_at)
    for each in series.values():
        due = min(due, each.next_at)
    return due


def due_at(book: Book) -> Instant:
    """Give the next instant at which time changes the book, or `NEVER`."""
    return _due_at(book.lots, book.holds, book.series, book.subscription)


def with_lots(book: Book, lots: tuple[Lot, ...]) -> Book:
    """Add closed lots that a command names, such as those that a refund goes back to."""
    missing = {lot.terms.no: lot for lot in lots if lot.terms.no not in book.lots}
    return replace(book, lots={**book.lots, **missing}) if missing else book


def without_closed_lots(book: Book) -> Book:
    """Drop lots that can no longer change by themselves, as a store does between commands."""
    if all(lot.is_open for lot in book.lots.values()):
        return book
    return replace(book, lots={no: lot for no, lot in book.lots.items() if lot.is_open})


def _lot_opened(draft: _Draft, change: LotOpened) -> None:
    terms = change.terms
    opened = draft.values.get("lots_opened", draft.before.lots_opened)
    if terms.no != opened + 1:
        raise LedgerFault(f"lot {terms.no} does not follow lot {opened}")
    draft.values["lots_opened"] = terms.no
    draft.table("lots")[terms.no] = Lot(terms, 0)
    draft.opened.append(terms.no)


def _lot_ended(draft: _Draft, change: LotEnded) -> None:
    lots = draft.table("lots")
    lots[change.lot_no] = replace(draft.lot(lots, change.lot_no), end=change.end)


def _hold_set(draft: _Draft, change: HoldSet) -> None:
    holds, hold = draft.table("holds"), change.hold
    if (before := holds.get(hold.seq)) is not None:
        draft.comes_no_more(before.frees_at)
    holds[hold.seq] = hold
    draft.comes(hold.frees_at)


def _hold_closed(draft: _Draft, change: HoldClosed) -> None:
    hold = draft.table("holds").pop(change.hold_seq, None)
    if hold is None:
        raise LedgerFault(f"hold {change.hold_seq} is not open")
    draft.comes_no_more(hold.frees_at)


def _subscription_set(draft: _Draft, change: SubscriptionSet) -> None:
    draft.values["subscription"] = change.subscription
    draft.due_dirty = True


def _given_noted(draft: _Draft, change: GivenNoted) -> None:
    subscription = draft.values.get("subscription", draft.before.subscription)
    if subscription is None:
        raise LedgerFault(f"wallet `{draft.before.wallet_id}` has no plan that could give")
    others = tuple([each for each in subscription.given if each.grant != change.given.grant])
    draft.values["subscription"] = replace(subscription, given=(*others, change.given))


def _gift_given(draft: _Draft, change: GiftGiven) -> None:
    gifts = draft.values.get("gifts", draft.before.gifts)
    if change.rule in gifts:
        raise LedgerFault(f"`{change.rule}` was given before")
    draft.values["gifts"] = (*gifts, change.rule)


def _series_set(draft: _Draft, change: SeriesSet) -> None:
    number = change.series.no
    opened = draft.values.get("series_opened", draft.before.series_opened)
    draft.values["series_opened"] = max(opened, number)
    draft.table("series")[number] = change.series
    draft.due_dirty = True


def _series_ended(draft: _Draft, change: SeriesEnded) -> None:
    if draft.table("series").pop(change.series_no, None) is None:
        raise LedgerFault(f"series {change.series_no} is not open")
    draft.due_dirty = True


def _debt_changed(draft: _Draft, change: DebtChanged) -> None:
    draft.debt += change.by_micro


def _charged(draft: _Draft, change: Charged) -> None:
    if change.price_micro > 0:
        recent = (*draft.before.recent_charges, change.price_micro)
        draft.values["recent_charges"] = recent[-RECENT_CHARGES_MAX:]


_FOLDS: Final[Mapping[type[Change], Callable[[_Draft, Any], None]]] = {
    LotOpened: _lot_opened,
    LotEnded: _lot_ended,
    HoldSet: _hold_set,
    HoldClosed: _hold_closed,
    SubscriptionSet: _subscription_set,
    GivenNoted: _given_noted,
    GiftGiven: _gift_given,
    SeriesSet: _series_set,
    SeriesEnded: _series_ended,
    DebtChanged: _debt_changed,
    Charged: _charged,
}
