"""Renewal: what a cycle's boundary and a recurrence do to a wallet."""

from dataclasses import replace

from policyengine.engine.situation import Draft, expires_at, in_force
from policyengine.ledger.book import Book
from policyengine.ledger.changes import (
    GiftGiven,
    LotEnded,
    Referenced,
    SeriesEnded,
    SeriesSet,
    SubscriptionSet,
)
from policyengine.ledger.lots import Lot, LotEnd, Pot
from policyengine.ledger.subscriptions import Rollover, Series, Subscription
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, CalendarSpan, Instant, add_span, spans_passed


def give_plan_grants(draft: Draft, plan: PlanRule, version: int, cycle_ends_at: Instant) -> None:
    """Open the lots that a plan gives at the start of a cycle, and its gifts if not given yet."""
    for grant in plan.grants:
        if grant.given == "once":
            if grant.rule in draft.book.gifts:
                continue
            draft.change(GiftGiven(grant.rule))
        ends = expires_at(grant.expiry, draft.at, cycle_ends_at, draft.policy.zone)
        each_cycle = grant.given == "each_cycle"
        draft.open_lot(
            "plan" if each_cycle else "gift",
            f"v{version}.{grant.rule}",
            grant.amount_micro,
            ends,
            cycle_bound=each_cycle,
            rolls=each_cycle and grant.carry_over != "none",
        )


def cycle_of(
    policy: Policy, plan: PlanRule, anchor_at: Instant, at: Instant
) -> tuple[int, Instant]:
    """Give the number of the plan's cycle that `at` falls into, and the cycle's end."""
    if plan.cycle is None:
        return 0, NEVER
    index = spans_passed(anchor_at, plan.cycle, policy.zone, at)
    return index, add_span(anchor_at, plan.cycle, policy.zone, index + 1)


def start_plan(draft: Draft, plan: PlanRule, anchor_at: Instant, cohort: str = "") -> None:
    """Join a plan now, with its grants and gifts; its cycles are counted from the anchor.

    Takes: the cohort of a wallet that had no plan; one that had a plan stays in its cohort.
    """
    before = draft.book.subscription
    if before is not None:
        cohort = before.cohort
    index, ends_at = cycle_of(draft.policy, plan, anchor_at, draft.at)
    version = draft.policy.version
    draft.change(
        SubscriptionSet(
            Subscription(
                plan.name,
                version,
                draft.at,
                anchor_at,
                index,
                draft.at,
                ends_at,
                cohort=cohort,
            )
        )
    )
    give_plan_grants(draft, plan, version, ends_at)


def cycle_lots(book: Book) -> list[Lot]:
    """Give the open lots that belong to the plan's cycle, oldest first."""
    return [
        lot
        for _, lot in sorted(book.lots.items())
        if lot.terms.cycle_bound and lot.is_open and lot.end is None
    ]


def end_lot(draft: Draft, lot: Lot, how: str, carried_expires_at: Instant | None = None) -> None:
    """End a lot now; what remains goes to `expired` or `withdrawn`, what is held stays held."""
    end = LotEnd(how, draft.at, carried_expires_at)  # type: ignore[arg-type]  # a listed way
    draft.change(LotEnded(lot.terms.no, end))
    target = "expired" if how == "expired" else "withdrawn"
    draft.move(lot.terms.no, "available", target, lot.remaining)  # type: ignore[arg-type]


def carry_lot(draft: Draft, lot: Lot, expires: Instant) -> None:
    """Move what remains of a lot into a new one; what a hold gives back later follows it."""
    if expires <= draft.at:
        end_lot(draft, lot, "expired")
        return
    end_lot(draft, lot, "carried", expires)
    if lot.remaining:
        open_carried(draft, lot, lot.remaining, expires)


def open_carried(draft: Draft, lot: Lot, amount: Micro, expires: Instant) -> int:
    """Open the lot that carries credits of another one on."""
    return draft.open_lot(
        "carried",
        lot.terms.rule,
        amount,
        expires,
        priority=lot.terms.priority,
        restricted_to=lot.terms.restricted_to,
        cycle_bound=lot.terms.cycle_bound,
        rolls=lot.terms.rolls,
    )


def follow_end(draft: Draft, lot: Lot, source: Pot, amount: Micro) -> bool:
    """Send credits that come back to a lot where its others went when it was voided or carried.

    Gives: whether the lot ended in such a way, and what it was carried into has not expired.
    """
    end = lot.end
    if end is None or end.how == "expired":
        return False
    expires = end.carried_expires_at
    if expires is not None and expires <= draft.at:
        return False
    draft.move(lot.terms.no, source, "withdrawn", amount)
    if expires is not None:
        open_carried(draft, lot, amount, expires)
    return True


def renew(timeline: Timeline, book: Book, subscription: Subscription) -> Transaction:
    """Give the renewal at the end of a cycle, with the plan change that waited for it."""
    at = subscription.ends_at
    policy = in_force(timeline, at)
    draft = Draft(book, policy, at)
    _settle_debt(draft, policy)
    terms, plan = next_plan(timeline, subscription)
    if subscription.pending is not None:
        _switch(draft, policy, plan, subscription, subscription.pending.because)
    else:
        cycle_before = _cycle_before(timeline, subscription)
        _next_cycle(draft, terms, plan, subscription, cycle_before)
    return draft.settled("renew", f"renew:{at}")


def _settle_debt(draft: Draft, policy: Policy) -> None:
    if not draft.debt or policy.debt is None or policy.debt.at_renewal == "kept":
        return
    how = policy.debt.at_renewal
    if how == "invoiced":
        draft.change(Referenced(f"debt:{draft.book.wallet_id}:{draft.seq}"))
    draft.change_debt(-draft.debt, how)


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


def _switch(
    draft: Draft, policy: Policy, plan: PlanRule, subscription: Subscription, because: str
) -> None:
    if because == "upgrade":
        upgrade(draft, policy, plan, subscription)
    else:
        leave_downward(draft, policy, because)
        start_plan(draft, plan, draft.at)


def upgrade(draft: Draft, policy: Policy, plan: PlanRule, subscription: Subscription) -> None:
    """Move up to a plan now: with a cycle of its own, or on the dates of the old one."""
    keeps_date = policy.changes.upgrade.new_cycle == "keeps_date" and subscription.ends_at < NEVER
    anchor = subscription.anchor_at if keeps_date else draft.at
    _, new_end = cycle_of(policy, plan, anchor, draft.at)
    _leave_by_upgrade(draft, policy, new_end)
    start_plan(draft, plan, anchor)


def leave_downward(draft: Draft, policy: Policy, because: str) -> None:
    """Do with the lots of the old cycle what the policy says of downgrades or cancelling."""
    rule = policy.changes.cancel if because == "cancel" else policy.changes.downgrade
    if rule.unused == "lost":
        for lot in cycle_lots(draft.book):
            end_lot(draft, lot, "expired")


def _leave_by_upgrade(draft: Draft, policy: Policy, new_cycle_ends_at: Instant) -> None:
    """Do with the lots of the old cycle what the policy says of upgrades."""
    rule = policy.changes.upgrade
    if rule.unused == "kept":
        return
    for lot in cycle_lots(draft.book):
        if rule.unused == "lost":
            end_lot(draft, lot, "expired")
        elif rule.carried_expires == "as_before":
            carry_lot(draft, lot, lot.terms.expires_at)
        else:
            carry_lot(draft, lot, new_cycle_ends_at)


def _next_cycle(
    draft: Draft,
    terms: Policy,
    plan: PlanRule,
    subscription: Subscription,
    cycle_before: CalendarSpan | None,
) -> None:
    index, anchor = subscription.index + 1, subscription.anchor_at
    if plan.cycle != cycle_before:  # another length counts from here
        index, anchor = 0, draft.at
    ends_at = NEVER
    if plan.cycle is not None:
        ends_at = add_span(anchor, plan.cycle, draft.policy.zone, index + 1)
    for lot in cycle_lots(draft.book):
        if lot.terms.rolls and lot.terms.expires_at <= draft.at:
            carry_lot(draft, lot, ends_at)
    draft.change(
        SubscriptionSet(
            replace(
                subscription,
                plan=plan.name,
                version=terms.version,
                anchor_at=anchor,
                index=index,
                starts_at=draft.at,
                ends_at=ends_at,
                pending=None,
            )
        )
    )
    give_plan_grants(draft, plan, terms.version, ends_at)


def _cycle_before(timeline: Timeline, subscription: Subscription) -> CalendarSpan | None:
    before = timeline.version(subscription.version)
    return None if before is None else before.plans[subscription.plan].cycle


def recur(timeline: Timeline, book: Book, series: Series) -> Transaction:
    """Give the next occurrence of a later or recurring grant."""
    at = series.next_at
    draft = Draft(book, in_force(timeline, at), at)
    if at >= series.ends_at:
        _end_lots_of(draft, series)
        draft.change(SeriesEnded(series.no))
    else:
        occur(draft, series)
    return draft.settled("recur", f"recur:{series.no}:{series.index}")


def occur(draft: Draft, series: Series) -> None:
    """Let a grant occur now: roll over what is left, give what is missing, note the next time."""
    lots_end_at, following = _following(draft, series)
    if series.index == 0:
        _open_of_series(draft, series, series.amount_micro, lots_end_at)
    else:
        _roll_over(draft, series, lots_end_at)
    if following is None:
        draft.change(SeriesEnded(series.no))
    else:
        draft.change(SeriesSet(following))


def _following(draft: Draft, series: Series) -> tuple[Instant, Series | None]:
    if series.interval is None:
        return series.ends_at, None
    zone = draft.policy.zone
    # More than one step only where the anchor is before the start.
    passed = spans_passed(series.anchor_at, series.interval, zone, draft.at)
    index = max(series.index, passed) + 1
    next_at = min(add_span(series.anchor_at, series.interval, zone, index), series.ends_at)
    if next_at >= NEVER:
        return NEVER, None
    return next_at, replace(series, index=index, next_at=next_at)


def _roll_over(draft: Draft, series: Series, lots_end_at: Instant) -> None:
    keep = series.rollover or Rollover(series.amount_micro, series.amount_micro)
    left_to_keep = keep.maximum_micro
    before = 0
    for lot in _lots_of(draft.book, series):
        kept = min(lot.remaining, left_to_keep)
        before += kept
        left_to_keep -= kept
        draft.change(LotEnded(lot.terms.no, LotEnd("expired", draft.at)))
        draft.move(lot.terms.no, "available", "withdrawn", kept)
        draft.move(lot.terms.no, "available", "expired", lot.remaining - kept)
        if kept:
            _open_of_series(draft, series, kept, lots_end_at, carried=True)
    if before < keep.minimum_micro:
        _open_of_series(draft, series, keep.minimum_micro - before, lots_end_at)


def _lots_of(book: Book, series: Series) -> list[Lot]:
    return [
        lot
        for _, lot in sorted(book.lots.items())
        if lot.terms.series_no == series.no and lot.is_open and lot.end is None
    ]


def _end_lots_of(draft: Draft, series: Series) -> None:
    for lot in _lots_of(draft.book, series):
        end_lot(draft, lot, "expired")


def _open_of_series(
    draft: Draft, series: Series, amount: Micro, ends_at: Instant, *, carried: bool = False
) -> None:
    draft.open_lot(
        "carried" if carried else "grant",
        series.rule,
        amount,
        ends_at,
        priority=series.priority,
        restricted_to=series.restricted_to,
        rolls=series.interval is not None,
        series_no=series.no,
    )
