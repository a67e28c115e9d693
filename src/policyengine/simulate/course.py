"""The course of a wallet under one policy: command after command, and what comes of them."""

from policyengine.engine.commands import Charge, Command
from policyengine.engine.decide import Decision, decide
from policyengine.ledger.book import Book, without_closed_lots
from policyengine.ledger.changes import Charged, LotOpened
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.simulate.tally import Tally, Use
from policyengine.values.calendar import NEVER, Instant

CLOSED_LOTS_PRUNED_AT = 32
SHORT = "insufficient_credits"


class Course:
    """A wallet without a ledger: only its book is kept, and its tally.

    It decides what `decide` decides. Commands that name earlier transactions need a ledger.
    """

    __slots__ = ("_out_until", "book", "tally", "timeline")

    def __init__(self, timeline: Timeline, wallet_id: str) -> None:
        """Begin without a plan."""
        self.timeline = timeline
        self.book = Book(wallet_id, timeline.name)
        self.tally = Tally()
        self._out_until: Instant | None = None

    def decide(self, command: Command) -> Decision:
        """Decide a command, and go on from there."""
        decision = decide(self.timeline, self.book, command)
        book = decision.book
        if len(book.lots) >= CLOSED_LOTS_PRUNED_AT:
            book = without_closed_lots(book)
        self.book = book
        self.note(decision)
        return decision

    def note(self, decision: Decision) -> None:
        """Note what came in and what expired."""
        for transaction in decision.recorded:
            # A charge opens lots only where it is lent something, which is a second change.
            if transaction.kind != "charge" or len(transaction.changes) > 1:
                self._note_lots(transaction)

    def _note_lots(self, transaction: Transaction) -> None:
        tally = self.tally
        for change in transaction.changes:
            if isinstance(change, LotOpened):
                terms = change.terms
                opened = tally.opened.get(terms.source, 0)
                tally.opened[terms.source] = opened + terms.granted_micro
        for move in transaction.moves:
            if move.target == "expired":
                tally.expired_micro += move.amount_micro

    def request(self, command: Command, first: Decision, last: Decision, requests: int = 1) -> None:
        """Count a request by its first answer and its last one.

        Takes: how many requests the command stands for.
        """
        body = command.body
        model = body.usage.model if isinstance(body, Charge) else ""
        self.count(model, first, last, requests)

    def count(self, model: str, first: Decision, last: Decision, requests: int = 1) -> None:
        """Count requests for a model by the first answer to them and the last."""
        subscription, answer = last.book.subscription, last.answer
        cell = ("" if subscription is None else subscription.plan, model)
        use = self.tally.uses.get(cell)
        if use is None:
            use = self.tally.uses[cell] = Use()
        use.requests += requests
        is_short = False
        if answer.refusal is None:
            for change in answer.changes:
                if type(change) is Charged:
                    use.price_micro += change.price_micro
                    use.charged_micro += change.charged_micro
                    is_short = change.charged_micro < change.price_micro
        else:
            use.refused += requests
            code = answer.refusal.code
            self.tally.refusals[code] = self.tally.refusals.get(code, 0) + requests
            use.price_micro += answer.refusal.details.get("needed_micro", 0)
        refusal = first.answer.refusal
        if is_short or (refusal is not None and refusal.code == SHORT):
            self.run_out(first)

    def run_out(self, decision: Decision) -> None:
        """Note that credits did not suffice: once in each cycle, and when that was at first."""
        subscription = decision.book.subscription
        ends_at = NEVER if subscription is None else subscription.ends_at
        if ends_at == self._out_until:
            return
        self._out_until = ends_at
        tally = self.tally
        tally.cycles_out += 1
        if tally.out_at is None:
            tally.out_at = decision.answer.effective_at
            tally.renews_at = ends_at if ends_at < NEVER else None

    def end(self) -> Tally:
        """Close the account: what is left, and what is owed."""
        self.tally.left_micro = self.book.available_micro
        self.tally.debt_micro = self.book.debt_micro
        return self.tally
