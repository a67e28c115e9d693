"""Batches: several commands decided in arrival order, each seeing those before it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from policyengine.engine import refusals
from policyengine.engine.commands import Body, Command, Subscribe, case_seq, target_seq
from policyengine.engine.decide import Decision, decide, unrecorded
from policyengine.engine.situation import NOTHING_PRIOR, Prior
from policyengine.ledger.book import Book
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.policy.timeline import Timeline
from policyengine.values.making import quickly_made
from policyengine.wording.words import Verbatim

WALLET_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")


@quickly_made
@dataclass(frozen=True, slots=True)
class Named:
    """A transaction that a command acts on, with those that act on it and the lots it touched."""

    transaction: Transaction
    corrections: tuple[Transaction, ...] = ()
    lots: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be loaded before commands can be decided."""

    wallet_ids: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    targets: tuple[tuple[str, int], ...]


def needs_of(commands: Iterable[Command]) -> Needs:
    """Say what commands need, each thing once, in order."""
    wallets: dict[str, None] = {}
    keys: dict[tuple[str, str], None] = {}
    targets: dict[tuple[str, int], None] = {}
    for command in commands:
        wallets[command.wallet_id] = None
        keys[(command.wallet_id, command.key)] = None
        for number in (target_seq(command.body), case_seq(command.body)):
            if number is not None:
                targets[(command.wallet_id, number)] = None
    return Needs(tuple(wallets), tuple(keys), tuple(targets))


@dataclass(slots=True)
class Desk:
    """What was loaded for a batch, and what the batch has added to it so far."""

    books: dict[str, Book]
    answered: dict[tuple[str, str], Transaction]
    named: dict[tuple[str, int], Named]
    opened: dict[str, Book | None] = field(default_factory=dict)
    recorded: dict[str, list[Transaction]] = field(default_factory=dict)


def decide_all(
    timelines: Mapping[str, Timeline], desk: Desk, commands: Iterable[Command]
) -> list[Decision]:
    """Decide commands in order; the desk keeps the books and transactions that come of it.

    Takes: the timeline of each policy by name; a desk that holds what `needs_of` names.
    Gives: one decision per command. `desk.recorded` has each touched wallet's new transactions and
    `desk.opened` the book that it started from.
    """
    return [_decide_one(timelines, desk, command) for command in commands]


def _decide_one(timelines: Mapping[str, Timeline], desk: Desk, command: Command) -> Decision:
    book = desk.books.get(command.wallet_id)
    if book is None:
        opened = _new_book(timelines, command)
        if isinstance(opened, Refusal):
            return Decision(Book(command.wallet_id, ""), (), unrecorded(command, opened))
        book = opened
    timeline = timelines.get(book.policy)
    if timeline is None:
        refusal = refusals.refusal("unknown_policy", f"no policy `{book.policy}` is loaded")
        return Decision(book, (), unrecorded(command, refusal))
    decision = decide(timeline, book, command, _prior(desk, command))
    if decision.recorded:
        _remember(desk, command.wallet_id, decision)
    return decision


def _new_book(timelines: Mapping[str, Timeline], command: Command) -> Book | Refusal:
    if WALLET_ID.fullmatch(command.wallet_id) is None:
        return refusals.refusal(
            "invalid_wallet",
            "a wallet's id has 1 to 128 letters, digits and `._@+-`, and starts with one of the "
            "first two",
        )
    body: Body = command.body
    if not isinstance(body, Subscribe):
        return refusals.refused_as("unknown_wallet", {}, wallet=Verbatim(command.wallet_id))
    names = list(timelines)
    if body.policy in timelines:
        return Book(command.wallet_id, body.policy)
    if not body.policy and len(names) == 1:
        return Book(command.wallet_id, names[0])
    asked = f"there is no policy `{body.policy}`" if body.policy else "say which policy"
    return refusals.refusal("unknown_policy", f"{asked}: one of {', '.join(names)}")


def _prior(desk: Desk, command: Command) -> Prior:
    answered = desk.answered.get((command.wallet_id, command.key))
    target = target_seq(command.body)
    if target is None:
        return Prior(answered) if answered is not None else NOTHING_PRIOR
    named = desk.named.get((command.wallet_id, target))
    if named is None:
        return Prior(answered)
    number = case_seq(command.body)
    case = None if number is None else desk.named.get((command.wallet_id, number))
    if case is None:
        return Prior(answered, named.transaction, named.corrections, named.lots)
    return Prior(
        answered,
        named.transaction,
        named.corrections,
        named.lots,
        case.transaction,
        case.corrections,
    )


def _remember(desk: Desk, wallet_id: str, decision: Decision) -> None:
    if wallet_id not in desk.recorded:
        desk.recorded[wallet_id] = []
        desk.opened[wallet_id] = desk.books.get(wallet_id)
    desk.books[wallet_id] = decision.book
    desk.recorded[wallet_id] += decision.recorded
    for transaction in decision.recorded:
        desk.answered[(wallet_id, transaction.key)] = transaction
        name = (wallet_id, transaction.seq)
        desk.named[name] = Named(transaction)
        parent = transaction.parent_seq
        above = None if parent is None else desk.named.get((wallet_id, parent))
        if parent is not None and above is not None:
            corrections = (*above.corrections, transaction)
            desk.named[(wallet_id, parent)] = Named(above.transaction, corrections, above.lots)
