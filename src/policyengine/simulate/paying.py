"""What a wallet pays in money: each cycle, upgrade and pack, as its policy prices it.

The ledger moves no money. Here a payment mirrors what is given: a whole cycle costs its plan's
price; an upgrade that gives the difference costs the difference of the prices; a share of a cycle
costs that share. Prices that the policy does not name are kept apart by plan and pack.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from policyengine.engine.cycles import cycle_of, part_left
from policyengine.engine.leaving import rank_of, upgrade_rule
from policyengine.ledger.book import Book
from policyengine.ledger.changes import LotOpened
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.policy.policy import MoneyPrice, PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import NEVER

_NO_SUMS: Final[Mapping[str, Fraction]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Paid:
    """Money: sums by currency, and how often the unknown price of a plan or pack."""

    known: Mapping[str, Fraction] = field(default_factory=lambda: _NO_SUMS)
    plans: Mapping[str, Fraction] = field(default_factory=lambda: _NO_SUMS)
    packs: Mapping[str, Fraction] = field(default_factory=lambda: _NO_SUMS)

    def plus(self, other: "Paid", times: Fraction | int = 1) -> "Paid":
        """Add so many times another sum."""
        return Paid(
            _added(self.known, other.known, times),
            _added(self.plans, other.plans, times),
            _added(self.packs, other.packs, times),
        )

    def __bool__(self) -> bool:
        """Tell whether anything is paid."""
        return bool(self.known or self.plans or self.packs)

    def __str__(self) -> str:
        """Write the sum for people: `20 USD`, `the price of plan pro`."""
        parts = [f"{_number(amount)} {currency}" for currency, amount in self.known.items()]
        for kind, sums in (("plan", self.plans), ("pack", self.packs)):
            for name, times in sums.items():
                factor = "" if times == 1 else f"{_number(times)} x "
                parts.append(f"{factor}the price of {kind} {name}")
        return " + ".join(parts) or "nothing"


NOTHING: Final = Paid()


def is_at_most(policy: Policy, one: Paid, other: Paid) -> bool:
    """Tell whether one sum is surely no more than another.

    Unknown prices of plans may be anything from 0 up that does not fall along the list of plans.
    """
    rest = other.plus(one, -1)
    if any(amount < 0 for amount in (*rest.known.values(), *rest.packs.values())):
        return False
    left = Fraction(0)
    for name in sorted(rest.plans, key=lambda each: rank_of(policy, each), reverse=True):
        left += rest.plans[name]
        if left < 0:
            return False
    return True


def is_unpaid(policy: Policy, plan: PlanRule) -> bool:
    """Tell whether a plan costs no money.

    Without a price: the plan that cancelling leads to and those below it, plans without cycles, and
    plans that end by themselves, as trials do.
    """
    if plan.price is not None:
        return not plan.price.amount
    free = policy.plans[policy.changes.cancel.to].rank
    return plan.rank <= free or plan.cycle is None or plan.ends_after is not None


def paid_for(timeline: Timeline, before: Book, transaction: Transaction, after: Book) -> Paid:
    """Give what a transaction costs in money.

    Takes: the book before the transaction and after it.
    """
    if transaction.refusal is not None:
        return NOTHING
    policy = timeline.version(transaction.policy.version)
    if policy is None:
        return NOTHING
    if transaction.kind == "purchase":
        opened: LotOpened = change_of(transaction, LotOpened)
        name = opened.terms.rule.rpartition(".")[2]
        pack = policy.packs[name]
        return _known(pack.price) if pack.price is not None else Paid(packs={name: Fraction(1)})
    old, new = before.subscription, after.subscription
    if new is None or not _begins(old, new):
        return NOTHING
    plan = timeline.plan_of(new.version, new.plan)
    return _of_cycle(timeline, policy, plan, transaction, (old, new))


def _begins(old: Subscription | None, new: Subscription) -> bool:
    """Tell whether another plan or another cycle has begun."""
    return old is None or (old.plan, old.anchor_at, old.index) != (
        new.plan,
        new.anchor_at,
        new.index,
    )


def _of_cycle(
    timeline: Timeline,
    policy: Policy,
    plan: PlanRule,
    transaction: Transaction,
    both: tuple[Subscription | None, Subscription],
) -> Paid:
    old, new = both
    price = _of_plan(policy, plan)
    at = transaction.effective_at
    cycle = cycle_of(policy, plan, new.anchor_at, at)
    if old is not None and transaction.kind == "change_plan" and old.ends_at < NEVER:
        rule = upgrade_rule(policy, old.plan, plan.name)
        goes_up = plan.rank > rank_of(policy, old.plan)
        if goes_up and rule.when == "now" and rule.new_cycle == "keeps_date":
            if rule.new_credits in {"difference", "less_used"}:
                price = price.plus(_of_plan(policy, timeline.plan_of(old.version, old.plan)), -1)
            share = part_left(rule.prorated or "full", cycle, at, policy.zone)
            return NOTHING.plus(price, share)
    is_renewal = old is not None and old.plan == new.plan
    if plan.first_cycle == "full" or is_renewal:
        return price
    part = "by_day" if plan.first_cycle == "prorated_by_day" else "by_second"
    return NOTHING.plus(price, part_left(part, cycle, at, policy.zone))  # type: ignore[arg-type]


def _of_plan(policy: Policy, plan: PlanRule) -> Paid:
    if is_unpaid(policy, plan):
        return NOTHING
    return _known(plan.price) if plan.price is not None else Paid(plans={plan.name: Fraction(1)})


def _known(price: MoneyPrice) -> Paid:
    return Paid({price.currency: price.amount}) if price.amount else NOTHING


def _added(
    one: Mapping[str, Fraction], other: Mapping[str, Fraction], times: Fraction | int
) -> Mapping[str, Fraction]:
    names = dict.fromkeys((*one, *other))
    sums = {
        name: one.get(name, Fraction(0)) + other.get(name, Fraction(0)) * times for name in names
    }
    return {name: amount for name, amount in sums.items() if amount}


def _number(number: Fraction) -> str:
    """Write a number of money or times: exact where it has at most six decimals."""
    scaled = number * 10**6
    if scaled.denominator == 1:
        sign, digits = ("-" if scaled < 0 else ""), f"{abs(scaled.numerator):07d}"
        decimals = digits[-6:].rstrip("0")
        return f"{sign}{int(digits[:-6]):,}{'.' + decimals if decimals else ''}"
    return str(number)
