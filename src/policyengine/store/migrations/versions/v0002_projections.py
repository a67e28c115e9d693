"""Lots and moves, holds and series, the view of postings, and the guards of all tables."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from policyengine.store.migrations import guards_0002, guards_0002_postgres
from policyengine.store.migrations.wording_1 import (
    all_or_none,
    amounts,
    keeps,
    named,
    one_of,
    refers,
    short,
    whole,
    words,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_POTS: Final = ("issued", "available", "held", "consumed", "expired", "withdrawn")
_STEPS: Final = (
    "available>consumed",
    "available>expired",
    "available>held",
    "available>withdrawn",
    "consumed>available",
    "consumed>expired",
    "consumed>withdrawn",
    "held>available",
    "held>consumed",
    "held>expired",
    "held>withdrawn",
    "issued>available",
)
_SOURCES: Final = (
    "plan",
    "gift",
    "pack",
    "grant",
    "carried",
    "refund",
    "adjustment",
    "debt",
    "overage",
    "bonus",
    "conversion",
)
_UNITS: Final = ("second", "minute", "hour", "day", "week", "month", "year")
_LOT_POTS: Final = (
    "remaining_micro",
    "held_micro",
    "consumed_micro",
    "expired_micro",
    "withdrawn_micro",
)
_POSTING: Final = """
CREATE VIEW posting AS
  SELECT txn, leg, wallet, lot_no, target AS pot, amount_micro FROM move
  UNION ALL
  SELECT txn, leg, wallet, lot_no, source AS pot, -amount_micro FROM move
"""


def upgrade() -> None:
    """Create the tables in the order in which they refer to each other."""
    _lot()
    _move()
    _hold()
    _hold_draw()
    _series()
    op.execute(_POSTING)
    is_server = op.get_bind().dialect.name == "postgresql"
    for guard in guards_0002_postgres.GUARDS if is_server else guards_0002.GUARDS:
        op.execute(guard)


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise NotImplementedError("a ledger is never taken apart; restore a backup")


def _lot() -> None:
    is_open = "is_open = CASE WHEN remaining_micro > 0 OR held_micro > 0 THEN 1 ELSE 0 END"
    end_is_whole = (
        f"{all_or_none('end_how', 'end_at')}"
        f" AND {one_of('end_how', ('expired', 'withdrawn', 'carried'))}"
        " AND (end_carried_expires_at IS NULL OR coalesce(end_how, '') = 'carried')"
    )
    op.create_table(
        "lot",
        *whole("wallet", "lot_no", "opened_by"),
        *words("source", "rule"),
        *whole("granted_micro", "effective_at", "expires_at", "priority"),
        *words("models", "units"),
        *whole("cycle_bound", "rolls"),
        *whole("series_no", nullable=True),
        *whole("times_kept"),
        *whole(*_LOT_POTS),
        *words("end_how", nullable=True),
        *whole("end_at", "end_carried_expires_at", nullable=True),
        *whole("is_open"),
        sa.PrimaryKeyConstraint("wallet", "lot_no"),
        refers("lot_is_of_a_wallet", "wallet", "wallet.id"),
        refers("lot_was_opened", "wallet, opened_by", "txn.wallet, txn.seq"),
        keeps(
            "lot_counts",
            "lot_no > 0 AND (series_no IS NULL OR series_no > 0) AND times_kept >= 0",
        ),
        keeps("lot_source", one_of("source", _SOURCES)),
        keeps("lot_is_named", named("rule")),
        keeps("lot_has_length", "effective_at >= 0 AND effective_at < expires_at"),
        keeps("lot_flags", "cycle_bound IN (0, 1) AND rolls IN (0, 1)"),
        keeps("lot_amounts", amounts("granted_micro", *_LOT_POTS)),
        keeps("lot_is_conserved", f"{' + '.join(_LOT_POTS)} = granted_micro"),
        keeps("lot_is_open_while_it_can_be_spent", is_open),
        keeps("lot_end_is_whole", end_is_whole),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    only = sa.text("is_open = 1")
    op.create_index(
        "lot_open", "lot", ["wallet", "lot_no"], sqlite_where=only, postgresql_where=only
    )


def _move() -> None:
    op.create_table(
        "move",
        *whole("txn", "leg", "wallet", "lot_no"),
        *words("source", "target"),
        *whole("amount_micro"),
        sa.PrimaryKeyConstraint("txn", "leg"),
        refers("move_is_of_a_transaction", "txn", "txn.id"),
        refers("move_is_of_a_lot", "wallet, lot_no", "lot.wallet, lot.lot_no"),
        keeps("move_leg_counts", "leg > 0"),
        keeps("move_is_above_zero", amounts("amount_micro") + " AND amount_micro > 0"),
        keeps("move_pots", f"{one_of('source', _POTS)} AND {one_of('target', _POTS)}"),
        keeps("move_is_a_known_step", one_of("source || '>' || target", _STEPS)),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _hold() -> None:
    op.create_table(
        "hold",
        *whole("wallet", "seq", "expires_at", "latest_at", "started_at"),
        *words("model", "conversation_id", "operation_id"),
        *whole("low_micro", "expected_micro", "high_micro", nullable=True),
        *whole("captured_micro"),
        *words("member", "asked"),
        sa.PrimaryKeyConstraint("wallet", "seq"),
        refers("hold_was_opened", "wallet, seq", "txn.wallet, txn.seq"),
        keeps("hold_ends_in_time", "expires_at <= latest_at"),
        keeps("hold_names", short("model", "conversation_id", "operation_id", "member", "asked")),
        keeps("hold_amounts", amounts("captured_micro")),
        keeps(
            "hold_estimate_is_whole_or_none",
            all_or_none("low_micro", "expected_micro", "high_micro"),
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _hold_draw() -> None:
    op.create_table(
        "hold_draw",
        *whole("wallet", "hold_seq", "position", "lot_no", "amount_micro"),
        sa.PrimaryKeyConstraint("wallet", "hold_seq", "position"),
        refers("hold_draw_is_of_a_hold", "wallet, hold_seq", "hold.wallet, hold.seq"),
        refers("hold_draw_is_of_a_lot", "wallet, lot_no", "lot.wallet, lot.lot_no"),
        keeps("hold_draw_counts", "position > 0"),
        keeps("hold_draw_is_above_zero", amounts("amount_micro") + " AND amount_micro > 0"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _series() -> None:
    interval = (
        f"{all_or_none('interval_count', 'interval_unit')} AND {one_of('interval_unit', _UNITS)}"
    )
    rollover = f"{all_or_none('minimum_micro', 'maximum_micro')} AND minimum_micro <= maximum_micro"
    op.create_table(
        "series",
        *whole("wallet", "series_no", "opened_by"),
        *words("rule"),
        *whole("amount_micro", "anchor_at", "next_at", "ends_at", "occurrence"),
        *whole("interval_count", nullable=True),
        *words("interval_unit", nullable=True),
        *whole("minimum_micro", "maximum_micro", nullable=True),
        *whole("priority"),
        *words("models", "units"),
        sa.PrimaryKeyConstraint("wallet", "series_no"),
        refers("series_was_opened", "wallet, opened_by", "txn.wallet, txn.seq"),
        keeps("series_counts", "series_no > 0 AND occurrence >= 0"),
        keeps("series_is_named", named("rule")),
        keeps("series_amounts", amounts("amount_micro")),
        keeps("series_interval_is_whole_or_none", interval),
        keeps("series_rollover_is_whole_or_none", rollover),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
