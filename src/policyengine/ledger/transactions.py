"""Transactions: the moves of one decision at one effective time, or a recorded refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from policyengine.ledger.changes import Change
from policyengine.ledger.lots import Pot
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant
from policyengine.values.making import quickly_made

TransactionKind: TypeAlias = Literal[
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
]

NAME_LENGTH_MAX: Final = 255
"""The most characters of a key, a conversation, an operation, an actor, a model or a reference."""
REASON_LENGTH_MAX: Final = 4_000

SETTLED_KINDS: Final[frozenset[str]] = frozenset({"expire", "renew", "recur", "adopt", "time_out"})
"""Kinds that the clock writes, each at its own effective time."""


@quickly_made
@dataclass(frozen=True, slots=True)
class PolicyRef:
    """Which version of which policy decided, bound to its content."""

    name: str
    version: int
    sha256: str


@quickly_made
@dataclass(frozen=True, slots=True)
class Move:
    """One balanced movement of a lot's credits from one pot to another; the amount is above 0."""

    lot_no: int
    source: Pot
    target: Pot
    amount_micro: Micro


_NO_DETAILS: Final[Mapping[str, Any]] = MappingProxyType({})


@quickly_made
@dataclass(frozen=True, slots=True)
class Refusal:
    """The business says no: a stable code, a sentence for people, the numbers behind it.

    `details` is plain data for machines; amounts in it are micro-credits and end in `_micro`.
    """

    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=lambda: _NO_DETAILS)


@quickly_made
@dataclass(frozen=True, slots=True)
class Transaction:
    """An entry of a wallet's ledger; once written it never changes.

    `seq` counts 1, 2, 3 in the wallet. `parent_seq` names what a capture, release, refund, void
    or resolution acts on. `available_micro` and `debt_micro` are the balance after it.
    A refused transaction has no moves.
    """

    wallet_id: str
    seq: int
    kind: TransactionKind
    effective_at: Instant
    policy: PolicyRef
    key: str
    fingerprint: str
    moves: tuple[Move, ...] = ()
    changes: tuple[Change, ...] = ()
    refusal: Refusal | None = None
    parent_seq: int | None = None
    conversation_id: str = ""
    operation_id: str = ""
    actor: str = ""
    reason: str = ""
    available_micro: Micro = 0
    debt_micro: Micro = 0

    @property
    def id(self) -> str:
        """Give the public name of the transaction: `ana:17`."""
        return f"{self.wallet_id}:{self.seq}"


def change_of(transaction: Transaction, kind: type[Change]) -> Any:
    """Give the first change of a kind, or None."""
    return next((each for each in transaction.changes if isinstance(each, kind)), None)
