"""Renewal: joining a plan, and what the boundary of a cycle does to a wallet."""

from dataclasses import replace

from policyengine.engine.cycles import Cycle, PartOf, cycle_of, grant_period, numbered
from policyengine.engine.giving import WHOLE, Entry, give_plan_grants
from policyengine.engine.keeping import keep_at_renewal
from policyengine.engine.leaving import end_grants, leave_plan, leaving_rule
from policyengine.engine.overage import invoice_overage
from policyengine.engine.per_seat import note_seats_given, seated
from policyengine.engine.situation import Draft, in_force
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Referenced, SubscriptionSet
from policyengine.ledger.subscriptions import PendingChange, Subscription
from policyengine.ledger.transactions import Transaction
from policyengine.policy.document.plans import Upgrade
from policyengine.policy.policy import PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, Instant, spans_passed


def start_plan(
    draft: Draft,
    plan: PlanRule,
    anchor_at: Instant,
    entry: Entry | None = None,
    cohort: str = "",
) -> None:
    """Join a plan now, with its grants and gifts; its cycles are counted from the anchor.

    Takes: how the wallet comes into a cycle that is under way; as the plan says, if left out.
    The cohort of a wallet that had no plan; one that had a plan stays in its cohort.
    """
    invoice_overage(draft)
    note_seats_given(draft)
    plan = seated(plan, draft.book.limits.seats)
    policy, before = draft.policy, draft.book.subscription
    cycle = cycle_of(policy, plan, anchor_at, draft.at)
    version, joined_at = policy.version, draft.at
    given = give_plan_grants(draft, plan, version, cycle, entry or first_entry(plan))
    subscription = Subscription(
        plan.name,
        version,
        joined_at,
        cycle.anchor_at,
        cycle.index,
        joined_at,
        cycle.ends_at,
        end_by_itself(policy, plan, cycle, joined_at),
        given=given,
        cohort=cohort if before is None else before.cohort,
    )
    draft.change(SubscriptionSet(subscription))


def first_entry(plan: PlanRule) -> Entry:
    """Give how a wallet comes into a cycle of the calendar that is under way."""
    parts: dict[str, PartOf] = {"prorated_by_day": "by_day", "prorated_by_second": "by_second"}
    return Entry(parts[plan.first_cycle]) if plan.first_cycle in parts else WHOLE


def end_by_itself(
    policy: Policy, plan: PlanRule, cycle: Cycle, joined_at: Instant
) -> PendingChange | None:
    """Give the change that waits in a plan's last cycle, where a plan ends by itself."""
    if plan.ends_after is None or plan.cycle is None:
        return None
    count, successor = plan.ends_after
    first = spans_passed(cycle.anchor_at, plan.cycle, policy.zone, joined_at)
    if cycle.index - first + 1 < count:
        return None
    return PendingChange(successor, "after_cycles")


def renew(timeline: Timeline, book: Book, subscription: Subscription) -> Transaction:
    """Give the renewal at the end of a cycle, with the plan change that waited for it."""
    at = subscription.ends_at
    policy = in_force(timeline, at)
    draft = Draft(book, policy, at)
    _settle_debt(draft, policy)
    invoice_overage(draft)
    terms, plan = next_plan(timeline, subscription)
    if subscription.pending is not None:
        _switch(draft, policy, plan, subscription)
    else:
        _next_cycle(timeline, draft, terms, plan, subscription)
    return draft.settled("renew", f"renew:{at}")


def _settle_debt(draft: Draft, policy: Policy) -> None:
    if not draft.debt or policy.debt is None or policy.debt.at_renewal == "kept":
        return
    how = policy.debt.at_renewal
    if how == "invoiced":
        draft.change(Referenced(f"debt:{draft.book.wallet_id}:{draft.seq}"))
    draft.change_debt(-draft.debt, how, NEVER if how == "invoiced" else 0)


def next_plan(timeline: Timeline, subscription: Subscription) -> tuple[Policy, PlanRule]:
    """Give the plan of the cycle after the present one, and the version that has its terms."""
    at = subscription.ends_at
    if subscription.pending is not None:
        policy = in_force(timeline, at)
        return policy, _successor(timeline, policy, subscription.pending.plan)
    terms, name = timeline.terms_for(
        subscription.plan, subscription.version, subscription.joined_at, at
    )
    return terms, terms.plans[name]


def _successor(timeline: Timeline, policy: Policy, name: str) -> PlanRule:
    """Give the plan that a change waited for, or the one that took over from it meanwhile."""
    for each in timeline.policies:
        rule = each.replaces
        if rule is not None and name not in policy.plans and each.version <= policy.version:
            name = rule.removed_plans.get(name, name)
    return policy.plans.get(name) or policy.plans[policy.changes.cancel.to]


def _switch(draft: Draft, policy: Policy, plan: PlanRule, subscription: Subscription) -> None:
    because = "" if subscription.pending is None else subscription.pending.because
    rule = leaving_rule(policy, subscription.plan, plan.name, because)
    goes_on = isinstance(rule, Upgrade) and rule.new_cycle == "keeps_date"
    anchor = subscription.anchor_at if goes_on else draft.at
    leave_plan(draft, rule, cycle_of(policy, plan, anchor, draft.at).ends_at)
    start_plan(draft, plan, anchor)


def _next_cycle(
    timeline: Timeline, draft: Draft, terms: Policy, plan: PlanRule, subscription: Subscription
) -> None:
    note_seats_given(draft)
    plan = seated(plan, draft.book.limits.seats)
    cycle = _following(timeline, draft, plan, subscription)
    end_grants(draft)
    keep_at_renewal(timeline, draft, subscription, cycle)
    entry = replace(
        first_entry(plan), less=_given_before(timeline, draft, plan, subscription, cycle)
    )
    given = give_plan_grants(draft, plan, terms.version, cycle, entry)
    following = replace(
        subscription,
        plan=plan.name,
        version=terms.version,
        anchor_at=cycle.anchor_at,
        index=cycle.index,
        starts_at=draft.at,
        ends_at=cycle.ends_at,
        pending=end_by_itself(draft.policy, plan, cycle, subscription.joined_at),
        given=given,
    )
    draft.change(SubscriptionSet(following))


def _given_before(
    timeline: Timeline, draft: Draft, plan: PlanRule, subscription: Subscription, cycle: Cycle
) -> dict[str, Micro]:
    """Give what grants of the calendar have given already for a period that goes on.

    Takes: the plan and the cycle that begins. A period of the same grant that began in the cycle
    before is not given a second time.
    """
    old = timeline.plan_of(subscription.version, subscription.plan)
    before = {grant.name: grant.rhythm for grant in old.grants}
    return {
        grant.name: grant.amount_micro
        for grant in plan.grants
        if grant.by_calendar
        and before.get(grant.name) == grant.rhythm
        and grant_period(draft.policy, grant, cycle, draft.at).starts_at < draft.at
    }


def _following(
    timeline: Timeline, draft: Draft, plan: PlanRule, subscription: Subscription
) -> Cycle:
    """Give the cycle after the present one; one of another kind counts from its boundary."""
    policy, at = draft.policy, draft.at
    old = timeline.plan_of(subscription.version, subscription.plan)
    is_same = (old.cycle, old.calendar) == (plan.cycle, plan.calendar)
    if is_same and plan.cycle is not None and not plan.calendar:
        return numbered(policy, plan.cycle, subscription.anchor_at, subscription.index + 1)
    return cycle_of(policy, plan, at, at)  # a calendar cycle follows the zone of its version
