"""The imperative shell: load what commands need, decide, write, answer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import TIMEOUT_MAX
from typing import Final

from policyengine.app.arguments import checked
from policyengine.app.committing import Committer
from policyengine.app.policies import Policies, PolicyError
from policyengine.app.receipts import Receipt, receipt_of
from policyengine.engine.batch import Desk, decide_all, needs_of
from policyengine.engine.commands import Command
from policyengine.ledger.book import LedgerFault
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import PolicyRef, change_of
from policyengine.store.batch import Entry
from policyengine.store.clock import Clock, wall_clock
from policyengine.store.faults import LedgerContended
from policyengine.store.happenings import Answered, Retried
from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import Instant

ATTEMPTS_MAX: Final = 5
"""How often commands are decided anew when writers wait for each other."""


@dataclass(slots=True)
class Shell:
    """A store, the policies that decide, and the clock that says when."""

    store: LedgerStore
    policies: Policies
    clock: Clock = wall_clock
    committer: Committer | None = None
    wait_seconds_max: float | None = None
    """For how long a command may wait for its batch; None for as long as it takes."""
    taken_along: dict[tuple[str, int], int] = field(default_factory=dict)
    """How far the sweeper has looked at wallets for a version that takes them along at once: the
    last wallet's number, by the version's content hash and the version of the wallets' terms."""
    _known: set[PolicyRef] = field(default_factory=set)

    def one(self, command: Command) -> Receipt:
        """Execute a command at the clock's instant: alone, or together with those of others.

        Raises: TypeError, ValueError for values that are not of their declared types.
        """
        if self.committer is None:
            return self.now([checked(command)])[0]
        self.store.check_usable()  # after a fork, no thread of the committer is there to answer
        return self.committer.submit(checked(command), timeout=self.wait_seconds_max).result()

    def within(self, seconds: float) -> "Shell":
        """Give a shell on the same ledger whose commands wait no longer for their batch."""
        if self.committer is None:
            raise ValueError("`within` is about a queue: open the engine with `group_commit=True`")
        if not isinstance(seconds, int | float) or not 0 <= seconds < TIMEOUT_MAX:
            raise ValueError(f"`within` takes seconds, 0 or more, not {seconds!r}")
        return replace(self, wait_seconds_max=seconds)

    def close(self) -> None:
        """Write what waits, and close the ledger."""
        if self.committer is not None and self.store.is_of_this_process:
            self.committer.close()
        self.store.close()

    def now(self, commands: Iterable[Command]) -> list[Receipt]:
        """Execute commands at the clock's instant, taken under the ledger's lock."""
        asked = list(commands)

        def attempt() -> list[Receipt]:
            with self.deciding(asked) as (_, desk):
                at = self.clock()
                return self._receipts(desk, [_at(each, at) for each in asked])

        return self._answered(attempt, len(asked))

    def execute(self, commands: Sequence[Command]) -> list[Receipt]:
        """Execute commands at their own instants: replays, scenarios, tests."""

        def attempt() -> list[Receipt]:
            with self.deciding(commands) as (_, desk):
                return self._receipts(desk, commands)

        return self._answered(attempt, len(commands))

    @contextmanager
    def deciding(self, commands: Sequence[Command]) -> Iterator[tuple[WriteSession, Desk]]:
        """Load what commands need, let them be decided, and commit what came of it, or nothing.

        Gives: the session that holds the ledger's lock, and the desk to decide on.
        """
        with self.store.writing() as session:
            needs = needs_of(commands)
            desk = Desk(
                session.books(needs.wallet_ids),
                session.answered(needs.keys),
                session.named(needs.targets) if needs.targets else {},
            )
            yield session, desk
            kept: set[PolicyRef] = set()
            if desk.recorded:
                kept = self._remember_policies(session, desk)
                session.write(
                    [
                        Entry(desk.opened[wallet_id], desk.books[wallet_id], tuple(transactions))
                        for wallet_id, transactions in desk.recorded.items()
                    ]
                )
        self._known |= kept  # only now: what was not committed is not remembered

    def _answered(self, attempt: Callable[[], list[Receipt]], commands: int) -> list[Receipt]:
        """Try a few times, where writers were in each other's way, and tell what came of it."""
        tell = self.store.tell
        receipts = None
        for _ in range(ATTEMPTS_MAX - 1):
            try:
                receipts = attempt()
                break
            except LedgerContended as error:
                tell(Retried(type(error).__name__, commands))
        if receipts is None:
            receipts = attempt()
        if tell.hears_all:
            for each in receipts:
                code = "" if each.refusal is None else each.refusal.code
                tell(Answered(each.transaction.kind, code, each.is_replay))
        return receipts

    def _receipts(self, desk: Desk, commands: Iterable[Command]) -> list[Receipt]:
        return [receipt_of(each) for each in decide_all(self.policies.timelines, desk, commands)]

    def _remember_policies(self, session: WriteSession, desk: Desk) -> set[PolicyRef]:
        """Keep the text of every version that decided, or that rated late usage."""
        kept: set[PolicyRef] = set()
        for transactions in desk.recorded.values():
            for transaction in transactions:
                ref = transaction.policy
                if ref not in self._known and ref not in kept:
                    kept.add(self._remember(session, ref, ref.version))
                charge: Charged | None = change_of(transaction, Charged)
                if charge is not None and charge.rated_by != ref.version:
                    kept.add(self._remember(session, ref, charge.rated_by))
        return kept

    def _remember(self, session: WriteSession, decided: PolicyRef, version: int) -> PolicyRef:
        policy = self.policies.timelines[decided.name].version(version)
        if policy is None:
            raise PolicyError(f"version {version} of `{decided.name}` is not loaded")
        ref = PolicyRef(policy.name, policy.version, policy.sha256)
        if ref not in self._known and not _is_remembered(session, ref):
            session.remember_policy(ref, policy.source)
        return ref


def _at(asked: Command, at: Instant) -> Command:
    """Give a command at an instant; `replace` takes three times as long."""
    return Command(asked.wallet_id, asked.key, at, asked.body, asked.actor, asked.reason)


def _is_remembered(session: WriteSession, ref: PolicyRef) -> bool:
    """Tell whether the ledger has a version already, whatever its comments say now."""
    try:
        session.policy_source(ref)
    except LedgerFault:
        return False
    return True
