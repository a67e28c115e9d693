"""Re-rating: what a cycle's use would have cost on another plan, settled at an upgrade."""

from dataclasses import replace

from policyengine.engine.burndown import Bill, pay_from
from policyengine.engine.charging import Rated, lend_debt, take
from policyengine.engine.modifying import with_hours
from policyengine.engine.rating import rate
from policyengine.engine.situation import Draft
from policyengine.ledger.book import apply
from policyengine.ledger.changes import Charged, ReRated, ReRateNoted
from policyengine.ledger.subscriptions import Standing, Subscription
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.policy.policy import PlanRule, Policy
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, Instant


def note_use(draft: Draft, rated: Rated, taken: Micro) -> None:
    """Note what usage would have cost more, or less, on the plans that re-rate it on joining."""
    subscription = draft.book.subscription
    if not draft.policy.re_rated or subscription is None or subscription.ends_at >= NEVER:
        return
    if not rated.usage.counts:
        return
    for plan in _plans_above(draft.policy, subscription.plan):
        by = _difference(rated, Standing(plan, subscription.cohort), taken)
        if by:
            draft.change(ReRateNoted(plan, subscription.ends_at, by))


def _plans_above(policy: Policy, plan: str) -> list[str]:
    found = policy.plans.get(plan)
    rank = -1 if found is None else found.rank
    return [name for name in policy.re_rated if policy.plans[name].rank > rank]


def _difference(rated: Rated, standing: Standing, taken: Micro) -> Micro:
    """Give what usage would have cost more than its price, or less than what was taken for it.

    Modifiers that the other plan does not allow do not count on it.
    """
    rules, usage = rated.policy.modifiers, rated.usage
    if usage.modifiers:
        plans = {name: rules[name].plans for name in usage.modifiers}
        kept = [name for name, only in plans.items() if only is None or standing.plan in only]
        usage = replace(usage, modifiers=tuple(kept))
    usage = with_hours(rated.policy, usage, standing, rated.started_at)
    price = rate(rated.policy, usage, standing)
    if isinstance(price, Refusal):  # more than a ledger can hold
        return 0
    total = price.total_micro
    if total > rated.price.total_micro:
        return total - rated.price.total_micro
    return min(0, total - taken)


def re_rate(
    draft: Draft, plan: PlanRule, before: Subscription, rule: str, expires_at: Instant
) -> None:
    """Take or give what the cycle's use costs more or less on a plan that was just joined.

    Takes: the subscription before; the rule of the upgrade; until when credits last that are given.
    """
    by, taken = draft.book.limits.re_rate(plan.name, before.ends_at), 0
    name = f"v{draft.policy.version}.{rule}.earlier_use"
    if by < 0:
        draft.open_lot("refund", name, -by, expires_at)
    elif by:
        taken = _taken(draft, by)
    draft.change(ReRated(plan.name, before.ends_at, by, taken, name))
    if by:
        for other in _plans_above(draft.policy, plan.name):
            draft.change(ReRateNoted(other, before.ends_at, -by))


def _taken(draft: Draft, amount: Micro) -> Micro:
    """Take credits from what is there after the upgrade, then lend as after a request."""
    joined = apply(draft.book, draft.settled("renew", "upgrade"))
    payment = pay_from(Bill(amount), joined.lots.values(), draft.policy.burn_order)
    take(draft, payment)
    return amount - lend_debt(draft, payment.short_micro)


def refund_use(draft: Draft, target: Transaction, left: Micro, amount: Micro, rule: str) -> Micro:
    """Count a refund in what is noted; what an upgrade took besides is given back as well.

    Takes: what the charge has left to refund, how much of it is refunded, and the rule of the lot
    that paid.
    Gives: what of the refund an upgrade has given already.
    """
    notes = {each.plan: each for each in target.changes if isinstance(each, ReRateNoted)}
    charge: Charged | None = change_of(target, Charged)
    if not notes or charge is None:
        return 0
    ends_at = next(iter(notes.values())).ends_at
    shares = {
        plan: _share(note.by_micro, left, charge.charged_micro)
        - _share(note.by_micro, left - amount, charge.charged_micro)
        for plan, note in notes.items()
    }
    settled = draft.book.limits.settled_re_rate(ends_at)
    given = 0 if settled is None else shares.get(settled.plan, 0)
    subscription = draft.book.subscription
    if subscription is not None and draft.at < ends_at == subscription.ends_at:
        above = _plans_above(draft.policy, subscription.plan)
        less = {plan: given - shares.get(plan, 0) for plan in above}
        draft.changes += [ReRateNoted(plan, ends_at, by) for plan, by in less.items() if by]
    if settled is not None and given > 0 and not settled.let_go_micro and draft.at < ends_at:
        draft.open_lot("refund", rule, given, ends_at)
    return max(0, -given)


def _share(by: Micro, part: Micro, whole: Micro) -> Micro:
    """Give the share of a difference that goes with a part of a charge, rounded towards 0."""
    share = abs(by) * part // whole
    return share if by > 0 else -share
