"""The stage of a scenario: a ledger in memory on which its steps are decided, and looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from policyengine.app.scenarios.document import WALLET_USUAL, Given, Step
from policyengine.app.scenarios.requests import body_of
from policyengine.app.scenarios.seen import Seen
from policyengine.app.scenarios.sending import sent_counts
from policyengine.app.scenarios.then import Then
from policyengine.app.scenarios.verbs import EstimateVerb
from policyengine.engine.balance import balance_of
from policyengine.engine.commands import Command, Subscribe
from policyengine.engine.decide import Decision
from policyengine.engine.estimating import Estimate, Range, assumed, estimate
from policyengine.engine.refusals import no_policy_in_force
from policyengine.engine.settling import settle
from policyengine.ledger.book import Book, apply
from policyengine.ledger.changes import TopUpRequested
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.calendar import Instant


def _number(decision: Decision) -> int:
    return decision.answer.seq


def top_up_number(decision: Decision) -> int:
    """Give the number of the transaction in which a step asked for a top-up."""
    asked = [each.seq for each in decision.recorded if change_of(each, TopUpRequested) is not None]
    return asked[0] if asked else decision.answer.seq


class Watch(Protocol):
    """Somebody who watches a stage, and is told when a decision begins and when it is over."""

    def decide(self) -> None:
        """Hear that what follows is a decision."""

    def show(self, then: Then | None) -> None:
        """Hear that what follows is shown after a step, which expects these things."""


@dataclass(slots=True)
class Stage:
    """A scenario's ledger and clock, and what its named steps led to."""

    timeline: Timeline
    ledger: MemoryLedger
    wallet: str = WALLET_USUAL
    at: Instant = 0
    sent: dict[str, tuple[Command, Decision]] = field(default_factory=dict)
    watch: Watch | None = None

    @classmethod
    def of(cls, timeline: Timeline, watch: Watch | None = None) -> "Stage":
        """Set up an empty stage, with somebody who watches it or nobody."""
        return cls(timeline, MemoryLedger({timeline.name: timeline}), watch=watch)

    def begin(self, given: Given) -> Refusal | None:
        """Let the given wallet join its plan; gives the refusal if it may not."""
        self.at, self.wallet = given.at, given.wallet
        command = Command(
            given.wallet, "given", given.at, Subscribe(given.plan, cohort=given.cohort or "")
        )
        return self.ledger.execute_one(command).answer.refusal

    def perform(self, step: Step, number: int) -> Seen:
        """Do a step, and look at the wallet afterwards.

        Takes: a step that has passed the checks; its number, which names its attempts.
        """
        if self.watch is not None:
            self.watch.decide()
        self.at = self.at if step.at is None else step.at
        wallet = step.wallet or self.wallet
        if step.estimate is not None:
            return self._look(step.then, wallet, (), self._estimate(wallet, step.estimate))
        if step.again is not None:
            command, _ = self.sent[step.again]
            return self._look(step.then, wallet, (self._send(replace(command, at=self.at)),))
        of = top_up_number if step.top_up is not None else _number
        body = body_of(step, {name: of(each) for name, (_, each) in self.sent.items()})
        keys = [f"step {number}.{index + 1}" for index in range(step.times or 1)]
        if step.times is None:
            keys = [step.key or f"step {number}"]
        decisions = []
        for key in keys:
            command = Command(wallet, key, self.at, body, step.by or "", step.reason or "")
            decisions.append(self._send(command))
            if step.named is not None:
                self.sent[step.named] = (command, decisions[-1])
        return self._look(step.then, wallet, tuple(decisions), answered=step.verb is not None)

    def _send(self, command: Command) -> Decision:
        return self.ledger.execute_one(command)

    def _settled(self, wallet: str) -> Book:
        """Give a wallet's book as of now; what was due is not written."""
        book = self.ledger.books.get(wallet, Book(wallet, self.timeline.name))
        return settle(self.timeline, book, self.at)[0]

    def _estimate(self, wallet: str, part: EstimateVerb) -> Estimate | Refusal:
        policy = self.timeline.at(self.at)
        if policy is None:
            return no_policy_in_force(self.timeline.name, self.at)
        length = part.output_tokens
        lengths = assumed(policy) if length is None else Range(length, length, length)
        basis: Literal["caller", "policy"] = "policy" if length is None else "caller"
        sent = sent_counts(policy, part)
        if isinstance(sent, Refusal):
            return sent
        book = self._settled(wallet)
        names = tuple(part.modifiers)
        return estimate(self.timeline, book, part.model, sent, lengths, basis, self.at, names)

    def _look(
        self,
        then: Then | None,
        wallet: str,
        decisions: tuple[Decision, ...],
        estimated: Estimate | Refusal | None = None,
        *,
        answered: bool = True,
    ) -> Seen:
        if self.watch is not None:
            self.watch.show(then)
        book = self._settled(wallet)
        policy = self.timeline.at(self.at) or self.timeline.policies[0]
        is_known = wallet in self.ledger.books
        lots = {lot.terms.no: lot for lot in self.ledger.lots(wallet)} if is_known else {}
        named = {
            decision.answer.seq: name
            for name, (command, decision) in self.sent.items()
            if command.wallet_id == wallet
        }
        return Seen(
            self.timeline,
            tuple(each.answer for each in decisions) if answered else (),
            tuple(each for decision in decisions for each in decision.recorded),
            estimated,
            book,
            balance_of(policy, book, self.at),
            {**lots, **book.lots},
            self.history(wallet),
            named,
        )

    def history(self, wallet: str) -> tuple[Transaction, ...]:
        """Give a wallet's whole ledger."""
        return tuple(self.ledger.transactions.get(wallet, ()))

    def unsound(self) -> Iterator[str]:
        """Give what is wrong with the books, whatever the scenario expects; normally nothing."""
        for wallet, book in self.ledger.books.items():
            yield from (f"wallet `{wallet}`: {fault}" for fault in faults_of(book))
            for lot in self.ledger.lots(wallet):
                if not lot.is_balanced:
                    yield f"wallet `{wallet}`: the pots of lot {lot.terms.no} do not add up"
            folded = Book(wallet, book.policy)
            for transaction in self.history(wallet):
                folded = apply(folded, transaction)
            if (folded.available_micro, folded.held_micro, folded.debt_micro) != (
                book.available_micro,
                book.held_micro,
                book.debt_micro,
            ):
                yield f"wallet `{wallet}`: its transactions do not add up to its balance"
