"""Rows of transactions and moves, and what is read from them; in the order of the columns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policyengine.ledger.change_texts import changes_of
from policyengine.ledger.changes import Change, Charged
from policyengine.ledger.transactions import Move, PolicyRef, Refusal, Transaction, change_of
from policyengine.store.driver import Row
from policyengine.values.calendar import Instant
from policyengine.values.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """A transaction as the ledger has it: when it was written, and its place in the hash chain."""

    transaction: Transaction
    recorded_at: Instant
    hash: bytes


def details_text(refusal: Refusal | None) -> str | None:
    """Write the details of a refusal as they are stored."""
    return None if refusal is None else canonical_bytes(dict(refusal.details)).decode()


def model_of(transaction: Transaction) -> str:
    """Give the model that a transaction charged for, or nothing."""
    charged: Charged | None = change_of(transaction, Charged)
    return "" if charged is None else charged.model


def txn_row(
    number: int,
    wallet: int,
    policy_id: int,
    transaction: Transaction,
    texts: tuple[str, str | None],
    sealed: tuple[Instant, bytes],
) -> Row:
    """Give the row of a transaction.

    Takes: the texts of its changes and refusal details; when it was recorded, and its hash.
    """
    refusal = transaction.refusal
    return (
        number,
        wallet,
        transaction.seq,
        transaction.kind,
        transaction.effective_at,
        sealed[0],
        policy_id,
        transaction.key,
        transaction.fingerprint,
        transaction.conversation_id,
        transaction.operation_id,
        transaction.actor,
        transaction.reason,
        transaction.parent_seq,
        None if refusal is None else refusal.code,
        None if refusal is None else refusal.message,
        texts[1],
        transaction.available_micro,
        transaction.debt_micro,
        model_of(transaction),
        texts[0],
        sealed[1],
    )


def move_rows(number: int, wallet: int, moves: Sequence[Move]) -> list[Row]:
    """Give the rows of a transaction's moves."""
    return [
        (number, leg, wallet, move.lot_no, move.source, move.target, move.amount_micro)
        for leg, move in enumerate(moves, start=1)
    ]


def transaction_of(
    wallet_id: str,
    policy: PolicyRef,
    row: Row,
    moves: Sequence[Row],
    changes: tuple[Change, ...] | None = None,
) -> Transaction:
    """Read the row of a transaction with the rows of its moves in their order.

    Takes: its changes, where they are known or not wanted.
    """
    return Transaction(
        wallet_id,
        row[2],
        row[3],
        row[4],
        policy,
        row[7],
        row[8],
        tuple([Move(*move[3:7]) for move in moves]),
        changes_of(row[20]) if changes is None else changes,
        _refusal_of(row),
        row[13],
        row[9],
        row[10],
        row[11],
        row[12],
        row[17],
        row[18],
    )


def _refusal_of(row: Row) -> Refusal | None:
    if row[14] is None:
        return None
    details: dict[str, Any] = json.loads(row[16])
    return Refusal(row[14], row[15], details)
