"""Adopting: a version that takes subscribers along at once gives its terms to a running cycle."""

from dataclasses import dataclass, replace

from policyengine.engine.cycles import Cycle, cycle_of, grant_period, part_left
from policyengine.engine.giving import Entry, give_plan_grants, is_time
from policyengine.engine.leaving import end_grants
from policyengine.engine.per_seat import seated
from policyengine.engine.renewal import end_by_itself, first_entry
from policyengine.engine.situation import Draft, in_force
from policyengine.ledger.book import Book
from policyengine.ledger.changes import SubscriptionSet
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import GrantRule, PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro, round_ratio
from policyengine.values.calendar import Instant


@dataclass(frozen=True, slots=True)
class Adoption:
    """When a subscriber gets which plan of which version in the middle of a cycle."""

    at: Instant
    subscription: Subscription
    terms: Policy
    plan: PlanRule


def next_adoption(timeline: Timeline, book: Book) -> Adoption | None:
    """Find the first version after a wallet's own that takes it along at once.

    Whose cycle or rhythm of a grant would change waits for the renewal instead; so does who keeps
    the old terms. A version that became known late counts from the wallet's last instant.
    """
    subscription = book.subscription
    if subscription is None or subscription.version == timeline.policies[-1].version:
        return None  # as for nearly every wallet
    for newer in timeline.policies:
        rule = newer.replaces
        if newer.version <= subscription.version or rule is None or rule.plans != "at_once":
            continue
        terms, name = timeline.terms_for(
            subscription.plan, subscription.version, subscription.joined_at, newer.effective_at
        )
        at = max(newer.effective_at, book.settled_at)
        if terms is newer and _goes_on(timeline, subscription, terms, terms.plans[name], at):
            return Adoption(at, subscription, terms, terms.plans[name])
    return None


def _goes_on(
    timeline: Timeline, subscription: Subscription, terms: Policy, plan: PlanRule, at: Instant
) -> bool:
    """Tell whether the running cycle is one of the new terms as well."""
    old = timeline.plan_of(subscription.version, subscription.plan)
    ours, theirs = _rhythms(old), _rhythms(plan)
    return (
        (old.cycle, old.calendar) == (plan.cycle, plan.calendar)
        and all(ours[name] == theirs[name] for name in ours.keys() & theirs.keys())
        and cycle_of(terms, plan, subscription.anchor_at, at).ends_at == subscription.ends_at
    )


def _rhythms(plan: PlanRule) -> dict[str, object]:
    return {grant.name: grant.rhythm for grant in plan.grants if grant.given != "once"}


def adopt(timeline: Timeline, book: Book, found: Adoption) -> Transaction:
    """Give a running cycle the new terms: its grants give what they give more than the old ones.

    Nothing is taken back; cycle, joining and a change that waits stay as they are.
    """
    draft, subscription = Draft(book, in_force(timeline, found.at), found.at), found.subscription
    seats = book.limits.seats_given
    old = seated(timeline.plan_of(subscription.version, subscription.plan), seats)
    plan = seated(found.plan, seats)
    cycle = cycle_of(found.terms, plan, subscription.anchor_at, found.at)
    if plan.cycle is None:
        cycle = replace(cycle, starts_at=subscription.starts_at)
    end_grants(draft)
    entry = _entry(draft, old, plan, subscription, cycle)
    given = give_plan_grants(draft, plan, found.terms.version, cycle, entry)
    pending = subscription.pending
    if pending is None or pending.because == "after_cycles":
        pending = end_by_itself(draft.policy, plan, cycle, subscription.joined_at)
    following = replace(
        subscription, plan=plan.name, version=found.terms.version, pending=pending, given=given
    )
    draft.change(SubscriptionSet(following))
    return draft.settled("adopt", f"adopt:{found.terms.version}")


def _entry(
    draft: Draft, old: PlanRule, new: PlanRule, subscription: Subscription, cycle: Cycle
) -> Entry:
    """Take off each grant all but what it gives more than that of the same name gave."""
    before = {grant.name: grant for grant in old.grants if grant.given != "once"}
    noted = {each.grant: each.amount_micro for each in subscription.given}
    less: dict[str, Micro] = {}
    counted: dict[str, Micro] = {}
    for grant in new.grants:
        was = before.get(grant.name)
        if was is None or grant.given == "once":
            continue
        period = grant_period(draft.policy, grant, cycle, draft.at)
        gave = _amount(draft, old, was, subscription, period)
        would = _amount(draft, new, grant, subscription, period, at=draft.at)
        less[grant.name] = grant.amount_micro - max(0, would - gave)
        counted[grant.name] = noted.get(grant.name, gave)
    return Entry("full", less, counted)


def _amount(
    draft: Draft,
    plan: PlanRule,
    grant: GrantRule,
    subscription: Subscription,
    period: Cycle,
    at: Instant | None = None,
) -> Micro:
    """Give what a grant gives in a period that the wallet may have come into under way."""
    came_at = max(period.starts_at, subscription.starts_at)
    if not is_time(grant, came_at if at is None else at):
        return 0
    if came_at == period.starts_at:
        return grant.amount_micro
    exact = grant.amount_micro * part_left(
        first_entry(plan).part, period, came_at, draft.policy.zone
    )
    return round_ratio(exact.numerator, exact.denominator, draft.policy.quantum_micro, "down")
