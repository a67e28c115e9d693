"""Economic faults as values, and what every search stands on: a version, a start, small wallets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.engine.commands import Charge, Command, SetSeats, Settle, Subscribe, Usage
from policyengine.engine.rating import rate
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.policy.policy import PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.simulate.paying import is_at_most
from policyengine.simulate.stories import Play
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, SECOND, CalendarSpan, Instant, add_span

ANA: Final = "ana"
BEN: Final = "ben"
"""Who acts in a counter-example, and who is compared with."""

PLANS_MAX: Final = 8
"""The plans that searches over pairs and triples of plans look at: the first of the list."""
PARTS: Final = (0, 1, 2)
"""Halves of a balance that are spent before something happens: nothing, half, all."""
NEAR: Final = Fraction(99, 100)
_COUNT_MAX: Final = 10**12
_MONTH: Final = CalendarSpan(1, "month")


@dataclass(frozen=True, slots=True)
class Fault:
    """An economic fault: code, place and sentence of a finding, and the story that shows it.

    `ending` says in one sentence what the story comes to.
    """

    code: str
    pointer: str
    message: str
    help: str
    commands: tuple[Command, ...]
    ending: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A version that is looked at, in a timeline that ends with it; `now` is None for no clock."""

    policy: Policy
    timeline: Timeline
    now: Instant | None = None

    @property
    def starts_at(self) -> Instant:
        """Give when its stories start: as soon as it is in force."""
        return self.policy.effective_at

    @property
    def is_draft_of_the_past(self) -> bool:
        """Tell whether it is still to be published, although its start has passed."""
        is_draft = self.policy.document.status == "draft"
        return is_draft and self.now is not None and self.starts_at < self.now

    @property
    def before(self) -> Policy | None:
        """Give the version before it."""
        earlier = self.timeline.policies[:-1]
        return earlier[-1] if earlier else None

    @property
    def plans(self) -> tuple[PlanRule, ...]:
        """Give the plans that searches look at, lowest first."""
        return tuple(self.policy.plans.values())[:PLANS_MAX]

    def play(self) -> Play:
        """Set up a stage."""
        return Play(self.timeline)


Search: TypeAlias = Callable[[Subject], Iterator[Fault]]


def join(play: Play, wallet: str, at: Instant, plan: PlanRule, cohort: str = "") -> Transaction:
    """Let a wallet join its first plan; with one seat where the plan gives credits by seat."""
    answer = play.do(wallet, at, Subscribe(plan.name, cohort=cohort))
    if any(grant.per_seat for grant in plan.grants):
        play.do(wallet, at, SetSeats(1))
    return answer


def pass_time(play: Play, wallet: str, at: Instant) -> None:
    """Let time pass for a wallet."""
    play.do(wallet, at, Settle())


def boundary_of(play: Play, wallet: str, at: Instant) -> Instant:
    """Give the end of a wallet's cycle; without cycles, a month after an instant."""
    subscription = play.book(wallet).subscription
    if subscription is not None and subscription.ends_at < NEVER:
        return subscription.ends_at
    return add_span(at, _MONTH, play.timeline.policies[-1].zone)


def just_before(at: Instant) -> Instant:
    """Give the last second before an instant."""
    return at - SECOND


def spend(play: Play, wallet: str, at: Instant, halves: int) -> None:
    """Let a wallet spend about so many halves of what it has, by one request if at all."""
    usage = (
        None
        if not halves
        else usage_worth(play.timeline.at(at), play.available(wallet) * halves // 2)
    )
    if usage is not None:
        play.do(wallet, at, Charge(usage))


def usage_worth(policy: Policy | None, most_micro: Micro) -> Usage | None:
    """Give usage of one unit of one model whose price is at most an amount, and near it."""
    if policy is None:
        return None
    best: tuple[Micro, Usage] | None = None
    for model in policy.models:
        for unit in policy.units:
            found = _largest(policy, model, unit, most_micro)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
            if best is not None and best[0] >= most_micro * NEAR:
                return best[1]
    return None if best is None else best[1]


def _largest(
    policy: Policy, model: str, unit: str, most_micro: Micro
) -> tuple[Micro, Usage] | None:
    """Find the most counts of a unit that an amount pays for, where they cost anything."""
    low, high = 0, 1
    while high < _COUNT_MAX and cost(policy, model, {unit: high}) <= most_micro:
        low, high = high, high * 2
    if high >= _COUNT_MAX:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if cost(policy, model, {unit: middle}) <= most_micro:
            low = middle
        else:
            high = middle
    price = cost(policy, model, {unit: low})
    return (price, Usage.of(model, {unit: low})) if price else None


def cost(policy: Policy, model: str, counts: dict[str, int], standing: Standing = NOBODY) -> Micro:
    """Give the price of a request; a refusal is dearer than anything."""
    price = rate(policy, Usage(model, tuple(counts.items())), standing)
    return 10**30 if isinstance(price, Refusal) else price.total_micro


def beats(play: Play, policy: Policy, one: str, other: str) -> bool:
    """Tell whether a wallet surely paid no more than another, and has more, or as much for less."""
    mine, theirs = play.paid(one), play.paid(other)
    if not is_at_most(policy, mine, theirs):
        return False
    more = play.available(one) - play.available(other)
    is_cheaper = mine.plans == theirs.plans and mine.packs == theirs.packs and mine != theirs
    return more > 0 or (more == 0 and is_cheaper)
