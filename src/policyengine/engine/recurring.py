"""Recurring: grants that start later or come again by the clock, by hand or from a plan."""

from dataclasses import replace

from policyengine.engine.cycles import Cycle, grant_period
from policyengine.engine.ending import end_lot
from policyengine.engine.giving import give_again
from policyengine.engine.keeping import keep_in_cycle
from policyengine.engine.situation import Draft, in_force
from policyengine.ledger.book import Book
from policyengine.ledger.changes import GivenNoted, LotEnded, SeriesEnded, SeriesSet
from policyengine.ledger.lots import Lot, LotEnd
from policyengine.ledger.subscriptions import Rollover, Series
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, Instant, add_span, spans_passed


def recur(timeline: Timeline, book: Book, series: Series) -> Transaction:
    """Give the next occurrence of a later or recurring grant."""
    at = series.next_at
    draft = Draft(book, in_force(timeline, at), at)
    if series.is_of_plan:
        _come_again(timeline, draft, series)
    elif at >= series.ends_at:
        _end_lots_of(draft, series)
        draft.change(SeriesEnded(series.no))
    else:
        occur(draft, series)
    return draft.settled("recur", f"recur:{series.no}:{series.index}")


def _come_again(timeline: Timeline, draft: Draft, series: Series) -> None:
    """Let a grant of the plan come again, until its cycle ends: the renewal starts a new series."""
    plan, grant = timeline.giver(series.rule)
    cycle = Cycle(series.anchor_at, 0, series.anchor_at, series.ends_at)
    period = grant_period(draft.policy, grant, cycle, draft.at)
    keep_in_cycle(draft, plan, grant, series, period)
    for note in give_again(draft, plan, grant, series, period):
        draft.change(GivenNoted(note))
    if period.ends_at < series.ends_at:
        index, next_at = period.index + 1, period.ends_at
        draft.change(SeriesSet(replace(series, index=index, next_at=next_at)))
    else:
        draft.change(SeriesEnded(series.no))


def occur(draft: Draft, series: Series) -> None:
    """Let a grant occur now: roll over what is left, give what is missing, note the next time."""
    lots_end_at, following = _following(draft, series)
    if series.index == 0:
        _open_of_series(draft, series, series.amount_micro, lots_end_at)
    else:
        _roll_over(draft, series, lots_end_at)
    if following is None:
        draft.change(SeriesEnded(series.no))
    else:
        draft.change(SeriesSet(following))


def _following(draft: Draft, series: Series) -> tuple[Instant, Series | None]:
    if series.interval is None:
        return series.ends_at, None
    zone = draft.policy.zone
    # More than one step only where the anchor is before the start.
    passed = spans_passed(series.anchor_at, series.interval, zone, draft.at)
    index = max(series.index, passed) + 1
    next_at = min(add_span(series.anchor_at, series.interval, zone, index), series.ends_at)
    if next_at >= NEVER:
        return NEVER, None
    return next_at, replace(series, index=index, next_at=next_at)


def _roll_over(draft: Draft, series: Series, lots_end_at: Instant) -> None:
    keep = series.rollover or Rollover(series.amount_micro, series.amount_micro)
    left_to_keep = keep.maximum_micro
    before = 0
    for lot in _lots_of(draft.book, series):
        kept = min(lot.remaining, left_to_keep)
        before += kept
        left_to_keep -= kept
        draft.change(LotEnded(lot.terms.no, LotEnd("expired", draft.at)))
        draft.move(lot.terms.no, "available", "withdrawn", kept)
        draft.move(lot.terms.no, "available", "expired", lot.remaining - kept)
        if kept:
            _open_of_series(draft, series, kept, lots_end_at, carried=True)
    if before < keep.minimum_micro:
        _open_of_series(draft, series, keep.minimum_micro - before, lots_end_at)


def _lots_of(book: Book, series: Series) -> list[Lot]:
    return [
        lot
        for _, lot in sorted(book.lots.items())
        if lot.terms.series_no == series.no and lot.is_open and lot.end is None
    ]


def _end_lots_of(draft: Draft, series: Series) -> None:
    for lot in _lots_of(draft.book, series):
        end_lot(draft, lot, "expired")


def _open_of_series(
    draft: Draft, series: Series, amount: Micro, ends_at: Instant, *, carried: bool = False
) -> None:
    draft.open_lot(
        "carried" if carried else "grant",
        series.rule,
        amount,
        ends_at,
        priority=series.priority,
        restricted_to=series.restricted_to,
        rolls=series.interval is not None,
        series_no=series.no,
    )
