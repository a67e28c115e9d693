"""Leaving a plan: what becomes of its unused credits, and of its grants that would come again."""

from policyengine.engine.ending import carry_lot, carry_share, cycle_lots, end_lot
from policyengine.engine.situation import Draft
from policyengine.ledger.changes import SeriesEnded
from policyengine.policy.document.plans import Cancel, Downgrade, Upgrade
from policyengine.policy.plan_rules import share_of
from policyengine.policy.policy import Policy
from policyengine.values.calendar import NEVER, Instant


def upgrade_rule(policy: Policy, before: str, after: str) -> Upgrade:
    """Give what the policy says of an upgrade between two plans."""
    for pair in policy.changes.pairs:
        if (pair.from_, pair.to) == (before, after):
            return pair.upgrade
    return policy.changes.upgrade


def upgrade_place(policy: Policy, before: str, after: str) -> str:
    """Name the place of what the policy says of an upgrade between two plans."""
    for index, pair in enumerate(policy.changes.pairs):
        if (pair.from_, pair.to) == (before, after):
            return f"changes.pairs.{index}.upgrade"
    return "changes.upgrade"


def leaving_rule(
    policy: Policy, before: str, after: str, because: str
) -> Upgrade | Downgrade | Cancel:
    """Give what the policy says of a plan's unused credits when it is left.

    Takes: why: `upgrade`, `downgrade`, `cancel`, or `after_cycles` for a plan that ends by itself,
    which is an upgrade or a downgrade by the order of the list.
    """
    if because == "cancel":
        return policy.changes.cancel
    if because == "upgrade" or (
        because == "after_cycles" and rank_of(policy, after) > rank_of(policy, before)
    ):
        return upgrade_rule(policy, before, after)
    return policy.changes.downgrade


def rank_of(policy: Policy, plan: str) -> int:
    """Give a plan's place; one that a newer version removed is below all that it has."""
    found = policy.plans.get(plan)
    return -1 if found is None else found.rank


def leave_plan(
    draft: Draft, rule: Upgrade | Downgrade | Cancel, new_cycle_ends_at: Instant
) -> None:
    """End the plan's recurring grants, and do with the lots of its cycle what the policy says.

    Credits that are carried down to a plan without cycles keep their expiry: its cycle has no end.
    """
    end_grants(draft)
    if rule.unused == "kept":
        return
    is_endless = new_cycle_ends_at >= NEVER and not isinstance(rule, Upgrade)
    for lot in cycle_lots(draft.book):
        if rule.unused == "lost":
            end_lot(draft, lot, "expired")
            continue
        as_before = rule.carried_expires == "as_before" or is_endless
        expires = lot.terms.expires_at if as_before else new_cycle_ends_at
        if rule.carried_share is None:
            carry_lot(draft, lot, expires)
        else:
            carry_share(draft, lot, share_of(rule.carried_share), expires)


def end_grants(draft: Draft) -> None:
    """End the grants of the plan that come on their own clock; a new cycle starts new ones."""
    for number, series in sorted(draft.book.series.items()):
        if series.is_of_plan:
            draft.change(SeriesEnded(number))
