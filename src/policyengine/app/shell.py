"""The imperative shell: load what commands need, decide, write, answer."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from policyengine.app.policies import Policies, PolicyError
from policyengine.app.receipts import Receipt, receipt_of
from policyengine.engine.batch import Desk, decide_all, needs_of
from policyengine.engine.commands import Command
from policyengine.ledger.transactions import PolicyRef
from policyengine.store.batch import Entry
from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import Instant

Clock = Callable[[], Instant]


def wall_clock() -> Instant:
    """Give the machine's time."""
    return time.time_ns() // 1000


@dataclass(slots=True)
class Shell:
    """A store, the policies that decide, and the clock that says when."""

    store: LedgerStore
    policies: Policies
    clock: Clock = wall_clock
    _known: set[PolicyRef] = field(default_factory=set)

    def now(self, commands: Iterable[Command]) -> list[Receipt]:
        """Execute commands at the clock's instant, taken under the ledger's lock."""
        with self.store.writing() as session:
            at = self.clock()
            return self._decided(session, [replace(each, at=at) for each in commands])

    def execute(self, commands: Sequence[Command]) -> list[Receipt]:
        """Execute commands at their own instants: replays, scenarios, tests."""
        with self.store.writing() as session:
            return self._decided(session, commands)

    def _decided(self, session: WriteSession, commands: Sequence[Command]) -> list[Receipt]:
        needs = needs_of(commands)
        desk = Desk(
            session.books(needs.wallet_ids),
            session.answered(needs.keys),
            session.named(needs.targets) if needs.targets else {},
        )
        decisions = decide_all(self.policies.timelines, desk, commands)
        if desk.recorded:
            self._remember_policies(session, desk)
            session.write(
                [
                    Entry(desk.opened[wallet_id], desk.books[wallet_id], tuple(transactions))
                    for wallet_id, transactions in desk.recorded.items()
                ]
            )
        return [receipt_of(each) for each in decisions]

    def _remember_policies(self, session: WriteSession, desk: Desk) -> None:
        for transactions in desk.recorded.values():
            for transaction in transactions:
                ref = transaction.policy
                if ref in self._known:
                    continue
                timeline = self.policies.timelines[ref.name]
                policy = timeline.version(ref.version)
                if policy is None:
                    raise PolicyError(f"version {ref.version} of `{ref.name}` is not loaded")
                session.remember_policy(ref, policy.source)
                self._known.add(ref)
