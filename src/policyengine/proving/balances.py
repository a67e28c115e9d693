"""Whether a balance can fall below a limit: what debt the rules allow, and a story that gets there.

A balance is what is available less what is owed. The engine takes no more than there is, and lends
only after a request, up to the limit of `shortfall.debt`; laws on random histories hold it to that.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from policyengine.engine.commands import COUNT_MAX, Charge, Command, Settle, Subscribe, Usage
from policyengine.engine.rating import price_micro
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.proving.claims import BalanceClaim
from policyengine.proving.prices import Answer
from policyengine.simulate.stories import Play
from policyengine.values.amounts import MICRO_PER_CREDIT, Micro, credits_text
from policyengine.values.calendar import SECOND

ANA: Final = "ana"


@dataclass(frozen=True, slots=True)
class BalanceVerdict:
    """What is known of the least balance; `commands` are the story that breaks the claim."""

    answer: Answer
    why: str
    least_micro: Micro
    commands: tuple[Command, ...] = ()
    timeline: Timeline | None = None


def judge_balance(claim: BalanceClaim, new: Policy, old: Policy | None) -> BalanceVerdict:
    """Judge a lower bound of balances under a version, for wallets of the one before as well."""
    timeline = Timeline.of(new) if old is None else Timeline.of(*sorted((old, new), key=_start))
    lenders = [each for each in timeline.policies if each.debt is not None]
    lender = max(lenders, key=debt_max, default=None)
    least = 0 if lender is None else -debt_max(lender)
    bound = claim.least * MICRO_PER_CREDIT
    if _is_kept(claim, bound, least):
        return BalanceVerdict("proved", _reason(lender), least)
    found = None if lender is None else _story(claim, bound, timeline, lender, new)
    if found is None and lender is None:
        found = _emptied(claim, bound, timeline, new)
    if found is None:
        why = f"{_reason(lender)}, and no request was found that gets there"
        return BalanceVerdict("unknown", why, least)
    return BalanceVerdict("refuted", _reason(lender), least, tuple(found.commands), timeline)


def debt_max(policy: Policy) -> Micro:
    """Give the most that a wallet may owe under a version."""
    return 0 if policy.debt is None else policy.debt.limit_micro


def _start(policy: Policy) -> int:
    return policy.effective_at


def _is_kept(claim: BalanceClaim, bound: Fraction, balance: Micro) -> bool:
    return balance >= bound if claim.inclusive else balance > bound


def _reason(lender: Policy | None) -> str:
    if lender is None:
        return "nothing is lent: a request takes no more than there is"
    limit = credits_text(debt_max(lender))
    return f"version {lender.version} lends at most {limit} credits, after a request"


def _story(
    claim: BalanceClaim, bound: Fraction, timeline: Timeline, lender: Policy, new: Policy
) -> Play | None:
    """Let a wallet owe as much as it can under the version that lends, and look at it later."""
    for plan in lender.plans.values():
        for model in lender.models:
            for unit in lender.units:
                play = Play(timeline)
                at = lender.effective_at
                if lender is not new:  # as late as it can be, before a renewal brings credits
                    at = max(at, new.effective_at - SECOND)
                play.do(ANA, at, Subscribe(plan.name))
                usage = Usage.of(model, {unit: _enough(play, lender, model, unit)})
                play.do(ANA, at, Charge(usage, after_request=True))
                play.do(ANA, max(at, new.effective_at), Settle())
                book = play.book(ANA)
                if not _is_kept(claim, bound, book.available_micro - book.debt_micro):
                    return play
    return None


def _emptied(claim: BalanceClaim, bound: Fraction, timeline: Timeline, new: Policy) -> Play | None:
    """Let a wallet spend what it has: for claims about balances of 0 and above."""
    play = Play(timeline)
    plan = next(iter(new.plans))
    play.do(ANA, new.effective_at, Subscribe(plan))
    for model in new.models:
        counts = dict.fromkeys(new.units, COUNT_MAX // 1000)
        play.do(ANA, new.effective_at, Charge(Usage.of(model, counts), after_request=True))
    book = play.book(ANA)
    return None if _is_kept(claim, bound, book.available_micro - book.debt_micro) else play


def _enough(play: Play, policy: Policy, model: str, unit: str) -> int:
    """Give the least power of ten of a unit that costs more than there is and may be lent."""
    needed: Micro = play.available(ANA) + debt_max(policy)
    count = 1
    while count < COUNT_MAX:
        price = price_micro(policy, Usage.of(model, {unit: count}))
        if not isinstance(price, int) or price >= needed:
            break
        count *= 10
    return count
