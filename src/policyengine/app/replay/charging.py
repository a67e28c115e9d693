"""One row through the ledger: join, charge, and what the wallet does when credits run out."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from policyengine.app.replay.attempts import attempt
from policyengine.app.replay.estimates import Estimator
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.targets import Conversation
from policyengine.app.replay.totals import Totals
from policyengine.app.replay.usage_rows import UsageRow
from policyengine.app.replay.ways import Account
from policyengine.engine.commands import Body, BuyPack, ChangePlan, Charge, Command, GiveGrant
from policyengine.engine.decide import Decision
from policyengine.ledger.changes import Charged, LotOpened
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.policy.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Due:
    """A row with its commands; `join` for the first row of a wallet in this run."""

    row: UsageRow
    join: Command | None
    charge: Command
    cost: Decimal


@dataclass(slots=True)
class Charger:
    """Takes rows through a ledger, one after the other, and adds up what comes of it."""

    document: MappingDocument
    timeline: Timeline
    totals: Totals
    estimator: Estimator | None
    accounts: dict[str, Account] = field(default_factory=dict)

    def settle_row(self, talk: Conversation, due: Due) -> None:
        """Charge a row."""
        if due.join is not None:
            self._join(talk, due.join)
        account = self.accounts[due.charge.wallet_id]
        tried = attempt(
            partial(self._decided, talk),
            self._with_estimate(talk, due.charge),
            self.document.wallets,
            account,
            self._note_help,
        )
        self.totals.helped += tried.was_helped
        self._count(due, tried.last, account)

    def settle_wallet(self, talk: Conversation, command: Command) -> None:
        """Bring a wallet up to the command's time."""
        decision = self._decided(talk, command)
        self.totals.available_micro += decision.book.available_micro

    def _join(self, talk: Conversation, command: Command) -> None:
        refusal = self._decided(talk, command).answer.refusal
        plan = self.document.wallets.plan
        if refusal is not None:
            self.totals.joins_refused[refusal.code] += 1
            plan = str(refusal.details.get("plan", plan))
        self.totals.wallets += 1
        self.accounts[command.wallet_id] = Account(plan)

    def _with_estimate(self, talk: Conversation, command: Command) -> Command:
        """Add an estimate to a charge, unless the ledger has its answer, with the estimate."""
        body, policy = command.body, self.timeline.at(command.at)
        if self.estimator is None or policy is None or not isinstance(body, Charge):
            return command
        if talk.knows(command):
            return command
        note = self.estimator.note(policy, command.wallet_id, body.usage, command.at)
        return replace(command, body=replace(body, estimate=note))

    def _note_help(self, decision: Decision, body: Body) -> None:
        if decision.answer.refusal is not None:
            return
        match body:
            case BuyPack(pack):
                self.totals.packs[pack] += 1
                self.totals.packs_micro += _opened_micro(decision.answer)
            case ChangePlan(plan):
                self.totals.upgrades[plan] += 1
            case GiveGrant(amount):
                self.totals.grants += 1
                self.totals.grants_micro += amount
            case _:
                pass

    def _decided(self, talk: Conversation, command: Command) -> Decision:
        decision = talk.decide(command)
        for transaction in decision.recorded:
            self.totals.record(transaction)
        return decision

    def _count(self, due: Due, decision: Decision, account: Account) -> None:
        totals, answer = self.totals, decision.answer
        totals.replayed += decision.is_replay
        apart = self.document.cost.set_apart_above if self.document.cost is not None else None
        cost = totals.source(due.cost, apart)
        charge: Charged | None = change_of(answer, Charged)
        if charge is None:
            refusal = answer.refusal or Refusal("no_answer", "")
            totals.refuse(due.row, refusal)
            return
        totals.accept(due.row, charge, account.plan, cost)
        policy = self.timeline.at(due.charge.at)
        if self.estimator is not None and policy is not None:
            self.estimator.learn(policy, due.charge.wallet_id, charge)


def _opened_micro(transaction: Transaction) -> int:
    return sum(
        change.terms.granted_micro
        for change in transaction.changes
        if isinstance(change, LotOpened)
    )
