"""The ledger's projections of lots, holds and series: what transactions add up to now."""

from typing import Final, get_args

from sqlalchemy import ForeignKeyConstraint, Index, text

from policyengine.ledger.lots import LotEnd, LotSource
from policyengine.store.columns import (
    CLUSTERED,
    all_or_none,
    amounts,
    keeps,
    named,
    one_of,
    short,
    whole,
    words,
)
from policyengine.store.tables import LedgerRow, table_of
from policyengine.values.calendar import SpanUnit

_ENDS: Final = get_args(LotEnd.__annotations__["how"])


class LotRow(LedgerRow, table=True):
    """A lot: its terms, which never change, and its credits by pot. Closed lots stay."""

    __tablename__ = "lot"
    __table_args__ = (
        ForeignKeyConstraint(["wallet"], ["wallet.id"], name="lot_is_of_a_wallet"),
        ForeignKeyConstraint(
            ["wallet", "opened_by"], ["txn.wallet", "txn.seq"], name="lot_was_opened"
        ),
        keeps(
            "lot_counts",
            "lot_no > 0 AND (series_no IS NULL OR series_no > 0) AND times_kept >= 0",
        ),
        keeps("lot_source", one_of("source", get_args(LotSource))),
        keeps("lot_is_named", named("rule")),
        keeps("lot_has_length", "effective_at >= 0 AND effective_at < expires_at"),
        keeps("lot_flags", "cycle_bound IN (0, 1) AND rolls IN (0, 1)"),
        keeps(
            "lot_amounts",
            amounts(
                "granted_micro",
                "remaining_micro",
                "held_micro",
                "consumed_micro",
                "expired_micro",
                "withdrawn_micro",
            ),
        ),
        keeps(
            "lot_is_conserved",
            "remaining_micro + held_micro + consumed_micro + expired_micro + withdrawn_micro"
            " = granted_micro",
        ),
        keeps(
            "lot_is_open_while_it_can_be_spent",
            "is_open = CASE WHEN remaining_micro > 0 OR held_micro > 0 THEN 1 ELSE 0 END",
        ),
        keeps(
            "lot_end_is_whole",
            f"{all_or_none('end_how', 'end_at')} AND {one_of('end_how', _ENDS)}"
            " AND (end_carried_expires_at IS NULL OR coalesce(end_how, '') = 'carried')",
        ),
        Index(
            "lot_open",
            "wallet",
            "lot_no",
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open = 1"),
        ),
        CLUSTERED,
    )

    wallet: int = whole(primary_key=True)
    lot_no: int = whole(primary_key=True)
    opened_by: int = whole()
    source: str = words()
    rule: str = words()
    granted_micro: int = whole()
    effective_at: int = whole()
    expires_at: int = whole()
    priority: int = whole()
    models: str = words()
    units: str = words()
    cycle_bound: int = whole()
    rolls: int = whole()
    series_no: int | None = whole()
    times_kept: int = whole()
    remaining_micro: int = whole()
    held_micro: int = whole()
    consumed_micro: int = whole()
    expired_micro: int = whole()
    withdrawn_micro: int = whole()
    end_how: str | None = words()
    end_at: int | None = whole()
    end_carried_expires_at: int | None = whole()
    is_open: int = whole()


class HoldRow(LedgerRow, table=True):
    """An open hold; gone when it is closed."""

    __tablename__ = "hold"
    __table_args__ = (
        ForeignKeyConstraint(["wallet", "seq"], ["txn.wallet", "txn.seq"], name="hold_was_opened"),
        keeps("hold_ends_in_time", "expires_at <= latest_at"),
        keeps("hold_names", short("model", "conversation_id", "operation_id", "member", "asked")),
        keeps("hold_amounts", amounts("captured_micro")),
        keeps(
            "hold_estimate_is_whole_or_none",
            all_or_none("low_micro", "expected_micro", "high_micro"),
        ),
        CLUSTERED,
    )

    wallet: int = whole(primary_key=True)
    seq: int = whole(primary_key=True)
    expires_at: int = whole()
    latest_at: int = whole()
    started_at: int = whole()
    model: str = words()
    conversation_id: str = words()
    operation_id: str = words()
    low_micro: int | None = whole()
    expected_micro: int | None = whole()
    high_micro: int | None = whole()
    captured_micro: int = whole()
    member: str = words()
    asked: str = words()
    grace_until: int | None = whole()


class HoldDraw(LedgerRow, table=True):
    """What an open hold sets aside of one lot; `position` is its place in burn order."""

    __tablename__ = "hold_draw"
    __table_args__ = (
        ForeignKeyConstraint(
            ["wallet", "hold_seq"], ["hold.wallet", "hold.seq"], name="hold_draw_is_of_a_hold"
        ),
        ForeignKeyConstraint(
            ["wallet", "lot_no"], ["lot.wallet", "lot.lot_no"], name="hold_draw_is_of_a_lot"
        ),
        keeps("hold_draw_counts", "position > 0"),
        keeps("hold_draw_is_above_zero", amounts("amount_micro") + " AND amount_micro > 0"),
        CLUSTERED,
    )

    wallet: int = whole(primary_key=True)
    hold_seq: int = whole(primary_key=True)
    position: int = whole(primary_key=True)
    lot_no: int = whole()
    amount_micro: int = whole()


class SeriesRow(LedgerRow, table=True):
    """A grant that starts later or recurs; gone when it is over."""

    __tablename__ = "series"
    __table_args__ = (
        ForeignKeyConstraint(
            ["wallet", "opened_by"], ["txn.wallet", "txn.seq"], name="series_was_opened"
        ),
        keeps("series_counts", "series_no > 0 AND occurrence >= 0"),
        keeps("series_is_named", named("rule")),
        keeps("series_amounts", amounts("amount_micro")),
        keeps(
            "series_interval_is_whole_or_none",
            f"{all_or_none('interval_count', 'interval_unit')}"
            f" AND {one_of('interval_unit', get_args(SpanUnit))}",
        ),
        keeps(
            "series_rollover_is_whole_or_none",
            f"{all_or_none('minimum_micro', 'maximum_micro')} AND minimum_micro <= maximum_micro",
        ),
        CLUSTERED,
    )

    wallet: int = whole(primary_key=True)
    series_no: int = whole(primary_key=True)
    opened_by: int = whole()
    rule: str = words()
    amount_micro: int = whole()
    anchor_at: int = whole()
    next_at: int = whole()
    ends_at: int = whole()
    occurrence: int = whole()
    interval_count: int | None = whole()
    interval_unit: str | None = words()
    minimum_micro: int | None = whole()
    maximum_micro: int | None = whole()
    priority: int = whole()
    models: str = words()
    units: str = words()


LOT: Final = table_of(LotRow)
HOLD: Final = table_of(HoldRow)
HOLD_DRAW: Final = table_of(HoldDraw)
SERIES: Final = table_of(SeriesRow)
