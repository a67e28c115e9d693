"""Keeping unused credits when their grant comes again: all of them, or as much as a rule says."""

from policyengine.engine.cycles import Cycle, grant_period
from policyengine.engine.ending import (
    carry_held_on,
    carry_lot,
    cycle_lots,
    end_lot,
    held_after_carrying,
    open_carried,
)
from policyengine.engine.giving import open_grant
from policyengine.engine.per_seat import seated
from policyengine.engine.situation import Draft
from policyengine.ledger.changes import LotEnded
from policyengine.ledger.lots import Lot, LotEnd
from policyengine.ledger.subscriptions import Series, Subscription
from policyengine.policy.policy import GrantRule, KeptRule, PlanRule
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro, round_ratio
from policyengine.values.calendar import Instant


def keep_at_renewal(
    timeline: Timeline, draft: Draft, subscription: Subscription, cycle: Cycle
) -> None:
    """Decide about unused credits at the boundary before a cycle.

    Credits of the plan's grants follow the terms of the cycle that ends; others, which an upgrade
    left or carried, follow the rule that gave them.
    """
    waiting: dict[str, list[Lot]] = {}
    for lot in (*cycle_lots(draft.book), *held_after_carrying(draft.book, draft.at)):
        if lot.terms.rolls:
            waiting.setdefault(_without_version(lot.terms.rule), []).append(lot)
    plan = seated(
        timeline.plan_of(subscription.version, subscription.plan), draft.book.limits.seats_given
    )
    for grant in plan.grants:
        lots = waiting.pop(grant.rule, [])
        if grant.carry_over != "none" and grant.given != "once":
            rule = f"v{subscription.version}.{grant.rule}"
            until = _until(draft, grant, cycle)
            _keep(draft, grant, lots, until)
            _fill_up(draft, plan, grant, rule, lots, until)
    for lots in waiting.values():
        _, grant = timeline.giver(lots[-1].terms.rule)
        _keep(draft, grant, lots, _until(draft, grant, cycle))


def keep_in_cycle(
    draft: Draft, plan: PlanRule, grant: GrantRule, series: Series, period: Cycle
) -> None:
    """Decide about unused credits of a grant on its own clock when it comes again."""
    if grant.carry_over == "none":
        return
    lots = [
        lot
        for lot in (*cycle_lots(draft.book), *held_after_carrying(draft.book, draft.at))
        if lot.terms.rolls and _without_version(lot.terms.rule) == grant.rule
    ]
    _keep(draft, grant, lots, period.ends_at)
    _fill_up(draft, plan, grant, series.rule, lots, period.ends_at)


def _without_version(rule: str) -> str:
    return rule.partition(".")[2]


def _until(draft: Draft, grant: GrantRule, cycle: Cycle) -> Instant:
    """Give when kept credits end unless they keep their expiry: when the grant comes once more."""
    return grant_period(draft.policy, grant, cycle, draft.at).ends_at


def _keep(draft: Draft, grant: GrantRule, lots: list[Lot], until: Instant) -> None:
    if grant.kept is None:
        for lot in lots:
            if lot.end is not None:
                carry_held_on(draft, lot, until)
            elif lot.terms.expires_at == draft.at:  # what expired before is not kept
                carry_lot(draft, lot, until, times_kept=lot.terms.times_kept + 1)
        return
    lots = [lot for lot in lots if lot.end is None]
    kept = kept_of(grant.kept, grant, lots, draft.policy.quantum_micro)
    parts: list[tuple[Lot, Micro]] = []
    for lot in _longest_first(lots):
        part = min(lot.remaining, kept) if _may_be_kept(grant.kept, lot) else 0
        kept -= part
        parts.append((lot, part))
    # Of equal lots the older one is spent first: those that can be kept least often come first.
    for lot, part in reversed(parts):
        if grant.kept.renewed:
            _renew_part(draft, lot, part, until, grant.kept.priority)
        else:
            draft.move(lot.terms.no, "available", "expired", lot.remaining - part)


def kept_of(rule: KeptRule, grant: GrantRule, lots: list[Lot], quantum: Micro) -> Micro:
    """Give how much of what is left is kept; less than `at_least` only where less is left."""
    left = sum(lot.remaining for lot in lots if _may_be_kept(rule, lot))
    base = left if rule.of == "remaining" else grant.amount_micro
    share = left
    if rule.share != 1 or rule.of != "remaining":
        exact = base * rule.share
        share = round_ratio(exact.numerator, exact.denominator, quantum, "down")
    kept = min(left, max(rule.at_least_micro, share))
    if rule.at_most_micro is None:
        return kept
    held = 0 if rule.renewed else sum(lot.held for lot in lots)
    return min(kept, max(0, rule.at_most_micro - held))


def _may_be_kept(rule: KeptRule, lot: Lot) -> bool:
    return rule.times is None or lot.terms.times_kept < rule.times


def _longest_first(lots: list[Lot]) -> list[Lot]:
    """Order lots so that what is kept first may live longest."""
    return sorted(
        lots, key=lambda lot: (lot.terms.times_kept, -lot.terms.expires_at, -lot.terms.no)
    )


def _renew_part(draft: Draft, lot: Lot, part: Micro, until: Instant, priority: int | None) -> None:
    """Carry part of a lot on and let the rest expire, with what holds give back later."""
    if not part:
        end_lot(draft, lot, "expired")
        return
    draft.change(LotEnded(lot.terms.no, LotEnd("expired", draft.at)))
    draft.move(lot.terms.no, "available", "withdrawn", part)
    draft.move(lot.terms.no, "available", "expired", lot.remaining - part)
    open_carried(draft, lot, part, until, times_kept=lot.terms.times_kept + 1, priority=priority)


def _fill_up(
    draft: Draft, plan: PlanRule, grant: GrantRule, rule: str, lots: list[Lot], until: Instant
) -> None:
    """Grant what is missing to the least that is kept."""
    if grant.kept is None or not grant.kept.at_least_micro:
        return
    kept = kept_of(grant.kept, grant, lots, draft.policy.quantum_micro)
    missing = max(0, grant.kept.at_least_micro - kept)
    if missing:
        period = Cycle(draft.at, 0, draft.at, until)
        open_grant(draft, plan, grant, rule, missing, period, period, times_kept=1)
