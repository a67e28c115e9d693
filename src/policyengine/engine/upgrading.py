"""Upgrading now: what the new plan gives at once, and what becomes of the old plan's credits."""

from policyengine.engine.cycles import Cycle, PartOf, cycle_of, grant_period
from policyengine.engine.giving import Entry
from policyengine.engine.leaving import leave_plan, upgrade_place, upgrade_rule
from policyengine.engine.per_seat import seated
from policyengine.engine.re_rating import re_rate
from policyengine.engine.renewal import first_entry, start_plan
from policyengine.engine.situation import Draft, Situation
from policyengine.ledger.book import Book
from policyengine.ledger.changes import LotOpened
from policyengine.ledger.subscriptions import Subscription
from policyengine.policy.document.plans import Upgrade
from policyengine.policy.policy import GrantRule, PlanRule
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER


def upgrade_now(
    timeline: Timeline, draft: Draft, plan: PlanRule, subscription: Subscription
) -> None:
    """Move up to a plan at once."""
    policy = draft.policy
    rule = upgrade_rule(policy, subscription.plan, plan.name)
    goes_on = rule.new_cycle == "keeps_date" and subscription.ends_at < NEVER
    anchor = subscription.anchor_at if goes_on else draft.at
    entry = _entry(timeline, draft, rule, plan, subscription, goes_on=goes_on)
    ends_at = cycle_of(policy, plan, anchor, draft.at).ends_at
    leave_plan(draft, rule, ends_at)
    start_plan(draft, plan, anchor, entry)
    if rule.earlier_use == "re_rated" and goes_on:
        place = upgrade_place(policy, subscription.plan, plan.name)
        re_rate(draft, plan, subscription, place, ends_at)


def credits_of(situation: Situation, plan: PlanRule) -> Micro:
    """Give the credits that moving up to a plan gives: at once, or when its first cycle starts."""
    policy, subscription = situation.policy, situation.book.subscription
    seats = situation.book.limits.seats
    listed = sum(grant.amount_micro for grant in seated(plan, seats).grants)
    if subscription is None:
        return listed
    rule = upgrade_rule(policy, subscription.plan, plan.name)
    if rule.new_credits in {None, "full"} and rule.prorated is None:
        return listed
    draft = Draft(situation.book, policy, situation.at)
    upgrade_now(situation.timeline, draft, plan, subscription)
    opened = [change.terms for change in draft.changes if isinstance(change, LotOpened)]
    return sum(terms.granted_micro for terms in opened if terms.source != "carried")


def _entry(
    timeline: Timeline,
    draft: Draft,
    rule: Upgrade,
    plan: PlanRule,
    subscription: Subscription,
    *,
    goes_on: bool,
) -> Entry:
    part: PartOf = "full"
    if not goes_on:
        part = first_entry(plan).part
    elif rule.prorated is not None:
        part = rule.prorated
    if subscription.ends_at >= NEVER:
        return Entry(part)
    old = seated(
        timeline.plan_of(subscription.version, subscription.plan), draft.book.limits.seats_given
    )
    grants = [grant for grant in old.grants if grant.given != "once"]
    if rule.new_credits == "difference":
        return Entry(part, {grant.name: grant.amount_micro for grant in grants})
    if rule.new_credits == "less_used":
        used = _used(draft, old, subscription, grants)
        return Entry(part, used, used)
    given = {}
    if goes_on and rule.unused == "kept":
        given = {each.grant: each.amount_micro for each in subscription.given}
    return Entry(part, {}, given)


def _used(
    draft: Draft,
    plan: PlanRule,
    subscription: Subscription,
    grants: list[GrantRule],
) -> dict[str, Micro]:
    """Give what was spent of each grant of the old plan in its present period.

    What holds set aside counts as spent: it may still be captured, and does not come back.
    """
    cycle = cycle_of(draft.policy, plan, subscription.anchor_at, draft.at)
    noted = {each.grant: each for each in subscription.given}
    used = {}
    for grant in grants:
        period = grant_period(draft.policy, grant, cycle, draft.at)
        note = noted.get(grant.name)
        given = grant.amount_micro if note is None else note.amount_micro
        used[grant.name] = max(0, given - _left(draft.book, grant.name, period))
    return used


def _left(book: Book, grant: str, period: Cycle) -> Micro:
    """Give what is left of what a grant of this name gave in a period."""
    return sum(
        lot.remaining
        for lot in book.lots.values()
        if lot.terms.source == "plan"
        and not lot.terms.times_kept
        and lot.terms.effective_at >= period.starts_at
        and lot.terms.rule.endswith(f".grants.{grant}")
    )
