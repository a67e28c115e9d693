"""A recorded wallet once more: its own commands, decided anew under another policy."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from policyengine.engine.commands import (
    Body,
    Capture,
    Charge,
    Command,
    OpenHold,
    Refund,
    Settle,
    Usage,
    target_seq,
)
from policyengine.engine.modifying import with_hours
from policyengine.engine.rating import Price, rate
from policyengine.ledger.subscriptions import NOBODY
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.simulate.asked import MOVES_NOTHING, Asked, command_of
from policyengine.simulate.course import SHORT, Course
from policyengine.simulate.memory import MemoryLedger
from policyengine.simulate.tally import Tally, Use
from policyengine.values.calendar import Instant

_TARGETS: Final = ("target_seq", "hold_seq", "top_up_seq")
HOLD_REFUSED: Final = "hold_refused"
"""Why a request was refused whose hold was: no code of the engine, which is not asked for it."""


class Again:
    """One wallet's recorded commands under one policy, on a ledger in memory of its own."""

    def __init__(self, timeline: Timeline, wallet_id: str) -> None:
        """Begin without a plan."""
        self.ledger = MemoryLedger({timeline.name: timeline})
        self.course = Course(timeline, wallet_id)
        self.numbers: dict[int, int] = {}
        """The numbers of accepted transactions here, by the numbers that they were recorded as."""

    def run(self, asked: Sequence[Asked], ends_at: Instant) -> Tally:
        """Decide everything that the wallet was asked, and settle it at the end."""
        wallet_id = self.course.book.wallet_id
        for each in asked:
            self._decide(each)
        if wallet_id in self.ledger.books:
            end = Command(wallet_id, "simulation:end", ends_at, Settle())
            self.course.note(self.ledger.execute_one(end))
            self.course.book = self.ledger.books[wallet_id]
        return self.course.end()

    def _decide(self, asked: Asked) -> None:
        recorded, body = asked.transaction, asked.body
        tally = self.course.tally
        if body is None:
            if recorded.kind not in MOVES_NOTHING:
                tally.not_run += 1
            return
        here = self._renumbered(body)
        if here is None:
            self._count_unmet(recorded, body)
            return
        decision = self.ledger.execute_one(command_of(recorded, here))
        self.course.note(decision)
        answer = decision.answer
        if answer.refusal is None:
            self.numbers[recorded.seq] = answer.seq
        if isinstance(here, Charge):
            self.course.count(here.usage.model, decision, decision)
        elif isinstance(here, Capture):
            model = "" if here.usage is None else here.usage.model
            self.course.count(model, decision, decision)
        elif isinstance(here, OpenHold) and answer.refusal is not None:
            tally.holds_refused += 1
            if answer.refusal.code == SHORT:
                self.course.run_out(decision)

    def _renumbered(self, body: Body) -> Body | None:
        """Give a body that names the transaction of this run; None where there is none."""
        target = target_seq(body)
        if target is None:
            return body
        number = self.numbers.get(target)
        if number is None:
            return None
        field = next(name for name in _TARGETS if hasattr(body, name))
        # Cases are not opened anew, so that a refund for one names none.
        more = {"case_seq": None} if isinstance(body, Refund) else {}
        return replace(body, **{field: number}, **more)  # type: ignore[arg-type]

    def _count_unmet(self, recorded: Transaction, body: Body) -> None:
        """Count a capture whose hold was refused here as a request that was refused."""
        if not isinstance(body, Capture):
            return  # what a refund or void would have acted on has not happened
        usage = body.usage
        model = "" if usage is None else usage.model
        subscription = self.ledger.books[recorded.wallet_id].subscription
        cell = ("" if subscription is None else subscription.plan, model)
        use = self.course.tally.uses.setdefault(cell, Use())
        use.requests += 1
        use.refused += 1
        use.price_micro += self._price(recorded, usage) or body.amount_micro or 0
        refusals = self.course.tally.refusals
        refusals[HOLD_REFUSED] = refusals.get(HOLD_REFUSED, 0) + 1

    def _price(self, recorded: Transaction, usage: Usage | None) -> int:
        policy = self.course.timeline.at(recorded.effective_at)
        if usage is None or policy is None:
            return 0
        at = recorded.effective_at if usage.started_at is None else usage.started_at
        price = rate(policy, with_hours(policy, usage, NOBODY, at))
        return price.total_micro if isinstance(price, Price) else 0
