"""Receipts: a transaction as callers see it."""

from dataclasses import dataclass

from policyengine.engine.decide import Decision
from policyengine.ledger.changes import Charged, FellBack, OverageChanged, TopUpRequested
from policyengine.ledger.holds import Draw
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.values.amounts import Micro


class Refused(Exception):  # noqa: N818  # it says what happened, as `StopIteration` does
    """A refusal, raised for callers who ask for an exception with `Receipt.or_raise`."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry the refusal with its code, message and numbers."""
        super().__init__(f"{refusal.code}: {refusal.message}")
        self.refusal = refusal
        self.code = refusal.code

    def __reduce__(self) -> tuple[type["Refused"], tuple[Refusal]]:
        """Let it cross to another process: an exception is made anew from its arguments."""
        return type(self), (self.refusal,)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a command: accepted or refused, and the balance after it.

    `is_replay`: the key was used before with the same request; this is the answer given then.
    """

    transaction: Transaction
    is_replay: bool = False

    @property
    def id(self) -> str:
        """Give the transaction's id, empty where nothing was recorded."""
        return self.transaction.id if self.transaction.seq else ""

    @property
    def is_accepted(self) -> bool:
        """Tell whether the command was accepted."""
        return self.transaction.refusal is None

    @property
    def refusal(self) -> Refusal | None:
        """Give the refusal, or None."""
        return self.transaction.refusal

    @property
    def charge(self) -> Charged | None:
        """Give what was charged, for a charge or capture."""
        found: Charged | None = change_of(self.transaction, Charged)
        return found

    @property
    def charged_micro(self) -> Micro:
        """Give the micro-credits that were taken."""
        return 0 if self.charge is None else self.charge.charged_micro

    @property
    def available_micro(self) -> Micro:
        """Give the balance after the transaction, in micro-credits."""
        return self.transaction.available_micro

    @property
    def top_up(self) -> str:
        """Give the id of a top-up that this answer asks to be paid for; empty for most.

        Whoever takes the money answers with `Engine.top_up_paid` or `Engine.top_up_failed`.
        """
        if change_of(self.transaction, TopUpRequested) is not None:
            return self.transaction.id
        refusal = self.transaction.refusal
        return "" if refusal is None else str(refusal.details.get("top_up", ""))

    @property
    def overage_micro(self) -> Micro:
        """Give the micro-credits that were lent at a price, which the next invoice has."""
        changes = self.transaction.changes
        lent = [each for each in changes if isinstance(each, OverageChanged)]
        return sum(each.by_micro for each in lent if each.how == "lent")

    @property
    def asked_model(self) -> str:
        """Give the model that was asked for, where another one took its place."""
        found: FellBack | None = change_of(self.transaction, FellBack)
        return "" if found is None else found.asked

    @property
    def draws(self) -> tuple[Draw, ...]:
        """Give what was taken of each lot."""
        return tuple(
            Draw(move.lot_no, move.amount_micro)
            for move in self.transaction.moves
            if move.target == "consumed"
        )

    def or_raise(self) -> "Receipt":
        """Give the receipt itself.

        Raises: Refused where the command was refused.
        """
        if self.transaction.refusal is not None:
            raise Refused(self.transaction.refusal)
        return self


def receipt_of(decision: Decision) -> Receipt:
    """Give the receipt of a decision."""
    return Receipt(decision.answer, decision.is_replay)
