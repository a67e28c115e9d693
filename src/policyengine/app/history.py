"""A wallet's history: what each operation of a conversation cost, and every entry of the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from policyengine.ledger.changes import Charged
from policyengine.ledger.holds import Hold
from policyengine.ledger.lots import Lot, LotTerms
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.values.amounts import Micro

_NO_LOTS: Final[Mapping[int, Lot]] = {}

Status: TypeAlias = Literal["charged", "free", "held", "released", "refunded", "refused", "case"]


@dataclass(frozen=True, slots=True)
class Operation:
    """What belongs together in a conversation: a charge, or a hold with all that came of it.

    `name` is the caller's operation id, or empty. `transactions` are in the order of the ledger;
    `status` says in one word how it ended. `charged_micro` is what was taken, `refunded_micro`
    what of it was given back, `held_micro` what is still set aside.
    """

    name: str
    transactions: tuple[Transaction, ...]
    status: Status
    charged_micro: Micro
    refunded_micro: Micro
    held_micro: Micro

    @property
    def charges(self) -> tuple[Charged, ...]:
        """Give what was charged, in order."""
        found = (change_of(each, Charged) for each in self.transactions)
        return tuple(each for each in found if each is not None)

    @property
    def flags(self) -> tuple[str, ...]:
        """Give the rules of abnormal consumption that held."""
        return tuple(dict.fromkeys(flag for charge in self.charges for flag in charge.flags))


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a wallet's statement: a transaction, and what it did to what is available.

    `lots` are the terms of those that it touched. `is_due`: time has brought it about, and the
    wallet's next command will write it.
    """

    transaction: Transaction
    change_micro: Micro
    lots: tuple[LotTerms, ...] = ()
    is_due: bool = False


def entry_of(
    transaction: Transaction, lots: Mapping[int, Lot] = _NO_LOTS, *, is_due: bool = False
) -> Entry:
    """Give a transaction as a line of a statement, with those of the lots that it touched."""
    change = 0
    for move in transaction.moves:
        if move.source == "available":
            change -= move.amount_micro
        elif move.target == "available":
            change += move.amount_micro
    touched = dict.fromkeys(move.lot_no for move in transaction.moves)
    terms = tuple(lots[number].terms for number in touched if number in lots)
    return Entry(transaction, change, terms, is_due)


def operations_of(
    transactions: Iterable[Transaction], holds: Mapping[int, Hold]
) -> tuple[Operation, ...]:
    """Gather a conversation's transactions into operations, in the order in which they began.

    Takes: transactions in the order of the ledger; the wallet's open holds.
    """
    groups: dict[str, list[Transaction]] = {}
    group_of: dict[int, str] = {}
    for transaction in transactions:
        parent = transaction.parent_seq
        if transaction.operation_id:
            group = f"operation {transaction.operation_id}"
        elif parent is not None and parent in group_of:
            group = group_of[parent]
        else:
            group = f"transaction {transaction.seq}"
        group_of[transaction.seq] = group
        groups.setdefault(group, []).append(transaction)
    return tuple(_operation(each, holds) for each in groups.values())


def _operation(transactions: list[Transaction], holds: Mapping[int, Hold]) -> Operation:
    charged = sum(_charged(each) for each in transactions)
    refunded = sum(
        move.amount_micro
        for each in transactions
        for move in each.moves
        if move.source == "consumed"
    )
    open_holds = [holds[each.seq] for each in transactions if each.seq in holds]
    held = sum(hold.held_micro for hold in open_holds)
    status = _status(transactions, charged, refunded, is_held=bool(open_holds))
    name = next((each.operation_id for each in transactions if each.operation_id), "")
    return Operation(name, tuple(transactions), status, charged, refunded, held)


def _charged(transaction: Transaction) -> Micro:
    charge: Charged | None = change_of(transaction, Charged)
    return 0 if charge is None else charge.charged_micro


def _status(
    transactions: list[Transaction], charged: Micro, refunded: Micro, *, is_held: bool
) -> Status:
    if is_held:
        return "held"
    if charged:
        return "refunded" if refunded == charged else "charged"
    accepted = [each for each in transactions if each.refusal is None]
    if any(change_of(each, Charged) is not None for each in accepted):
        return "free"
    if any(each.kind == "hold" for each in accepted):
        return "released"
    return "case" if accepted else "refused"
