"""Grants by hand: give, void, adjust."""

from policyengine.engine import refusals
from policyengine.engine.burndown import Bill, available_sources, pay
from policyengine.engine.commands import Adjust, GiveGrant, VoidGrant
from policyengine.engine.refunding import unknown_transaction
from policyengine.engine.renewal import end_lot, occur
from policyengine.engine.situation import Draft, Situation, draft_of, refused
from policyengine.ledger.changes import LotOpened, SeriesEnded, SeriesSet
from policyengine.ledger.lots import PRIORITY_MAX, RESTRICTIONS_MAX
from policyengine.ledger.subscriptions import Series
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.calendar import NEVER

GRANT_RULE = "api.grant"


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
    if series.next_at <= situation.at:
        occur(draft, series)
    else:
        draft.change(SeriesSet(series))
    return draft.accepted(situation, "grant")


def _faulty(situation: Situation, body: GiveGrant) -> Refusal | None:
    policy, at = situation.policy, situation.at
    starts_at = at if body.effective_at is None else body.effective_at
    faults = [
        (not 0 < body.amount_micro <= AMOUNT_MICRO_MAX, "the amount is not above 0"),
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
            and not 0 <= body.rollover.minimum_micro <= body.rollover.maximum_micro,
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
    _void_series(draft, target.seq)
    _void_lots(draft, target)
    if not draft.changes:
        refusal = refusals.refusal("nothing_to_void", f"nothing of `{target.id}` is left")
        return refused(situation, "void", refusal)
    return draft.accepted(situation, "void", parent_seq=target.seq)


def _void_series(draft: Draft, opened_by: int) -> None:
    for series in draft.book.series.values():
        if series.opened_by == opened_by:
            draft.change(SeriesEnded(series.no))
            for _, lot in sorted(draft.book.lots.items()):
                if lot.terms.series_no == series.no and lot.is_open and lot.end is None:
                    end_lot(draft, lot, "withdrawn")


def _void_lots(draft: Draft, target: Transaction) -> None:
    opened = [each.terms.no for each in target.changes if isinstance(each, LotOpened)]
    for number in opened:
        lot = draft.book.lots.get(number)
        if lot is not None and lot.terms.series_no is None and lot.is_open and lot.end is None:
            end_lot(draft, lot, "withdrawn")


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
        if ends_at <= situation.at:
            refusal = refusals.refusal("invalid_grant", "the credits would have expired already")
            return refused(situation, "adjust", refusal)
        draft.open_lot("adjustment", "api.adjust", amount, ends_at)
        return draft.accepted(situation, "adjust")
    sources = available_sources(situation.book.lots.values(), situation.policy.burn_order)
    plain = [source for source in sources if not source[2]]
    payment = pay(Bill(-amount), plain)
    if payment.short_micro:
        refusal = refusals.insufficient_credits(
            -amount, -amount - payment.short_micro, len(plain), situation.book.debt_micro, []
        )
        return refused(situation, "adjust", refusal)
    for draw in payment.draws:
        draft.move(draw.lot_no, "available", "withdrawn", draw.amount_micro)
    return draft.accepted(situation, "adjust")
