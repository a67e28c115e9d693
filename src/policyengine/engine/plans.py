"""Plans: joining, moving up and down, leaving."""

from dataclasses import replace

from policyengine.engine import refusals
from policyengine.engine.commands import Cancel, ChangePlan, SetCohort, Subscribe
from policyengine.engine.cycles import Cycle, cycle_of
from policyengine.engine.leaving import leave_plan, rank_of, upgrade_rule
from policyengine.engine.renewal import end_by_itself, start_plan
from policyengine.engine.situation import Draft, Situation, draft_of, refused
from policyengine.engine.upgrading import upgrade_now
from policyengine.ledger.changes import SubscriptionSet
from policyengine.ledger.subscriptions import PendingChange, Subscription
from policyengine.ledger.transactions import Refusal, Transaction, TransactionKind
from policyengine.policy.document.plans import Cancel as Cancelling
from policyengine.policy.document.plans import Downgrade
from policyengine.policy.forbidding import ChangeKind, forbidden_by
from policyengine.policy.policy import PlanRule, Policy
from policyengine.values.calendar import NEVER
from policyengine.wording.words import Verbatim


def subscribe(situation: Situation, body: Subscribe) -> Transaction:
    """Decide a subscription: the wallet's first plan."""
    policy, book = situation.policy, situation.book
    plan = policy.plans.get(body.plan)
    if plan is None:
        return refused(situation, "subscribe", refusals.unknown_plan(policy, body.plan))
    if book.subscription is not None:
        refusal = _on_plan("already_subscribed", situation, book.subscription.plan)
        return refused(situation, "subscribe", refusal)
    if body.cohort and body.cohort not in policy.cohorts:
        return refused(situation, "subscribe", refusals.unknown_cohort(policy, body.cohort))
    draft = draft_of(situation)
    start_plan(draft, plan, situation.at, cohort=body.cohort)
    return draft.accepted(situation, "subscribe")


def set_cohort(situation: Situation, body: SetCohort) -> Transaction:
    """Decide a change of cohort: from now on usage is priced by its multipliers."""
    kind: TransactionKind = "change_plan"
    policy, subscription = situation.policy, situation.book.subscription
    if body.cohort and body.cohort not in policy.cohorts:
        return refused(situation, kind, refusals.unknown_cohort(policy, body.cohort))
    if subscription is None:
        return refused(situation, kind, refusals.refused_as("no_plan", {}))
    if subscription.cohort == body.cohort:
        where = f"in cohort `{body.cohort}`" if body.cohort else "in no cohort"
        message = f"wallet `{situation.book.wallet_id}` is {where} already"
        refusal = refusals.refusal("already_in_cohort", message, cohort=body.cohort)
        return refused(situation, kind, refusal)
    draft = draft_of(situation)
    draft.change(SubscriptionSet(replace(subscription, cohort=body.cohort)))
    return draft.accepted(situation, kind)


def change_plan(situation: Situation, body: ChangePlan) -> Transaction:
    """Decide a plan change: up or down by the order of the list, at once or at the boundary."""
    policy = situation.policy
    plan = policy.plans.get(body.plan)
    subscription = situation.book.subscription
    if plan is None:
        return refused(situation, "change_plan", refusals.unknown_plan(policy, body.plan))
    if subscription is None:
        return subscribe(situation, Subscribe(body.plan))
    if plan.name == subscription.plan:
        return _stay(situation, subscription)
    up = plan.rank > rank_of(policy, subscription.plan)
    kind: ChangeKind = "upgrade" if up else "downgrade"
    if refusal := _forbidden(policy, kind, subscription.plan, plan.name):
        return refused(situation, "change_plan", refusal)
    rule = upgrade_rule(policy, subscription.plan, plan.name) if up else policy.changes.downgrade
    draft = draft_of(situation)
    if rule.when == "end_of_cycle" and subscription.ends_at < NEVER:
        _wait(draft, subscription, plan.name, kind)
    elif up:
        upgrade_now(situation.timeline, draft, plan, subscription)
    else:
        _leave_now(draft, policy.changes.downgrade, plan)
    return draft.accepted(situation, "change_plan")


def _forbidden(policy: Policy, kind: ChangeKind, before: str, after: str) -> Refusal | None:
    index = forbidden_by(policy.changes, kind, before, after)
    return None if index is None else refusals.change_forbidden(policy, index, kind, before, after)


def _stay(situation: Situation, subscription: Subscription) -> Transaction:
    unchanged = _without_change(situation, subscription)
    if subscription.pending == unchanged.pending:
        refusal = _on_plan("already_on_plan", situation, subscription.plan)
        return refused(situation, "change_plan", refusal)
    draft = draft_of(situation)
    draft.change(SubscriptionSet(unchanged))
    return draft.accepted(situation, "change_plan")


def _without_change(situation: Situation, subscription: Subscription) -> Subscription:
    """Give the subscription without a change that was asked for; a plan may end by itself."""
    plan = situation.timeline.plan_of(subscription.version, subscription.plan)
    cycle = Cycle(
        subscription.anchor_at, subscription.index, subscription.starts_at, subscription.ends_at
    )
    pending = end_by_itself(situation.policy, plan, cycle, subscription.joined_at)
    return replace(subscription, pending=pending)


def _wait(draft: Draft, subscription: Subscription, plan: str, because: str) -> None:
    draft.change(SubscriptionSet(replace(subscription, pending=PendingChange(plan, because))))


def _leave_now(draft: Draft, rule: Downgrade | Cancelling, plan: PlanRule) -> None:
    leave_plan(draft, rule, cycle_of(draft.policy, plan, draft.at, draft.at).ends_at)
    start_plan(draft, plan, draft.at)


def cancel(situation: Situation, _body: Cancel) -> Transaction:
    """Decide a cancellation: back to the policy's plan, at once or at the boundary."""
    policy, subscription = situation.policy, situation.book.subscription
    rule = policy.changes.cancel
    if subscription is None or subscription.plan == rule.to:
        return refused(situation, "cancel", _on_plan("nothing_to_cancel", situation, rule.to))
    if refusal := _forbidden(policy, "cancel", subscription.plan, rule.to):
        return refused(situation, "cancel", refusal)
    draft = draft_of(situation)
    if rule.when == "end_of_cycle" and subscription.ends_at < NEVER:
        _wait(draft, subscription, rule.to, "cancel")
    else:
        _leave_now(draft, rule, policy.plans[rule.to])
    return draft.accepted(situation, "cancel")


def _on_plan(code: str, situation: Situation, plan: str) -> Refusal:
    wallet = Verbatim(situation.book.wallet_id)
    return refusals.refused_as(code, {"plan": plan}, wallet=wallet, plan=Verbatim(plan))
