"""The first tables of the ledger."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from policyengine.store.migrations.guards_0001 import GUARDS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_POSTING: Final = """
CREATE VIEW posting AS
  SELECT txn, leg, wallet, lot_no, target AS pot, amount_micro FROM move
  UNION ALL
  SELECT txn, leg, wallet, lot_no, source AS pot, -amount_micro FROM move
"""


def upgrade() -> None:
    """Create the tables in the order in which they refer to each other."""
    _ledger()
    _policy_version()
    _wallet()
    _txn()
    _lot()
    _move()
    _hold()
    _hold_draw()
    _series()
    op.execute(_POSTING)
    if op.get_bind().dialect.name == "sqlite":
        for guard in GUARDS:
            op.execute(guard)


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise NotImplementedError("a ledger is never taken apart; restore a backup")


def _whole(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [sa.Column(name, kind, nullable=nullable) for name in names]


def _words(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _octets(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _amounts(*columns: str) -> str:
    return " AND ".join(f"{column} BETWEEN 0 AND 1000000000000000000" for column in columns)


def _ledger() -> None:
    op.create_table(
        "ledger",
        *_whole("id"),
        *_words("ledger_id"),
        *_whole("created_at", "policies"),
        _octets("policies_hash"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("id = 1", name="ledger_is_one"),
        sa.CheckConstraint("length(ledger_id) = 32", name="ledger_id_is_named"),
        sa.CheckConstraint("policies >= 0", name="ledger_counts_policies"),
        sa.CheckConstraint("length(policies_hash) = 32", name="ledger_head_is_a_hash"),
        sqlite_strict=True,
    )


def _policy_version() -> None:
    op.create_table(
        "policy_version",
        *_whole("id"),
        *_words("name"),
        *_whole("version"),
        *_words("sha256", "source", "engine_version"),
        *_whole("recorded_at"),
        _octets("hash"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version", "sha256", name="policy_version_is_once"),
        sa.CheckConstraint("id > 0 AND version > 0", name="policy_version_is_numbered"),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 255 AND length(engine_version) BETWEEN 1 AND 255",
            name="policy_version_is_named",
        ),
        sa.CheckConstraint("length(sha256) = 64", name="policy_version_has_content_hash"),
        sa.CheckConstraint("length(source) <= 262144", name="policy_version_source_is_bounded"),
        sa.CheckConstraint("length(hash) = 32", name="policy_version_is_sealed"),
        sqlite_strict=True,
    )


def _wallet() -> None:
    op.create_table(
        "wallet",
        *_whole("id"),
        *_words("wallet_id", "policy"),
        *_whole(
            "seq",
            "settled_at",
            "recorded_at",
            "available_micro",
            "held_micro",
            "debt_micro",
            "holds_open",
            "series_open",
            "lots_opened",
            "series_opened",
        ),
        *_words("gifts", "recent_charges"),
        *_words("plan", nullable=True),
        *_whole(
            "plan_version",
            "joined_at",
            "anchor_at",
            "cycle",
            "cycle_starts_at",
            "cycle_ends_at",
            nullable=True,
        ),
        *_words("pending_plan", "pending_because", nullable=True),
        *_whole("due_at"),
        _octets("head_hash"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("wallet_id", name="wallet_is_once"),
        sa.CheckConstraint("id > 0", name="wallet_is_numbered"),
        sa.CheckConstraint(
            "length(wallet_id) BETWEEN 1 AND 255 AND length(policy) BETWEEN 1 AND 255",
            name="wallet_is_named",
        ),
        sa.CheckConstraint(
            "seq >= 0 AND settled_at >= 0 AND lots_opened >= 0 AND series_opened >= 0 AND "
            "holds_open >= 0 AND series_open BETWEEN 0 AND series_opened",
            name="wallet_counts",
        ),
        sa.CheckConstraint(
            _amounts("available_micro", "held_micro", "debt_micro"), name="wallet_amounts"
        ),
        sa.CheckConstraint("length(head_hash) = 32", name="wallet_head_is_a_hash"),
        sa.CheckConstraint(
            "(plan IS NULL) = (plan_version IS NULL) AND (plan IS NULL) = (joined_at IS "
            "NULL) AND (plan IS NULL) = (anchor_at IS NULL) AND (plan IS NULL) = (cycle IS "
            "NULL) AND (plan IS NULL) = (cycle_starts_at IS NULL) AND (plan IS NULL) = "
            "(cycle_ends_at IS NULL)",
            name="wallet_has_a_whole_plan_or_none",
        ),
        sa.CheckConstraint("cycle_starts_at < cycle_ends_at", name="wallet_cycle_has_length"),
        sa.CheckConstraint(
            "(pending_plan IS NULL) = (pending_because IS NULL) AND (pending_plan IS NULL "
            "OR plan IS NOT NULL)",
            name="wallet_has_a_whole_change_or_none",
        ),
        sqlite_strict=True,
    )
    op.create_index("wallet_due", "wallet", ["due_at"])


def _txn() -> None:
    op.create_table(
        "txn",
        *_whole("id", "wallet", "seq"),
        *_words("kind"),
        *_whole("effective_at", "recorded_at", "policy_id"),
        *_words("key", "fingerprint", "conversation_id", "operation_id", "actor", "reason"),
        *_whole("parent_seq", nullable=True),
        *_words("refusal_code", "refusal_message", "refusal_details", nullable=True),
        *_whole("available_micro", "debt_micro"),
        *_words("model", "changes"),
        _octets("hash"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("wallet", "seq", name="txn_seq_is_once"),
        sa.UniqueConstraint("wallet", "key", name="txn_key_is_once"),
        sa.ForeignKeyConstraint(["wallet"], ["wallet.id"], name="txn_is_of_a_wallet"),
        sa.ForeignKeyConstraint(["policy_id"], ["policy_version.id"], name="txn_is_by_a_policy"),
        sa.ForeignKeyConstraint(
            ["wallet", "parent_seq"], ["txn.wallet", "txn.seq"], name="txn_parent_exists"
        ),
        sa.CheckConstraint("id > 0 AND seq > 0 AND effective_at >= 0", name="txn_counts"),
        sa.CheckConstraint(
            "kind IN ('subscribe', 'change_plan', 'cancel', 'purchase', 'grant', 'void', "
            "'charge', 'hold', 'capture', 'release', 'extend', 'refund', 'adjust', "
            "'report', 'resolve', 'settle', 'expire', 'renew', 'recur', 'time_out')",
            name="txn_kind",
        ),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 255", name="txn_key_is_named"),
        sa.CheckConstraint(
            "length(conversation_id) <= 255 AND length(operation_id) <= 255 AND "
            "length(actor) <= 255 AND length(model) <= 255",
            name="txn_names",
        ),
        sa.CheckConstraint("length(fingerprint) IN (0, 64)", name="txn_fingerprint"),
        sa.CheckConstraint("length(reason) <= 4000", name="txn_reason_is_bounded"),
        sa.CheckConstraint("length(changes) <= 1000000", name="txn_changes_are_bounded"),
        sa.CheckConstraint(_amounts("available_micro", "debt_micro"), name="txn_amounts"),
        sa.CheckConstraint(
            "(refusal_code IS NULL) = (refusal_message IS NULL) AND (refusal_code IS NULL) "
            "= (refusal_details IS NULL)",
            name="txn_refusal_is_whole",
        ),
        sa.CheckConstraint("length(refusal_code) BETWEEN 1 AND 255", name="txn_refusal_has_a_code"),
        sa.CheckConstraint(
            "refusal_code IS NULL OR changes = '[]'", name="txn_refused_changes_nothing"
        ),
        sa.CheckConstraint("parent_seq BETWEEN 1 AND seq - 1", name="txn_parent_is_earlier"),
        sa.CheckConstraint(
            "parent_seq IS NOT NULL OR refusal_code IS NOT NULL OR NOT kind IN ('capture', "
            "'release', 'extend', 'refund', 'void', 'resolve', 'time_out')",
            name="txn_has_its_parent",
        ),
        sa.CheckConstraint(
            "kind <> 'adjust' OR refusal_code IS NOT NULL OR length(reason) > 0",
            name="txn_adjustment_has_a_reason",
        ),
        sa.CheckConstraint("length(hash) = 32", name="txn_is_sealed"),
        sqlite_strict=True,
    )
    op.create_index(
        "txn_case",
        "txn",
        ["id"],
        sqlite_where=sa.text("kind = 'report'"),
        postgresql_where=sa.text("kind = 'report'"),
    )
    op.create_index(
        "txn_conversation",
        "txn",
        ["wallet", "conversation_id", "seq"],
        sqlite_where=sa.text("conversation_id <> ''"),
        postgresql_where=sa.text("conversation_id <> ''"),
    )
    op.create_index(
        "txn_model",
        "txn",
        ["model", "id"],
        sqlite_where=sa.text("model <> ''"),
        postgresql_where=sa.text("model <> ''"),
    )
    op.create_index(
        "txn_parent",
        "txn",
        ["wallet", "parent_seq"],
        sqlite_where=sa.text("parent_seq IS NOT NULL"),
        postgresql_where=sa.text("parent_seq IS NOT NULL"),
    )


def _lot() -> None:
    op.create_table(
        "lot",
        *_whole("wallet", "lot_no", "opened_by"),
        *_words("source", "rule"),
        *_whole("granted_micro", "effective_at", "expires_at", "priority"),
        *_words("models", "units"),
        *_whole("cycle_bound", "rolls"),
        *_whole("series_no", nullable=True),
        *_whole(
            "remaining_micro", "held_micro", "consumed_micro", "expired_micro", "withdrawn_micro"
        ),
        *_words("end_how", nullable=True),
        *_whole("end_at", "end_carried_expires_at", nullable=True),
        *_whole("is_open"),
        sa.PrimaryKeyConstraint("wallet", "lot_no"),
        sa.ForeignKeyConstraint(["wallet"], ["wallet.id"], name="lot_is_of_a_wallet"),
        sa.ForeignKeyConstraint(
            ["wallet", "opened_by"], ["txn.wallet", "txn.seq"], name="lot_was_opened"
        ),
        sa.CheckConstraint(
            "lot_no > 0 AND (series_no IS NULL OR series_no > 0)", name="lot_counts"
        ),
        sa.CheckConstraint(
            "source IN ('plan', 'gift', 'pack', 'grant', 'carried', 'refund', 'adjustment', "
            "'debt')",
            name="lot_source",
        ),
        sa.CheckConstraint("length(rule) BETWEEN 1 AND 255", name="lot_is_named"),
        sa.CheckConstraint(
            "effective_at >= 0 AND effective_at < expires_at", name="lot_has_length"
        ),
        sa.CheckConstraint("cycle_bound IN (0, 1) AND rolls IN (0, 1)", name="lot_flags"),
        sa.CheckConstraint(
            _amounts(
                "granted_micro",
                "remaining_micro",
                "held_micro",
                "consumed_micro",
                "expired_micro",
                "withdrawn_micro",
            ),
            name="lot_amounts",
        ),
        sa.CheckConstraint(
            "remaining_micro + held_micro + consumed_micro + expired_micro + "
            "withdrawn_micro = granted_micro",
            name="lot_is_conserved",
        ),
        sa.CheckConstraint(
            "is_open = CASE WHEN remaining_micro > 0 OR held_micro > 0 THEN 1 ELSE 0 END",
            name="lot_is_open_while_it_can_be_spent",
        ),
        sa.CheckConstraint(
            "(end_how IS NULL) = (end_at IS NULL) AND end_how IN ('expired', 'withdrawn', "
            "'carried') AND (end_carried_expires_at IS NULL OR coalesce(end_how, '') = "
            "'carried')",
            name="lot_end_is_whole",
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "lot_open",
        "lot",
        ["wallet", "lot_no"],
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open = 1"),
    )


def _move() -> None:
    op.create_table(
        "move",
        *_whole("txn", "leg", "wallet", "lot_no"),
        *_words("source", "target"),
        *_whole("amount_micro"),
        sa.PrimaryKeyConstraint("txn", "leg"),
        sa.ForeignKeyConstraint(["txn"], ["txn.id"], name="move_is_of_a_transaction"),
        sa.ForeignKeyConstraint(
            ["wallet", "lot_no"], ["lot.wallet", "lot.lot_no"], name="move_is_of_a_lot"
        ),
        sa.CheckConstraint("leg > 0", name="move_leg_counts"),
        sa.CheckConstraint(
            _amounts("amount_micro") + " AND amount_micro > 0", name="move_is_above_zero"
        ),
        sa.CheckConstraint(
            "source IN ('issued', 'available', 'held', 'consumed', 'expired', 'withdrawn') "
            "AND target IN ('issued', 'available', 'held', 'consumed', 'expired', "
            "'withdrawn')",
            name="move_pots",
        ),
        sa.CheckConstraint(
            "source || '>' || target IN ('available>consumed', 'available>expired', "
            "'available>held', 'available>withdrawn', 'consumed>available', "
            "'consumed>expired', 'consumed>withdrawn', 'held>available', 'held>consumed', "
            "'held>expired', 'held>withdrawn', 'issued>available')",
            name="move_is_a_known_step",
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _hold() -> None:
    op.create_table(
        "hold",
        *_whole("wallet", "seq", "expires_at", "latest_at", "started_at"),
        *_words("model", "conversation_id", "operation_id"),
        *_whole("low_micro", "expected_micro", "high_micro", nullable=True),
        *_whole("captured_micro"),
        sa.PrimaryKeyConstraint("wallet", "seq"),
        sa.ForeignKeyConstraint(
            ["wallet", "seq"], ["txn.wallet", "txn.seq"], name="hold_was_opened"
        ),
        sa.CheckConstraint("expires_at <= latest_at", name="hold_ends_in_time"),
        sa.CheckConstraint(
            "length(model) <= 255 AND length(conversation_id) <= 255 AND "
            "length(operation_id) <= 255",
            name="hold_names",
        ),
        sa.CheckConstraint(_amounts("captured_micro"), name="hold_amounts"),
        sa.CheckConstraint(
            "(low_micro IS NULL) = (expected_micro IS NULL) AND (low_micro IS NULL) = "
            "(high_micro IS NULL)",
            name="hold_estimate_is_whole_or_none",
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _hold_draw() -> None:
    op.create_table(
        "hold_draw",
        *_whole("wallet", "hold_seq", "position", "lot_no", "amount_micro"),
        sa.PrimaryKeyConstraint("wallet", "hold_seq", "position"),
        sa.ForeignKeyConstraint(
            ["wallet", "hold_seq"], ["hold.wallet", "hold.seq"], name="hold_draw_is_of_a_hold"
        ),
        sa.ForeignKeyConstraint(
            ["wallet", "lot_no"], ["lot.wallet", "lot.lot_no"], name="hold_draw_is_of_a_lot"
        ),
        sa.CheckConstraint("position > 0", name="hold_draw_counts"),
        sa.CheckConstraint(
            _amounts("amount_micro") + " AND amount_micro > 0", name="hold_draw_is_above_zero"
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _series() -> None:
    op.create_table(
        "series",
        *_whole("wallet", "series_no", "opened_by"),
        *_words("rule"),
        *_whole("amount_micro", "anchor_at", "next_at", "ends_at", "occurrence"),
        *_whole("interval_count", nullable=True),
        *_words("interval_unit", nullable=True),
        *_whole("minimum_micro", "maximum_micro", nullable=True),
        *_whole("priority"),
        *_words("models", "units"),
        sa.PrimaryKeyConstraint("wallet", "series_no"),
        sa.ForeignKeyConstraint(
            ["wallet", "opened_by"], ["txn.wallet", "txn.seq"], name="series_was_opened"
        ),
        sa.CheckConstraint("series_no > 0 AND occurrence >= 0", name="series_counts"),
        sa.CheckConstraint("length(rule) BETWEEN 1 AND 255", name="series_is_named"),
        sa.CheckConstraint(_amounts("amount_micro"), name="series_amounts"),
        sa.CheckConstraint(
            "(interval_count IS NULL) = (interval_unit IS NULL) AND interval_unit IN "
            "('second', 'minute', 'hour', 'day', 'week', 'month', 'year')",
            name="series_interval_is_whole_or_none",
        ),
        sa.CheckConstraint(
            "(minimum_micro IS NULL) = (maximum_micro IS NULL) AND minimum_micro <= maximum_micro",
            name="series_rollover_is_whole_or_none",
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
