"""A ledger in memory: the same commands, the same core, no database."""

from collections.abc import Iterable, Mapping, Sequence

from policyengine.engine.batch import Desk, Named, decide_all
from policyengine.engine.commands import Command, target_seq
from policyengine.engine.decide import Decision
from policyengine.ledger.book import Book, without_closed_lots
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline

CLOSED_LOTS_PRUNED_AT = 32
"""Closed lots leave a book when so many of them have gathered; they stay in the archive."""


class MemoryLedger:
    """Wallets, their transactions and closed lots, kept in memory.

    It holds what a store holds and answers alike; nothing in it knows a rule.
    """

    def __init__(self, timelines: Mapping[str, Timeline]) -> None:
        """Start empty, with the timeline of each policy by name."""
        self.timelines = timelines
        self.transactions: dict[str, list[Transaction]] = {}
        self._archive: dict[str, dict[int, Lot]] = {}
        self._desk = Desk({}, {}, {})

    @property
    def books(self) -> Mapping[str, Book]:
        """The book of each wallet."""
        return self._desk.books

    def execute(self, commands: Iterable[Command]) -> list[Decision]:
        """Decide commands in order and keep what they lead to."""
        return [self.execute_one(command) for command in commands]

    def execute_one(self, command: Command) -> Decision:
        """Decide one command and keep what it leads to."""
        desk = self._desk
        self._bring_lots(command)
        decision = decide_all(self.timelines, desk, (command,))[0]
        wallet_id = command.wallet_id
        if decision.recorded:
            self.transactions.setdefault(wallet_id, []).extend(decision.recorded)
            desk.recorded.clear()
            desk.opened.clear()
            self._prune(wallet_id, decision.book)
        return decision

    def lots(self, wallet_id: str) -> Sequence[Lot]:
        """Give every lot of a wallet, closed ones included, by number."""
        known = {**self._archive.get(wallet_id, {}), **self._desk.books[wallet_id].lots}
        return [lot for _, lot in sorted(known.items())]

    def _bring_lots(self, command: Command) -> None:
        """Put archived lots beside the transactions that a command may act on."""
        target = target_seq(command.body)
        archive = self._archive.get(command.wallet_id)
        named = self._desk.named.get((command.wallet_id, target)) if target is not None else None
        if not archive or named is None:
            return
        touched = dict.fromkeys(move.lot_no for move in named.transaction.moves)
        lots = tuple(archive[number] for number in touched if number in archive)
        if lots:
            self._desk.named[(command.wallet_id, named.transaction.seq)] = Named(
                named.transaction, named.corrections, lots
            )

    def _prune(self, wallet_id: str, book: Book) -> None:
        closed = [lot for lot in book.lots.values() if not lot.is_open]
        if len(closed) < CLOSED_LOTS_PRUNED_AT:
            return
        archive = self._archive.setdefault(wallet_id, {})
        archive.update({lot.terms.no: lot for lot in closed})
        self._desk.books[wallet_id] = without_closed_lots(book)
