"""What a decision stands on, and the draft in which it gathers its moves and changes."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from policyengine.engine.commands import ENGINE_KEYS, Command, fingerprint
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Change, DebtChanged, LotOpened
from policyengine.ledger.lots import Lot, LotSource, LotTerms, Pot
from policyengine.ledger.transactions import (
    Move,
    PolicyRef,
    Refusal,
    Transaction,
    TransactionKind,
)
from policyengine.policy.policy import Expiry, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, Instant, add_span, instant_text
from policyengine.values.making import quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class Prior:
    """What the ledger already holds about a command.

    `answered` is the transaction that its key named before; `target` the transaction it acts on,
    with those that correct it and every lot they touched, closed ones included. `case` is the case
    that a refund is made for, with what followed it.
    """

    answered: Transaction | None = None
    target: Transaction | None = None
    corrections: tuple[Transaction, ...] = ()
    lots: tuple[Lot, ...] = ()
    case: Transaction | None = None
    case_corrections: tuple[Transaction, ...] = ()


NOTHING_PRIOR: Final = Prior()


@quickly_made
@dataclass(frozen=True, slots=True)
class Situation:
    """A settled book, a command on it, and the policy in force at the instant of the decision."""

    timeline: Timeline
    policy: Policy
    book: Book
    command: Command
    at: Instant
    prior: Prior


def in_force(timeline: Timeline, at: Instant) -> Policy:
    """Give the version that decides what the clock does to a wallet.

    Raises: LookupError before the first version; a wallet is opened under one, so such a timeline
    is not the wallet's.
    """
    policy = timeline.at(at)
    if policy is None:
        raise LookupError(f"no version of `{timeline.name}` was in force at {instant_text(at)}")
    return policy


def policy_ref(policy: Policy) -> PolicyRef:
    """Name a policy version in the ledger."""
    return _policy_ref(policy.name, policy.version, policy.sha256)


_policy_ref: Final = lru_cache(maxsize=256)(PolicyRef)
"""One for all transactions of a version: of few versions many transactions are made."""


class Draft:
    """Moves and changes of one transaction, with the balance they lead to."""

    __slots__ = (
        "at",
        "available",
        "book",
        "changes",
        "debt",
        "lots_opened",
        "moves",
        "policy",
        "series_opened",
    )

    def __init__(self, book: Book, policy: Policy, at: Instant) -> None:
        """Start from a book; nothing of it is altered."""
        self.book = book
        self.policy = policy
        self.at = at
        self.moves: list[Move] = []
        self.changes: list[Change] = []
        self.available = book.available_micro
        self.debt = book.debt_micro
        self.lots_opened = book.lots_opened
        self.series_opened = book.series_opened

    @property
    def seq(self) -> int:
        """Give the number that the transaction will have."""
        return self.book.seq + 1

    def move(self, lot_no: int, source: Pot, target: Pot, amount: Micro) -> None:
        """Move part of a lot from one pot to another; nothing happens for 0."""
        if not amount:
            return
        self.moves.append(Move(lot_no, source, target, amount))
        if source == "available":
            self.available -= amount
        elif target == "available":
            self.available += amount

    def change(self, change: Change) -> None:
        """Note a change."""
        self.changes.append(change)

    def open_lot(  # the rest are fields of `LotTerms`
        self, source: LotSource, rule: str, amount: Micro, expires_at: Instant, **terms: object
    ) -> int:
        """Open a lot and issue its credits; unrestricted new ones repay debt as the policy says.

        Gives: the lot's number.
        """
        number = self.lots_opened = self.lots_opened + 1
        base = LotTerms(number, self.seq, source, rule, amount, self.at, expires_at)
        self.change(LotOpened(replace(base, **terms) if terms else base))  # type: ignore[arg-type]
        self.move(number, "issued", "available", amount)
        if source != "carried" and not terms.get("restricted_to") and self.pays_debt(source):
            self.repay(number, amount, expires_at)
        return number

    def pays_debt(self, source: LotSource) -> bool:
        """Tell whether credits that come in from a source pay debt first."""
        rule = self.policy.debt
        return rule is None or rule.repaid_by == "all_credits" or source == "adjustment"

    def repay(self, lot_no: int, amount: Micro, expires_at: Instant) -> Micro:
        """Pay debt from credits that have just come in; gives what was paid."""
        paid = min(self.debt, amount)
        if paid:
            self.move(lot_no, "available", "withdrawn", paid)
            self.change_debt(-paid, "repaid", expires_at)
        return paid

    def lend(self, amount: Micro) -> None:
        """Go into debt: a lot that is consumed as it is opened."""
        number = self.lots_opened = self.lots_opened + 1
        terms = LotTerms(number, self.seq, "debt", "shortfall.debt", amount, self.at, NEVER)
        self.change(LotOpened(terms))
        self.move(number, "issued", "available", amount)
        self.move(number, "available", "consumed", amount)
        self.change_debt(amount, "lent")

    def change_debt(self, by: Micro, how: str, paid_until: Instant = 0) -> None:
        """Let the debt grow or shrink."""
        self.debt += by
        change = DebtChanged(by, how, paid_until)  # type: ignore[arg-type]  # a listed way
        self.change(change)

    def settled(
        self, kind: TransactionKind, key: str, parent_seq: int | None = None
    ) -> Transaction:
        """Give the transaction that the clock writes."""
        return Transaction(
            self.book.wallet_id,
            self.seq,
            kind,
            self.at,
            policy_ref(self.policy),
            ENGINE_KEYS + key,
            "",
            tuple(self.moves),
            tuple(self.changes),
            parent_seq=parent_seq,
            actor="clock",
            available_micro=self.available,
            debt_micro=self.debt,
        )

    def accepted(
        self,
        situation: Situation,
        kind: TransactionKind,
        *,
        parent_seq: int | None = None,
        conversation_id: str = "",
        operation_id: str = "",
    ) -> Transaction:
        """Give the transaction that a command leads to."""
        command = situation.command
        return Transaction(
            self.book.wallet_id,
            self.seq,
            kind,
            self.at,
            policy_ref(self.policy),
            command.key,
            fingerprint(command),
            tuple(self.moves),
            tuple(self.changes),
            None,
            parent_seq,
            conversation_id,
            operation_id,
            command.actor,
            command.reason,
            self.available,
            self.debt,
        )


def draft_of(situation: Situation) -> Draft:
    """Start the draft of a command's transaction."""
    return Draft(situation.book, situation.policy, situation.at)


def refused(situation: Situation, kind: TransactionKind, refusal: Refusal) -> Transaction:
    """Give the transaction that records a refusal."""
    command, book = situation.command, situation.book
    return Transaction(
        book.wallet_id,
        book.seq + 1,
        kind,
        situation.at,
        policy_ref(situation.policy),
        command.key,
        fingerprint(command),
        refusal=refusal,
        conversation_id=getattr(command.body, "conversation_id", ""),
        operation_id=getattr(command.body, "operation_id", ""),
        actor=command.actor,
        reason=command.reason,
        available_micro=book.available_micro,
        debt_micro=book.debt_micro,
    )


def expires_at(expiry: Expiry, at: Instant, cycle_ends_at: Instant, zone: str) -> Instant:
    """Give the instant at which credits granted at `at` expire."""
    if expiry.how == "never":
        return NEVER
    if expiry.how == "end_of_cycle" or expiry.span is None:
        return cycle_ends_at
    return add_span(at, expiry.span, zone)
