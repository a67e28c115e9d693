"""Ledgers that a replay writes to: each answer is known before the next command is made."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeAlias

from policyengine.app.shell import Shell
from policyengine.engine.batch import Desk, decide_all, needs_of
from policyengine.engine.commands import Command
from policyengine.engine.decide import Decision
from policyengine.simulate.memory import MemoryLedger
from policyengine.store.batch import Entry

Decide: TypeAlias = Callable[[Command], Decision]


class Target(Protocol):
    """Where a replay writes."""

    def conversation(self, commands: Sequence[Command]) -> AbstractContextManager[Decide]:
        """Begin a durable step in which commands are decided one at a time.

        Takes: the commands that are certain to come, so that what they need is loaded at once;
        others may come as well.
        """


class SqlTarget(Shell):
    """A ledger in a database: a conversation is one transaction of it."""

    @contextmanager
    def conversation(self, commands: Sequence[Command]) -> Iterator[Decide]:
        """Decide commands one at a time and commit them together, or none of them."""
        with self.store.writing() as session:
            needs = needs_of(commands)
            desk = Desk(session.books(needs.wallet_ids), session.answered(needs.keys), {})
            loaded = set(needs.keys)

            def decide(command: Command) -> Decision:
                key = (command.wallet_id, command.key)
                if key not in loaded:
                    desk.answered.update(session.answered([key]))
                    loaded.add(key)
                return decide_all(self.policies.timelines, desk, (command,))[0]

            yield decide
            if desk.recorded:
                self._remember_policies(session, desk)
                session.write(
                    [
                        Entry(desk.opened[wallet_id], desk.books[wallet_id], tuple(transactions))
                        for wallet_id, transactions in desk.recorded.items()
                    ]
                )
        self._known |= self._remembered


class MemoryTarget:
    """A ledger in memory: gone at the end, and as large as all its transactions."""

    def __init__(self, ledger: MemoryLedger) -> None:
        """Take the ledger."""
        self.ledger = ledger

    @contextmanager
    def conversation(self, commands: Sequence[Command]) -> Iterator[Decide]:
        """Decide commands one at a time."""
        del commands
        yield self.ledger.execute_one
