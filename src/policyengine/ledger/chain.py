"""The hash chain: each transaction of a wallet is bound to all that were written before it."""

import hashlib
from collections.abc import Iterable
from typing import Final, TypeAlias

from policyengine.ledger.transactions import Transaction
from policyengine.values.calendar import Instant

Field: TypeAlias = str | int | None

HASH_LENGTH: Final = 32
_FORMAT: Final = "policyengine ledger 1"


def genesis(*names: Field) -> bytes:
    """Give the hash before the first link; it binds whose chain it is."""
    return link(b"", (_FORMAT, *names))


def link(previous: bytes, fields: Iterable[Field]) -> bytes:
    """Give the SHA-256 over the previous hash and an unambiguous encoding of fields.

    A field is written as its length, a colon and its text, and None as a dash: no two lists of
    fields with the same types at the same places have the same encoding.
    """
    text = "".join(
        [
            "-"
            if field is None
            else f"{len(field)}:{field}"
            if isinstance(field, str)
            else f"{len(digits := str(field))}:{digits}"
            for field in fields
        ]
    )
    return hashlib.sha256(previous + text.encode()).digest()


def link_transaction(
    previous: bytes,
    transaction: Transaction,
    *,
    number: int,
    changes: str,
    details: str | None,
    recorded_at: Instant,
) -> bytes:
    """Give the hash of a transaction as it is stored, after the hash of the one before it.

    Takes: its number in the whole ledger; its changes and the details of its refusal as the texts
    that are stored.
    """
    policy, refusal = transaction.policy, transaction.refusal
    fields: list[Field] = [
        number,
        transaction.wallet_id,
        transaction.seq,
        transaction.kind,
        transaction.effective_at,
        recorded_at,
        policy.name,
        policy.version,
        policy.sha256,
        transaction.key,
        transaction.fingerprint,
        transaction.parent_seq,
        transaction.conversation_id,
        transaction.operation_id,
        transaction.actor,
        transaction.reason,
        transaction.available_micro,
        transaction.debt_micro,
        None if refusal is None else refusal.code,
        None if refusal is None else refusal.message,
        details,
        changes,
        len(transaction.moves),
    ]
    for move in transaction.moves:
        fields += (move.lot_no, move.source, move.target, move.amount_micro)
    return link(previous, fields)
