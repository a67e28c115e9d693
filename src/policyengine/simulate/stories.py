"""Stories: a small list of commands, run in memory and told line by line with credits and money."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policyengine.engine.commands import Body, Command, Settle
from policyengine.ledger.book import Book, apply
from policyengine.ledger.changes import LotOpened
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.simulate.paying import NOTHING, Paid, paid_for
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant


@dataclass(frozen=True, slots=True)
class Line:
    """A transaction of a story: what a wallet has after it, and what it cost in money.

    `body` is what was asked; None for what the clock did.
    """

    transaction: Transaction
    body: Body | None
    paid: Paid
    before: Book
    after: Book


class Play:
    """A stage for stories: wallets under one timeline, each with what it has paid."""

    def __init__(self, timeline: Timeline) -> None:
        """Start with no wallet."""
        self.timeline = timeline
        self.commands: list[Command] = []
        self.lines: list[Line] = []
        self._ledger = MemoryLedger({timeline.name: timeline})

    def do(self, wallet: str, at: Instant, body: Body) -> Transaction:
        """Let a wallet do something; gives the answer, which may be a refusal."""
        command = Command(wallet, f"step {len(self.commands) + 1}", at, body)
        self.commands.append(command)
        before = self.book(wallet)
        decision = self._ledger.execute_one(command)
        for transaction in decision.recorded:
            after = apply(before, transaction)
            asked = None if isinstance(body, Settle) or transaction != decision.answer else body
            paid = paid_for(self.timeline, before, transaction, after)
            self.lines.append(Line(transaction, asked, paid, before, after))
            before = after
        return decision.answer

    def book(self, wallet: str) -> Book:
        """Give a wallet's book as it was left."""
        return self._ledger.books.get(wallet, Book(wallet, self.timeline.name))

    def available(self, wallet: str) -> Micro:
        """Give what a wallet can spend."""
        return self.book(wallet).available_micro

    def lots(self, wallet: str) -> Mapping[int, Lot]:
        """Give every lot of a wallet by number, closed ones included: what `explain` asks for."""
        return {lot.terms.no: lot for lot in self._ledger.lots(wallet)}

    def paid(self, wallet: str) -> Paid:
        """Give what a wallet has paid in money so far."""
        total = NOTHING
        for line in self._of(wallet):
            total = total.plus(line.paid)
        return total

    def given(self, wallet: str, part_of_rule: str) -> Micro:
        """Give the credits that grants gave whose rule has a part, such as `.plans.pro.`."""
        return sum(
            change.terms.granted_micro
            for line in self._of(wallet)
            for change in line.transaction.changes
            if isinstance(change, LotOpened)
            and change.terms.source in {"plan", "gift"}
            and part_of_rule in change.terms.rule
        )

    def _of(self, wallet: str) -> Iterator[Line]:
        return (line for line in self.lines if line.transaction.wallet_id == wallet)


def played(timeline: Timeline, commands: Iterable[Command]) -> Play:
    """Run a story's commands anew, in their order."""
    play = Play(timeline)
    for command in commands:
        play.do(command.wallet_id, command.at, command.body)
    return play
