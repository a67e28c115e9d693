"""The ledger's append-only tables: what was decided, and by which policy; and the wallets.

Each table is in the migrations as well; a test compares the two.
"""

from typing import Any, Final, get_args

from sqlalchemy import ForeignKeyConstraint, Index, MetaData, Table, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from policyengine.ledger.book import TRANSITIONS
from policyengine.ledger.lots import Pot
from policyengine.ledger.transactions import REASON_LENGTH_MAX, TransactionKind
from policyengine.store.columns import (
    CHANGES_LENGTH_MAX,
    CLUSTERED,
    SOURCE_LENGTH_MAX,
    STRICT,
    all_or_none,
    amounts,
    hashed,
    keeps,
    named,
    octets,
    one_of,
    short,
    whole,
    words,
)

PARENT_KINDS: Final = ("capture", "release", "extend", "refund", "void", "resolve", "time_out")
"""Kinds that act on an earlier transaction and name it."""


class LedgerRow(SQLModel, registry=registry()):
    """A row of one of the ledger's tables."""


METADATA: Final[MetaData] = LedgerRow.metadata


class Ledger(LedgerRow, table=True):
    """The one row that says which ledger this is, and seals the list of its policies."""

    __tablename__ = "ledger"
    __table_args__ = (
        keeps("ledger_is_one", "id = 1"),
        keeps("ledger_id_is_named", "length(ledger_id) = 32"),
        keeps("ledger_counts_policies", "policies >= 0"),
        keeps("ledger_head_is_a_hash", hashed("policies_hash")),
        STRICT,
    )

    id: int = whole(primary_key=True)
    ledger_id: str = words()
    created_at: int = whole()
    policies: int = whole()
    policies_hash: bytes = octets()


class PolicyVersion(LedgerRow, table=True):
    """A policy version that decided something, with its source; appended, never changed."""

    __tablename__ = "policy_version"
    __table_args__ = (
        UniqueConstraint("name", "version", "sha256", name="policy_version_is_once"),
        keeps("policy_version_is_numbered", "id > 0 AND version > 0"),
        keeps("policy_version_is_named", named("name", "engine_version")),
        keeps("policy_version_has_content_hash", "length(sha256) = 64"),
        keeps("policy_version_source_is_bounded", f"length(source) <= {SOURCE_LENGTH_MAX}"),
        keeps("policy_version_is_sealed", hashed("hash")),
        STRICT,
    )

    id: int = whole(primary_key=True)
    name: str = words()
    version: int = whole()
    sha256: str = words()
    source: str = words()
    engine_version: str = words()
    recorded_at: int = whole()
    hash: bytes = octets()


class Wallet(LedgerRow, table=True):
    """A wallet's book but for lots, holds and series; a projection of its transactions.

    `seq`, `settled_at`, `recorded_at`, the balances and `head_hash` are those of its last one.
    `rebuilds` follows from no transaction: it counts how often a rebuild mended the wallet.
    """

    __tablename__ = "wallet"
    __table_args__ = (
        UniqueConstraint("wallet_id", name="wallet_is_once"),
        keeps("wallet_is_numbered", "id > 0"),
        keeps("wallet_is_named", named("wallet_id", "policy")),
        keeps(
            "wallet_counts",
            "seq >= 0 AND settled_at >= 0 AND lots_opened >= 0 AND series_opened >= 0"
            " AND holds_open >= 0 AND series_open BETWEEN 0 AND series_opened",
        ),
        keeps("wallet_amounts", amounts("available_micro", "held_micro", "debt_micro")),
        keeps("wallet_head_is_a_hash", hashed("head_hash")),
        keeps(
            "wallet_has_a_whole_plan_or_none",
            all_or_none(
                "plan",
                "plan_version",
                "joined_at",
                "anchor_at",
                "cycle",
                "cycle_starts_at",
                "cycle_ends_at",
            ),
        ),
        keeps("wallet_cycle_has_length", "cycle_starts_at < cycle_ends_at"),
        keeps(
            "wallet_has_a_whole_change_or_none",
            f"{all_or_none('pending_plan', 'pending_because')}"
            " AND (pending_plan IS NULL OR plan IS NOT NULL)",
        ),
        Index("wallet_due", "due_at"),
        Index("wallet_terms", "policy", "plan_version", "id"),
        STRICT,
    )

    id: int = whole(primary_key=True)
    wallet_id: str = words()
    policy: str = words()
    seq: int = whole()
    settled_at: int = whole()
    recorded_at: int = whole()
    available_micro: int = whole()
    held_micro: int = whole()
    debt_micro: int = whole()
    holds_open: int = whole()
    series_open: int = whole()
    lots_opened: int = whole()
    series_opened: int = whole()
    gifts: str = words()
    recent_charges: str = words()
    plan: str | None = words()
    plan_version: int | None = whole()
    joined_at: int | None = whole()
    anchor_at: int | None = whole()
    cycle: int | None = whole()
    cycle_starts_at: int | None = whole()
    cycle_ends_at: int | None = whole()
    pending_plan: str | None = words()
    pending_because: str | None = words()
    given: str = words()
    due_at: int = whole()
    head_hash: bytes = octets()
    limits: str = words()
    cohort: str | None = words()
    rebuilds: int | None = whole()


class Txn(LedgerRow, table=True):
    """A transaction: an entry of a wallet's ledger; appended, never changed.

    `id` counts all transactions of the ledger in the order in which they were written. `model`
    repeats the model of its `Charged` change, or is empty.
    """

    __tablename__ = "txn"
    __table_args__ = (
        UniqueConstraint("wallet", "seq", name="txn_seq_is_once"),
        # The key first: what asks for a wallet's numbers has one index only to choose from.
        UniqueConstraint("key", "wallet", name="txn_key_is_once"),
        ForeignKeyConstraint(["wallet"], ["wallet.id"], name="txn_is_of_a_wallet"),
        ForeignKeyConstraint(["policy_id"], ["policy_version.id"], name="txn_is_by_a_policy"),
        ForeignKeyConstraint(
            ["wallet", "parent_seq"], ["txn.wallet", "txn.seq"], name="txn_parent_exists"
        ),
        keeps("txn_counts", "id > 0 AND seq > 0 AND effective_at >= 0"),
        keeps("txn_kind", one_of("kind", get_args(TransactionKind))),
        keeps("txn_key_is_named", named("key")),
        keeps("txn_names", short("conversation_id", "operation_id", "actor", "model")),
        keeps("txn_fingerprint", "length(fingerprint) IN (0, 64)"),
        keeps("txn_reason_is_bounded", f"length(reason) <= {REASON_LENGTH_MAX}"),
        keeps("txn_changes_are_bounded", f"length(changes) <= {CHANGES_LENGTH_MAX}"),
        keeps("txn_amounts", amounts("available_micro", "debt_micro")),
        keeps(
            "txn_refusal_is_whole",
            all_or_none("refusal_code", "refusal_message", "refusal_details"),
        ),
        keeps("txn_refusal_has_a_code", named("refusal_code")),
        keeps("txn_refused_changes_nothing", "refusal_code IS NULL OR changes = '[]'"),
        keeps("txn_parent_is_earlier", "parent_seq BETWEEN 1 AND seq - 1"),
        keeps(
            "txn_has_its_parent",
            f"parent_seq IS NOT NULL OR refusal_code IS NOT NULL"
            f" OR NOT {one_of('kind', PARENT_KINDS)}",
        ),
        keeps(
            "txn_adjustment_has_a_reason",
            "kind <> 'adjust' OR refusal_code IS NOT NULL OR length(reason) > 0",
        ),
        keeps("txn_is_sealed", hashed("hash")),
        Index(
            "txn_conversation",
            "wallet",
            "conversation_id",
            "seq",
            sqlite_where=text("conversation_id <> ''"),
            postgresql_where=text("conversation_id <> ''"),
        ),
        Index(
            "txn_parent",
            "wallet",
            "parent_seq",
            "seq",
            sqlite_where=text("parent_seq IS NOT NULL"),
            postgresql_where=text("parent_seq IS NOT NULL"),
        ),
        Index(
            "txn_model",
            "model",
            "id",
            sqlite_where=text("model <> ''"),
            postgresql_where=text("model <> ''"),
        ),
        Index(
            "txn_case",
            "id",
            sqlite_where=text("kind = 'report'"),
            postgresql_where=text("kind = 'report'"),
        ),
        STRICT,
    )

    id: int = whole(primary_key=True)
    wallet: int = whole()
    seq: int = whole()
    kind: str = words()
    effective_at: int = whole()
    recorded_at: int = whole()
    policy_id: int = whole()
    key: str = words()
    fingerprint: str = words()
    conversation_id: str = words()
    operation_id: str = words()
    actor: str = words()
    reason: str = words()
    parent_seq: int | None = whole()
    refusal_code: str | None = words()
    refusal_message: str | None = words()
    refusal_details: str | None = words()
    available_micro: int = whole()
    debt_micro: int = whole()
    model: str = words()
    changes: str = words()
    hash: bytes = octets()


class MoveRow(LedgerRow, table=True):
    """One balanced movement of a lot's credits between two pots; appended, never changed."""

    __tablename__ = "move"
    __table_args__ = (
        ForeignKeyConstraint(["txn"], ["txn.id"], name="move_is_of_a_transaction"),
        ForeignKeyConstraint(
            ["wallet", "lot_no"], ["lot.wallet", "lot.lot_no"], name="move_is_of_a_lot"
        ),
        keeps("move_leg_counts", "leg > 0"),
        keeps("move_is_above_zero", amounts("amount_micro") + " AND amount_micro > 0"),
        keeps(
            "move_pots", f"{one_of('source', get_args(Pot))} AND {one_of('target', get_args(Pot))}"
        ),
        keeps(
            "move_is_a_known_step",
            one_of("source || '>' || target", (f"{a}>{b}" for a, b in sorted(TRANSITIONS))),
        ),
        CLUSTERED,
    )

    txn: int = whole(primary_key=True)
    leg: int = whole(primary_key=True)
    wallet: int = whole()
    lot_no: int = whole()
    source: str = words()
    target: str = words()
    amount_micro: int = whole()


def table_of(row: type[LedgerRow]) -> Table:
    """Give the Core table of a row class."""
    found: Any = METADATA.tables[str(row.__tablename__)]
    assert isinstance(found, Table)  # noqa: S101  # every row class declares a table
    return found


LEDGER: Final = table_of(Ledger)
POLICY_VERSION: Final = table_of(PolicyVersion)
WALLET: Final = table_of(Wallet)
TXN: Final = table_of(Txn)
MOVE: Final = table_of(MoveRow)
