"""Grants by hand: give, void, adjust."""

from typing import Final

from policyengine.engine import refusals
from policyengine.engine.burndown import Bill, pay_from
from policyengine.engine.commands import Adjust, GiveGrant, VoidGrant
from policyengine.engine.ending import end_lot
from policyengine.engine.recurring import occur
from policyengine.engine.refunding import unknown_transaction
from policyengine.engine.situation import Situation, draft_of, refused
from policyengine.ledger.changes import SeriesEnded, SeriesSet
from policyengine.ledger.lots import PRIORITY_MAX, RESTRICTIONS_MAX, Lot
from policyengine.ledger.subscriptions import Series
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.calendar import INSTANT_MAX, INSTANT_MIN, NEVER, SECOND, add_span

GRANT_RULE: Final = "api.grant"
INTERVAL_MIN: Final = 3600 * SECOND
"""Grants that recur more often would leave an idle wallet more to catch up with than it can."""


def give_grant(situation: Situation, body: GiveGrant) -> Transaction:
    """Decide a grant by hand: now or later, once or recurring."""
    if refusal := _faulty(situation, body):
        return refused(situation, "grant", refusal)
    draft = draft_of(situation)
    starts_at = situation.at if body.effective_at is None else body.effective_at
    ends_at = NEVER if body.expires_at is None else body.expires_at
    if body.interval is None and starts_at <= situation.at:
        draft.open_lot(
            "grant",
            GRANT_RULE,
            body.amount_micro,
            ends_at,
            priority=body.priority,
            restricted_to=body.restricted_to,
        )
        return draft.accepted(situation, "grant")
    series = Series(
        draft.book.series_opened + 1,
        draft.seq,
        GRANT_RULE,
        body.amount_micro,
        starts_at if body.anchor_at is None else body.anchor_at,
        max(starts_at, situation.at),
        ends_at,
        0,
        body.interval,
        body.rollover,
        body.priority,
        body.restricted_to,
    )
    draft.change(SeriesSet(series))
    if series.next_at <= situation.at:
        occur(draft, series)
    return draft.accepted(situation, "grant")


def _faulty(situation: Situation, body: GiveGrant) -> Refusal | None:
    policy, at = situation.policy, situation.at
    starts_at = at if body.effective_at is None else body.effective_at
    faults = [
        (not 0 < body.amount_micro <= AMOUNT_MICRO_MAX, "the amount is not above 0"),
        (
            any(
                each is not None and not INSTANT_MIN <= each < INSTANT_MAX
                for each in (body.effective_at, body.expires_at, body.anchor_at)
            ),
            "a time is outside the calendar",
        ),
        (
            body.interval is not None and add_span(0, body.interval, "UTC") < INTERVAL_MIN,
            "it recurs more often than once an hour",
        ),
        (not 0 <= body.priority <= PRIORITY_MAX, f"the priority is not 0 to {PRIORITY_MAX}"),
        (
            body.expires_at is not None and body.expires_at <= max(starts_at, at),
            "it expires before it takes effect",
        ),
        (body.rollover is not None and body.interval is None, "a rollover needs an interval"),
        (body.anchor_at is not None and body.interval is None, "an anchor needs an interval"),
        (
            body.anchor_at is not None and body.anchor_at > max(starts_at, at),
            "the anchor is after the grant takes effect",
        ),
        (
            body.rollover is not None
            and not 0
            <= body.rollover.minimum_micro
            <= body.rollover.maximum_micro
            <= AMOUNT_MICRO_MAX,
            "the rollover minimum is above its maximum",
        ),
        (
            len(body.restricted_to.models) + len(body.restricted_to.units) > RESTRICTIONS_MAX,
            f"it names more than {RESTRICTIONS_MAX} models and units",
        ),
    ]
    for is_wrong, sentence in faults:
        if is_wrong:
            return refusals.refusal("invalid_grant", f"the grant makes no sense: {sentence}")
    for model in body.restricted_to.models:
        if model not in policy.models:
            return refusals.unknown_model(policy, model)
    for unit in body.restricted_to.units:
        if unit not in policy.units:
            return refusals.unknown_unit(policy, unit)
    return None


def void_grant(situation: Situation, body: VoidGrant) -> Transaction:
    """Decide a void: what is unused goes back; what is held may be spent by its hold only."""
    target = situation.prior.target
    if target is None:
        return refused(situation, "void", unknown_transaction(situation, body.target_seq))
    if target.kind not in {"grant", "purchase"} or target.refusal is not None:
        refusal = refusals.refusal(
            "not_voidable", f"`{target.id}` is neither a grant nor a purchase"
        )
        return refused(situation, "void", refusal)
    draft = draft_of(situation)
    for series in situation.book.series.values():
        if series.opened_by == target.seq:
            draft.change(SeriesEnded(series.no))
    for _, lot in sorted(situation.book.lots.items()):
        if _is_of(lot, target) and lot.is_open and lot.end is None:
            end_lot(draft, lot, "withdrawn")
    if not draft.changes:
        refusal = refusals.refusal("nothing_to_void", f"nothing of `{target.id}` is left")
        return refused(situation, "void", refusal)
    return draft.accepted(situation, "void", parent_seq=target.seq)


def _is_of(lot: Lot, target: Transaction) -> bool:
    """Tell whether a grant or purchase opened a lot, at once or at an occurrence."""
    started = change_of(target, SeriesSet)
    if started is None:
        return lot.terms.opened_by == target.seq
    return bool(lot.terms.series_no == started.series.no)


def adjust(situation: Situation, body: Adjust) -> Transaction:
    """Decide a correction by hand; one that takes away needs the credits to be there."""
    amount = body.amount_micro
    if not situation.command.reason.strip():
        refusal = refusals.refusal("invalid_amount", "an adjustment needs a reason")
        return refused(situation, "adjust", refusal)
    if not amount or abs(amount) > AMOUNT_MICRO_MAX:
        refusal = refusals.refusal("invalid_amount", "an adjustment is of more or less than 0")
        return refused(situation, "adjust", refusal)
    draft = draft_of(situation)
    if amount > 0:
        ends_at = NEVER if body.expires_at is None else body.expires_at
        if not situation.at < ends_at <= NEVER:
            refusal = refusals.refusal("invalid_grant", "the credits would have expired already")
            return refused(situation, "adjust", refusal)
        draft.open_lot("adjustment", "api.adjust", amount, ends_at)
        return draft.accepted(situation, "adjust")
    # A bill for no model and no units: general lots pay.
    payment = pay_from(Bill(-amount), situation.book.lots.values(), situation.policy.burn_order)
    if payment.short_micro:
        refusal = refusals.insufficient_credits(
            -amount,
            -amount - payment.short_micro,
            len(payment.draws),
            situation.book.debt_micro,
            [],
        )
        return refused(situation, "adjust", refusal)
    for draw in payment.draws:
        draft.move(draw.lot_no, "available", "withdrawn", draw.amount_micro)
    return draft.accepted(situation, "adjust")
