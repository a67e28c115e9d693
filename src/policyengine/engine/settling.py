"""Settling: what the clock does to a wallet, each event at its own effective time."""

from collections.abc import Iterable
from typing import Final

from policyengine.engine.adopting import Adoption, adopt, next_adoption
from policyengine.engine.ending import follow_end
from policyengine.engine.leaving import leaving_rule
from policyengine.engine.overage import take_overage_back
from policyengine.engine.recurring import recur
from policyengine.engine.renewal import renew
from policyengine.engine.situation import Draft, in_force
from policyengine.ledger.book import Book, apply, with_lots, without_closed_lots
from policyengine.ledger.changes import HoldClosed
from policyengine.ledger.holds import Draw, Hold
from policyengine.ledger.lots import Lot, Pot
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant

# At one instant: expire, renew, recur (a grant), adopt new terms, expire what a renewal might have
# kept, release. A grant that recurs just then gives its old amount before the difference comes.
_EXPIRE, _RENEW, _RECUR, _ADOPT, _EXPIRE_ROLLING, _TIME_OUT = range(6)
SETTLE_STEPS_MAX: Final = 100_000
"""More events than a lifetime of hourly cycles between two commands: the policy is at fault."""
CLOSED_LOTS_PUT_ASIDE_EVERY: Final = 64
"""Events after which lots that time can no longer change leave its sight, until it is done."""


def settle(timeline: Timeline, book: Book, now: Instant) -> tuple[Book, tuple[Transaction, ...]]:
    """Bring a book up to a time.

    Gives: the settled book, and the transactions of what was due, in order.
    """
    if book.due_at > now and next_adoption(timeline, book) is None:
        return book, ()
    written: list[Transaction] = []
    closed: list[Lot] = []
    while (transaction := next_due(timeline, book, now)) is not None:
        if len(written) >= SETTLE_STEPS_MAX:
            raise OverflowError(f"wallet `{book.wallet_id}` has too many events before one command")
        written.append(transaction)
        book = apply(book, transaction)
        if len(written) % CLOSED_LOTS_PUT_ASIDE_EVERY == 0:
            closed += [lot for lot in book.lots.values() if not lot.is_open]
            book = without_closed_lots(book)
    return with_lots(book, tuple(closed)), tuple(written)


def next_due(timeline: Timeline, book: Book, now: Instant) -> Transaction | None:
    """Give the first thing that time does to a book at or before `now`, at its own instant.

    Order at one instant: expire, renew, grant, adopt, release; then by number.
    """
    adoption = next_adoption(timeline, book)
    if book.due_at > now and (adoption is None or adoption.at > now):
        return None
    events = _events(timeline, book)
    if adoption is not None:
        events.append((adoption.at, _ADOPT, 0))
    first = min(events, default=None)
    if first is None or first[0] > now:
        return None
    return _happened(timeline, book, first, adoption)


def _happened(
    timeline: Timeline, book: Book, event: tuple[Instant, int, int], adoption: Adoption | None
) -> Transaction:
    at, what, number = event
    subscription = book.subscription
    match what:
        case e if e in {_EXPIRE, _EXPIRE_ROLLING}:
            return _expire(timeline, book, book.lots[number], at)
        case e if e == _RENEW and subscription is not None:
            return renew(timeline, book, subscription)
        case e if e == _RECUR:
            return recur(timeline, book, book.series[number])
        case e if e == _ADOPT and adoption is not None:
            return adopt(timeline, book, adoption)
        case _:
            return _time_out(timeline, book, book.holds[number])


def _events(timeline: Timeline, book: Book) -> list[tuple[Instant, int, int]]:
    subscription = book.subscription
    events: list[tuple[Instant, int, int]] = []
    for number, lot in book.lots.items():
        if lot.remaining:
            event = _EXPIRE_ROLLING if _may_be_kept(timeline, book, lot) else _EXPIRE
            events.append((lot.terms.expires_at, event, number))
    if subscription is not None:
        events.append((subscription.ends_at, _RENEW, 0))
    events += [(each.next_at, _RECUR, number) for number, each in book.series.items()]
    events += [(hold.frees_at, _TIME_OUT, number) for number, hold in book.holds.items()]
    return events


def _may_be_kept(timeline: Timeline, book: Book, lot: Lot) -> bool:
    """Tell whether the boundary at a lot's expiry decides about it before it expires."""
    if lot.terms.rolls:
        return True
    subscription = book.subscription
    if subscription is None or subscription.pending is None or not lot.terms.cycle_bound:
        return False
    policy, pending = in_force(timeline, subscription.ends_at), subscription.pending
    rule = leaving_rule(policy, subscription.plan, pending.plan, pending.because)
    return rule.unused == "carry_over"


def _expire(timeline: Timeline, book: Book, lot: Lot, at: Instant) -> Transaction:
    draft = Draft(book, in_force(timeline, at), at)
    draft.move(lot.terms.no, "available", "expired", lot.remaining)
    return draft.settled("expire", f"expire:{lot.terms.no}:{draft.seq}")


def _time_out(timeline: Timeline, book: Book, hold: Hold) -> Transaction:
    draft = Draft(book, in_force(timeline, hold.frees_at), hold.frees_at)
    give_back(draft, hold.seq, hold.draws)
    return draft.settled("time_out", f"time_out:{hold.seq}", hold.seq)


def give_back(draft: Draft, hold_seq: int, draws: Iterable[Draw]) -> None:
    """Release what a hold still sets aside; credits of lots that are over go where those went."""
    for draw in draws:
        release_draw(draft, draft.book.lots[draw.lot_no], draw.amount_micro)
    draft.change(HoldClosed(hold_seq))


def release_draw(draft: Draft, lot: Lot, amount: Micro) -> None:
    """Give held credits back to their lot, or to where its other credits went if it is over."""
    if lot.terms.source == "overage":
        amount = take_overage_back(draft, lot, "held", amount, "released")
    if not follow_end(draft, lot, "held", amount):
        target: Pot = "expired" if lot.has_ended(draft.at) else "available"
        draft.move(lot.terms.no, "held", target, amount)
