"""The ledger, its policy versions, wallets and transactions."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from policyengine.store.migrations.wording_1 import (
    all_or_none,
    amounts,
    keeps,
    named,
    octets,
    one_of,
    refers,
    short,
    whole,
    words,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KINDS: Final = (
    "subscribe",
    "change_plan",
    "cancel",
    "purchase",
    "grant",
    "void",
    "charge",
    "hold",
    "capture",
    "release",
    "extend",
    "refund",
    "adjust",
    "report",
    "resolve",
    "overage",
    "top_up",
    "convert",
    "seats",
    "settle",
    "expire",
    "renew",
    "recur",
    "adopt",
    "time_out",
)
_KINDS_WITH_PARENT: Final = (
    "capture",
    "release",
    "extend",
    "refund",
    "void",
    "resolve",
    "time_out",
)
_PLAN: Final = (
    "plan",
    "plan_version",
    "joined_at",
    "anchor_at",
    "cycle",
    "cycle_starts_at",
    "cycle_ends_at",
)


def upgrade() -> None:
    """Create the tables in the order in which they refer to each other."""
    _ledger()
    _policy_version()
    _wallet()
    _txn()
    _txn_indexes()


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise NotImplementedError("a ledger is never taken apart; restore a backup")


def _ledger() -> None:
    op.create_table(
        "ledger",
        *whole("id"),
        *words("ledger_id"),
        *whole("created_at", "policies"),
        octets("policies_hash"),
        sa.PrimaryKeyConstraint("id"),
        keeps("ledger_is_one", "id = 1"),
        keeps("ledger_id_is_named", "length(ledger_id) = 32"),
        keeps("ledger_counts_policies", "policies >= 0"),
        keeps("ledger_head_is_a_hash", "length(policies_hash) = 32"),
        sqlite_strict=True,
    )


def _policy_version() -> None:
    op.create_table(
        "policy_version",
        *whole("id"),
        *words("name"),
        *whole("version"),
        *words("sha256", "source", "engine_version"),
        *whole("recorded_at"),
        octets("hash"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version", "sha256", name="policy_version_is_once"),
        keeps("policy_version_is_numbered", "id > 0 AND version > 0"),
        keeps("policy_version_is_named", named("name", "engine_version")),
        keeps("policy_version_has_content_hash", "length(sha256) = 64"),
        keeps("policy_version_source_is_bounded", "length(source) <= 262144"),
        keeps("policy_version_is_sealed", "length(hash) = 32"),
        sqlite_strict=True,
    )


def _wallet() -> None:
    counts = (
        "seq >= 0 AND settled_at >= 0 AND lots_opened >= 0 AND series_opened >= 0"
        " AND holds_open >= 0 AND series_open BETWEEN 0 AND series_opened"
    )
    whole_change = (
        all_or_none("pending_plan", "pending_because")
        + " AND (pending_plan IS NULL OR plan IS NOT NULL)"
    )
    op.create_table(
        "wallet",
        *whole("id"),
        *words("wallet_id", "policy"),
        *whole("seq", "settled_at", "recorded_at"),
        *whole("available_micro", "held_micro", "debt_micro"),
        *whole("holds_open", "series_open", "lots_opened", "series_opened"),
        *words("gifts", "recent_charges"),
        *words("plan", nullable=True),
        *whole(*_PLAN[1:], nullable=True),
        *words("pending_plan", "pending_because", nullable=True),
        *words("given"),
        *whole("due_at"),
        octets("head_hash"),
        *words("limits"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("wallet_id", name="wallet_is_once"),
        keeps("wallet_is_numbered", "id > 0"),
        keeps("wallet_is_named", named("wallet_id", "policy")),
        keeps("wallet_counts", counts),
        keeps("wallet_amounts", amounts("available_micro", "held_micro", "debt_micro")),
        keeps("wallet_head_is_a_hash", "length(head_hash) = 32"),
        keeps("wallet_has_a_whole_plan_or_none", all_or_none(*_PLAN)),
        keeps("wallet_cycle_has_length", "cycle_starts_at < cycle_ends_at"),
        keeps("wallet_has_a_whole_change_or_none", whole_change),
        sqlite_strict=True,
    )
    op.create_index("wallet_due", "wallet", ["due_at"])


def _txn() -> None:
    op.create_table(
        "txn",
        *whole("id", "wallet", "seq"),
        *words("kind"),
        *whole("effective_at", "recorded_at", "policy_id"),
        *words("key", "fingerprint", "conversation_id", "operation_id", "actor", "reason"),
        *whole("parent_seq", nullable=True),
        *words("refusal_code", "refusal_message", "refusal_details", nullable=True),
        *whole("available_micro", "debt_micro"),
        *words("model", "changes"),
        octets("hash"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("wallet", "seq", name="txn_seq_is_once"),
        sa.UniqueConstraint("wallet", "key", name="txn_key_is_once"),
        refers("txn_is_of_a_wallet", "wallet", "wallet.id"),
        refers("txn_is_by_a_policy", "policy_id", "policy_version.id"),
        refers("txn_parent_exists", "wallet, parent_seq", "txn.wallet, txn.seq"),
        *_txn_rules(),
        sqlite_strict=True,
    )


def _txn_rules() -> list[sa.CheckConstraint]:
    refusal_is_whole = all_or_none("refusal_code", "refusal_message", "refusal_details")
    has_its_parent = (
        "parent_seq IS NOT NULL OR refusal_code IS NOT NULL"
        f" OR NOT {one_of('kind', _KINDS_WITH_PARENT)}"
    )
    has_a_reason = "kind <> 'adjust' OR refusal_code IS NOT NULL OR length(reason) > 0"
    return [
        keeps("txn_counts", "id > 0 AND seq > 0 AND effective_at >= 0"),
        keeps("txn_kind", one_of("kind", _KINDS)),
        keeps("txn_key_is_named", named("key")),
        keeps("txn_names", short("conversation_id", "operation_id", "actor", "model")),
        keeps("txn_fingerprint", "length(fingerprint) IN (0, 64)"),
        keeps("txn_reason_is_bounded", "length(reason) <= 4000"),
        keeps("txn_changes_are_bounded", "length(changes) <= 1000000"),
        keeps("txn_amounts", amounts("available_micro", "debt_micro")),
        keeps("txn_refusal_is_whole", refusal_is_whole),
        keeps("txn_refusal_has_a_code", named("refusal_code")),
        keeps("txn_refused_changes_nothing", "refusal_code IS NULL OR changes = '[]'"),
        keeps("txn_parent_is_earlier", "parent_seq BETWEEN 1 AND seq - 1"),
        keeps("txn_has_its_parent", has_its_parent),
        keeps("txn_adjustment_has_a_reason", has_a_reason),
        keeps("txn_is_sealed", "length(hash) = 32"),
    ]


def _txn_indexes() -> None:
    for name, columns, only in (
        ("txn_conversation", ["wallet", "conversation_id", "seq"], "conversation_id <> ''"),
        ("txn_parent", ["wallet", "parent_seq", "seq"], "parent_seq IS NOT NULL"),
        ("txn_model", ["model", "id"], "model <> ''"),
        ("txn_case", ["id"], "kind = 'report'"),
    ):
        where = sa.text(only)
        op.create_index(name, "txn", columns, sqlite_where=where, postgresql_where=where)
