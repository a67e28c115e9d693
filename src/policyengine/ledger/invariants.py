"""What must hold of every book; an auditor asks, the fold and the store never need to."""

from collections.abc import Callable, Iterator
from typing import Final

from policyengine.ledger.book import RECENT_CHARGES_MAX, Book, due_at
from policyengine.ledger.limit_state import CAP_USES_MAX, RE_RATES_MAX, TOP_UPS_MAX
from policyengine.values.amounts import AMOUNT_MICRO_MAX


def faults_of(book: Book) -> tuple[str, ...]:
    """Give what is wrong with a book, one sentence each; nothing for a sound one."""
    return tuple(fault for check in _CHECKS for fault in check(book))


def _lots(book: Book) -> Iterator[str]:
    for number, lot in book.lots.items():
        if not 0 < number == lot.terms.no <= book.lots_opened:
            yield f"lot {number} of {book.lots_opened} opened ones calls itself {lot.terms.no}"
        if not lot.is_balanced:
            yield f"the pots of lot {number} do not add up to the {lot.terms.granted_micro} granted"


def _balances(book: Book) -> Iterator[str]:
    remaining = sum(lot.remaining for lot in book.lots.values())
    if remaining != book.available_micro:
        yield f"{book.available_micro} are available, {remaining} remain in the lots"
    amounts = {
        "available": book.available_micro,
        "held": book.held_micro,
        "owed": book.debt_micro,
    }
    for name, amount in amounts.items():
        if not 0 <= amount <= AMOUNT_MICRO_MAX:
            yield f"{amount} are {name}: out of bounds"


def _holds(book: Book) -> Iterator[str]:
    drawn: dict[int, int] = dict.fromkeys(book.lots, 0)
    for number, hold in book.holds.items():
        if not 0 < number == hold.seq <= book.seq:
            yield f"hold {number} calls itself {hold.seq}"
        if hold.captured_micro < 0 or any(draw.amount_micro <= 0 for draw in hold.draws):
            yield f"hold {number} has a draw or a capture that is not above 0"
        for draw in hold.draws:
            drawn[draw.lot_no] = drawn.get(draw.lot_no, 0) + draw.amount_micro
    for number, amount in drawn.items():
        lot = book.lots.get(number)
        held = 0 if lot is None else lot.held
        if amount != held:
            yield f"holds draw {amount} on lot {number}, which has {held} held"


def _times(book: Book) -> Iterator[str]:
    real = due_at(book)
    if book.due_at > real:
        yield f"time changes the book at {real}, before its `due_at` {book.due_at}"
    subscription = book.subscription
    if subscription is not None and subscription.starts_at >= subscription.ends_at:
        yield f"the cycle of plan `{subscription.plan}` ends before it starts"


def _memory(book: Book) -> Iterator[str]:
    if len(set(book.gifts)) != len(book.gifts):
        yield "a gift was given twice"
    for number, series in book.series.items():
        if not 0 < number == series.no <= book.series_opened:
            yield f"series {number} of {book.series_opened} opened ones calls itself {series.no}"
    if len(book.recent_charges) > RECENT_CHARGES_MAX or min(book.recent_charges, default=1) <= 0:
        yield "the recent charges are too many, or one is not above 0"


def _limits(book: Book) -> Iterator[str]:
    limits = book.limits
    names = [(use.cap, use.name) for use in limits.uses]
    if len(set(names)) != len(names) or len(names) > CAP_USES_MAX:
        yield "a cap counts a name twice, or too many names"
    if any(use.used_micro < 0 for use in limits.uses):
        yield "less than nothing is used of a cap"
    if limits.debt_paid_micro < 0:
        yield "refunds gave back more debt than was paid"
    if any(each.amount_micro < 0 for each in limits.overage):
        yield "less than nothing is due for overage"
    for due in limits.overage:
        lots = [each for each in book.lots.values() if each.terms.source == "overage"]
        if sum(lot.held for lot in lots if lot.terms.rule == due.rule) > due.amount_micro:
            yield f"holds have more overage under `{due.rule}` than is due"
    if len(limits.top_ups) > TOP_UPS_MAX or min(limits.seats, limits.seats_given) < 1:
        yield "there are too many top-ups, or no seat"
    noted = [(each.plan, each.ends_at) for each in limits.re_rates if not each.settled]
    settled = [each.ends_at for each in limits.re_rates if each.settled]
    if any(len(set(each)) != len(each) for each in (noted, settled)) or len(settled) > RE_RATES_MAX:
        yield "a cycle is re-rated twice, or too many are"


_CHECKS: Final[tuple[Callable[[Book], Iterator[str]], ...]] = (
    _lots,
    _balances,
    _holds,
    _times,
    _memory,
    _limits,
)
