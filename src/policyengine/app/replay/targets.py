"""Ledgers that a replay writes to: each answer is known before the next command is made."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from policyengine.app.shell import Shell
from policyengine.engine.batch import Desk, decide_all
from policyengine.engine.commands import Command
from policyengine.engine.decide import Decision
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.store.sessions import WriteSession


class Conversation(Protocol):
    """A durable step, in which commands are decided one at a time."""

    def decide(self, command: Command) -> Decision:
        """Decide a command; what it leads to is kept when the conversation ends well."""

    def knows(self, command: Command) -> bool:
        """Tell whether the command's key was answered before."""


class Target(Protocol):
    """Where a replay writes."""

    def conversation(self, commands: Sequence[Command]) -> AbstractContextManager[Conversation]:
        """Begin a durable step.

        Takes: the commands that are certain to come, so that what they need is loaded at once;
        others may come as well.
        """


class SqlTarget(Shell):
    """A ledger in a database: a conversation is one transaction of it."""

    @contextmanager
    def conversation(self, commands: Sequence[Command]) -> Iterator["SqlConversation"]:
        """Decide commands one at a time and commit them together, or none of them."""
        with self.deciding(commands) as (session, desk):
            foreseen = {(each.wallet_id, each.key) for each in commands}
            yield SqlConversation(self.policies.timelines, session, desk, foreseen)


class SqlConversation:
    """A conversation on what a session has loaded; keys that nobody foresaw are looked up."""

    def __init__(
        self,
        timelines: Mapping[str, Timeline],
        session: WriteSession,
        desk: Desk,
        loaded: set[tuple[str, str]],
    ) -> None:
        """Take the session, the desk with what was loaded, and the keys that were looked up."""
        self._timelines = timelines
        self._session = session
        self._desk = desk
        self._loaded = loaded

    def decide(self, command: Command) -> Decision:
        """Decide a command on the desk."""
        key = (command.wallet_id, command.key)
        if key not in self._loaded:
            self._desk.answered.update(self._session.answered([key]))
            self._loaded.add(key)
        return decide_all(self._timelines, self._desk, (command,))[0]

    def knows(self, command: Command) -> bool:
        """Tell whether a foreseen key was answered before."""
        return (command.wallet_id, command.key) in self._desk.answered


class MemoryTarget:
    """A ledger in memory: gone at the end, and as large as all its transactions."""

    def __init__(self, ledger: MemoryLedger) -> None:
        """Take the ledger."""
        self.ledger = ledger

    @contextmanager
    def conversation(self, commands: Sequence[Command]) -> Iterator["MemoryTarget"]:
        """Decide commands one at a time."""
        del commands
        yield self

    def decide(self, command: Command) -> Decision:
        """Decide a command."""
        return self.ledger.execute_one(command)

    def knows(self, command: Command) -> bool:
        """Say no: a ledger in memory begins empty."""
        del command
        return False
