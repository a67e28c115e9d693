"""Rows of the projections, and the books that they make; in the order of the tables' columns."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policyengine.ledger.book import Book
from policyengine.ledger.holds import Draw, EstimateNote, Hold
from policyengine.ledger.limit_state import limit_state_of, limit_state_text
from policyengine.ledger.lots import UNRESTRICTED, Lot, LotEnd, LotTerms, Restriction
from policyengine.ledger.subscriptions import (
    Given,
    PendingChange,
    Rollover,
    Series,
    Subscription,
)
from policyengine.store.driver import Row
from policyengine.values.amounts import Micro
from policyengine.values.calendar import CalendarSpan, Instant

NOTHING: Final = "[]"
"""An empty list as it is stored."""


def list_text(values: Sequence[str]) -> str:
    """Write a list as it is stored."""
    return json.dumps(values, separators=(",", ":")) if values else NOTHING


def amounts_text(values: Sequence[Micro]) -> str:
    """Write a list of amounts as it is stored."""
    return f"[{','.join([f'{value:d}' for value in values])}]"


def list_of(text: str) -> tuple[Any, ...]:
    """Read a stored list."""
    return () if text == NOTHING else tuple(json.loads(text))


def _restriction(models: str, units: str) -> Restriction:
    if models == NOTHING == units:
        return UNRESTRICTED
    return Restriction(list_of(models), list_of(units))


def lot_row(wallet: int, lot: Lot) -> Row:
    """Give the row of a lot."""
    terms, end = lot.terms, lot.end
    return (
        wallet,
        terms.no,
        terms.opened_by,
        terms.source,
        terms.rule,
        terms.granted_micro,
        terms.effective_at,
        terms.expires_at,
        terms.priority,
        list_text(terms.restricted_to.models),
        list_text(terms.restricted_to.units),
        int(terms.cycle_bound),
        int(terms.rolls),
        terms.series_no,
        terms.times_kept,
        *pots_of(lot),
        *end_of(end),
        int(lot.is_open),
    )


def pots_of(lot: Lot) -> tuple[int, int, int, int, int]:
    """Give a lot's credits by pot, in the order of the columns."""
    return lot.remaining, lot.held, lot.consumed, lot.expired, lot.withdrawn


def end_of(end: LotEnd | None) -> tuple[str | None, int | None, int | None]:
    """Give the columns of a lot's end."""
    return (None, None, None) if end is None else (end.how, end.at, end.carried_expires_at)


def lot_of(row: Row) -> Lot:
    """Read the row of a lot."""
    terms = LotTerms(
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        _restriction(row[9], row[10]),
        row[11] == 1,
        row[12] == 1,
        row[13],
        row[14],
    )
    end = None if row[20] is None else LotEnd(row[20], row[21], row[22])
    return Lot(terms, row[15], row[16], row[17], row[18], row[19], end)


def hold_row(wallet: int, hold: Hold) -> Row:
    """Give the row of an open hold."""
    note = hold.estimate
    return (
        wallet,
        hold.seq,
        hold.expires_at,
        hold.latest_at,
        hold.started_at,
        hold.model,
        hold.conversation_id,
        hold.operation_id,
        *((None,) * 3 if note is None else (note.low_micro, note.expected_micro, note.high_micro)),
        hold.captured_micro,
        hold.member,
        hold.asked,
        hold.grace_until or None,
    )


def draw_rows(wallet: int, hold: Hold) -> list[Row]:
    """Give the rows of what a hold sets aside, in burn order."""
    return [
        (wallet, hold.seq, position, draw.lot_no, draw.amount_micro)
        for position, draw in enumerate(hold.draws, start=1)
    ]


def hold_of(row: Row, draws: Sequence[Row]) -> Hold:
    """Read the row of a hold with the rows of its draws in their order."""
    return Hold(
        row[1],
        tuple([Draw(draw[3], draw[4]) for draw in draws]),
        row[2],
        row[3],
        row[5],
        row[6],
        row[7],
        None if row[8] is None else EstimateNote(row[8], row[9], row[10]),
        row[11],
        row[4],
        row[12],
        row[13],
        row[14] or 0,
    )


def series_row(wallet: int, series: Series) -> Row:
    """Give the row of a series."""
    interval, rollover = series.interval, series.rollover
    return (
        wallet,
        series.no,
        series.opened_by,
        series.rule,
        series.amount_micro,
        series.anchor_at,
        series.next_at,
        series.ends_at,
        series.index,
        None if interval is None else interval.count,
        None if interval is None else interval.unit,
        None if rollover is None else rollover.minimum_micro,
        None if rollover is None else rollover.maximum_micro,
        series.priority,
        list_text(series.restricted_to.models),
        list_text(series.restricted_to.units),
    )


def series_of(row: Row) -> Series:
    """Read the row of a series."""
    return Series(
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        None if row[9] is None else CalendarSpan(row[9], row[10]),
        None if row[11] is None else Rollover(row[11], row[12]),
        row[13],
        _restriction(row[14], row[15]),
    )


def wallet_row(number: int, book: Book, recorded_at: Instant, head: bytes) -> Row:
    """Give the row of a wallet, but for its last column, which its book does not know."""
    return (
        number,
        book.wallet_id,
        book.policy,
        book.seq,
        book.settled_at,
        recorded_at,
        book.available_micro,
        book.held_micro,
        book.debt_micro,
        len(book.holds),
        len(book.series),
        book.lots_opened,
        book.series_opened,
        list_text(book.gifts),
        amounts_text(book.recent_charges),
        *_subscription_row(book.subscription),
        book.due_at,
        head,
        limit_state_text(book.limits),
        None if book.subscription is None else book.subscription.cohort or None,
    )


def _subscription_row(subscription: Subscription | None) -> Row:
    if subscription is None:
        return ((None,) * 9) + (NOTHING,)
    pending = subscription.pending
    return (
        subscription.plan,
        subscription.version,
        subscription.joined_at,
        subscription.anchor_at,
        subscription.index,
        subscription.starts_at,
        subscription.ends_at,
        None if pending is None else pending.plan,
        None if pending is None else pending.because,
        given_text(subscription.given),
    )


def given_text(given: tuple[Given, ...]) -> str:
    """Write what grants have given as it is stored."""
    if not given:
        return NOTHING
    listed = [[each.grant, each.since, each.amount_micro] for each in given]
    return json.dumps(listed, separators=(",", ":"))


def book_of(
    row: Row, lots: Mapping[int, Lot], holds: Mapping[int, Hold], series: Mapping[int, Series]
) -> Book:
    """Read the row of a wallet, with what belongs to it."""
    return Book(
        row[1],
        row[2],
        row[3],
        row[4],
        lots,
        holds,
        series,
        None if row[15] is None else _subscription_of(row),
        list_of(row[13]),
        row[11],
        row[12],
        row[6],
        row[8],
        list_of(row[14]),
        row[25],
        limit_state_of(row[27]),
    )


def _subscription_of(row: Row) -> Subscription:
    pending = None if row[22] is None else PendingChange(row[22], row[23])
    cycle = (row[18], row[19], row[20], row[21])
    given = tuple([Given(*each) for each in list_of(row[24])])
    return Subscription(
        row[15], row[16], row[17], *cycle, pending, cohort=row[28] or "", given=given
    )
