"""Holding: credits of certain lots are set aside, captured in parts, given back."""

from dataclasses import replace
from typing import Final

from policyengine.engine import refusals
from policyengine.engine.burndown import (
    Bill,
    Source,
    needs_shares,
    shared_out,
)
from policyengine.engine.caps import Whose, cap_states, grant_states
from policyengine.engine.charging import (
    Rated,
    bill_of,
    charged,
    cover_shortfall,
    rate_usage,
    standing_of,
)
from policyengine.engine.commands import Capture, Extend, OpenHold, Release, Usage
from policyengine.engine.covering import Cover, cover, note_cover, note_request
from policyengine.engine.overage import lend_overage
from policyengine.engine.pacing import sources_of_what_has_run
from policyengine.engine.rating import Price
from policyengine.engine.re_rating import note_use
from policyengine.engine.settling import give_back
from policyengine.engine.situation import Draft, Situation, draft_of, refused
from policyengine.ledger.book import Book
from policyengine.ledger.changes import HoldSet
from policyengine.ledger.holds import Draw, Hold
from policyengine.ledger.transactions import Refusal, Transaction, TransactionKind
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro
from policyengine.values.calendar import Instant, add_span, instant_text
from policyengine.wording.words import Figure, Span, Verbatim

OPEN_HOLDS_MAX: Final = 1000


def open_hold(situation: Situation, body: OpenHold) -> Transaction:
    """Decide a hold: concrete lots are set aside in burn order, or the hold is refused."""
    wanted = _wanted(situation, body)
    if isinstance(wanted, Refusal):
        return refused(situation, "hold", wanted)
    policy, book, at = situation.policy, situation.book, situation.at
    if len(book.holds) >= OPEN_HOLDS_MAX:
        return refused(
            situation,
            "hold",
            refusals.refused_as("too_many_holds", {}, most=Verbatim(str(OPEN_HOLDS_MAX))),
        )
    latest_at = add_span(at, policy.holds.longest, policy.zone)
    expires_at = add_span(at, body.life or policy.holds.life, policy.zone)
    if expires_at > latest_at:
        return refused(situation, "hold", _too_long(situation, latest_at))
    model = wanted.usage.model if isinstance(wanted, Rated) else ""
    found = cover(situation, wanted, Whose(model, body.member, body.conversation_id))
    if isinstance(found, Refusal):
        return refused(situation, "hold", found)
    draft = draft_of(situation)
    hold = Hold(
        draft.seq,
        _set_aside(draft, found),
        expires_at,
        latest_at,
        found.whose.model,
        body.conversation_id,
        body.operation_id,
        body.estimate,
        started_at=_started_at(body.usage, at),
        member=body.member,
        grace_until=_grace_until(situation, expires_at),
        asked="" if found.asked is None else found.asked.usage.model,
    )
    draft.change(HoldSet(hold))
    note_cover(draft, found, 0)
    return draft.accepted(
        situation, "hold", conversation_id=body.conversation_id, operation_id=body.operation_id
    )


def _grace_until(situation: Situation, expires_at: Instant) -> Instant:
    grace = situation.policy.holds.grace
    return 0 if grace is None else add_span(expires_at, grace, situation.policy.zone)


def _set_aside(draft: Draft, found: Cover) -> tuple[Draw, ...]:
    """Hold what lots pay, and what overage has to lend for it."""
    draws = found.payment.draws
    for draw in draws:
        draft.move(draw.lot_no, "available", "held", draw.amount_micro)
    lent = lend_overage(draft, found.overage_micro, "held")
    return (*draws, Draw(lent, found.overage_micro)) if lent else draws


def _wanted(situation: Situation, body: OpenHold) -> Rated | Bill | Refusal:
    if (body.usage is None) == (body.amount_micro is None):
        return refusals.refusal("invalid_amount", "a hold is for an amount or for usage, not both")
    if body.usage is not None:
        standing = standing_of(situation.book)
        return rate_usage(situation.timeline, situation.policy, body.usage, situation.at, standing)
    amount = body.amount_micro or 0
    if amount <= 0:
        return refusals.refusal("invalid_amount", "a hold is of more than 0 credits")
    return Bill(amount)


def _too_long(situation: Situation, latest_at: Instant) -> Refusal:
    latest = instant_text(latest_at)
    longest = Span(situation.policy.holds.longest)
    details = {"latest_at": latest}
    return refusals.refused_as("hold_too_long", details, span=longest, until=Verbatim(latest))


def _started_at(usage: Usage | None, at: Instant) -> Instant:
    return at if usage is None or usage.started_at is None else min(usage.started_at, at)


def _find(situation: Situation, hold_seq: int) -> Hold | Refusal:
    hold = situation.book.holds.get(hold_seq)
    if hold is not None:
        return hold
    target = situation.prior.target
    name = f"{situation.book.wallet_id}:{hold_seq}"
    if target is not None and target.kind == "hold" and target.refusal is None:
        return refusals.refused_as("hold_closed", {"id": name}, id=Verbatim(name))
    return refusals.refused_as("unknown_hold", {"id": name}, id=Verbatim(name))


def capture(situation: Situation, body: Capture) -> Transaction:
    """Decide a capture: held credits pay first, then `shortfall.after_request` decides."""
    hold = _find(situation, body.hold_seq)
    if isinstance(hold, Refusal):
        return refused(situation, "capture", hold)
    rated = _capture_price(situation, hold, body)
    if isinstance(rated, Refusal):
        return refused(situation, "capture", rated)
    amount = rated.price.total_micro
    bill = _capture_bill(rated, situation.book, amount)
    if situation.policy.holds.above == "refuse" and (short := _above(situation, hold, bill)):
        return refused(situation, "capture", _above_hold(situation, hold, amount, short))
    draft = draft_of(situation)
    left, short = _consume(draft, situation, hold, bill)
    taken = amount - cover_shortfall(draft, short)
    draft.change(charged(situation, rated, amount, taken, hold.estimate))
    _note_capture(draft, situation, hold, rated, taken)
    note_use(draft, rated, taken)
    if body.final:
        give_back(draft, hold.seq, left)
    else:
        captured = hold.captured_micro + hold.held_micro - sum(each.amount_micro for each in left)
        draft.change(HoldSet(replace(hold, draws=tuple(left), captured_micro=captured)))
    return _accepted(situation, draft, "capture", hold)


def _above(situation: Situation, hold: Hold, bill: Bill) -> Micro:
    """Give what the hold's own lots cannot pay of a bill."""
    return bill.amount_micro - sum(shared_out(bill, _held_sources(situation.book, hold)))


def _above_hold(situation: Situation, hold: Hold, needed: Micro, short: Micro) -> Refusal:
    details = {
        "id": f"{situation.book.wallet_id}:{hold.seq}",
        "needed_micro": needed,
        "held_micro": needed - short,
        "short_micro": short,
    }
    words = {"needed": Figure(needed), "held": Figure(needed - short), "short": Figure(short)}
    return refusals.refused_as("above_hold", details, **words)


def _held_sources(book: Book, hold: Hold) -> list[Source]:
    return [
        (draw.lot_no, draw.amount_micro, book.lots[draw.lot_no].terms.restricted_to)
        for draw in hold.draws
    ]


def _note_capture(
    draft: Draft, situation: Situation, hold: Hold, rated: Rated, taken: Micro
) -> None:
    """Record for whom a capture is; it has run, so that caps only count it."""
    policy, book, at = situation.policy, situation.book, situation.at
    whose = Whose(rated.usage.model, hold.member, hold.conversation_id)
    states = cap_states(policy, book, whose, at) if policy.limits.caps else ()
    paces = grant_states(policy, book, at) if policy.limits.caps else ()
    note_request(draft, whose, _asked(situation, hold, rated), states, paces, taken)


def _asked(situation: Situation, hold: Hold, rated: Rated) -> Rated | None:
    """Price a capture as the model that was asked for, where another one took its place."""
    if not hold.asked or not rated.usage.counts or rated.usage.model != hold.model:
        return None
    usage = replace(rated.usage, model=hold.asked)
    standing = standing_of(situation.book)
    asked = rate_usage(situation.timeline, situation.policy, usage, situation.at, standing)
    return None if isinstance(asked, Refusal) else asked


def _capture_price(situation: Situation, hold: Hold, body: Capture) -> Rated | Refusal:
    if (body.usage is None) == (body.amount_micro is None):
        return refusals.refusal("invalid_amount", "capture an amount or usage, not both")
    if body.usage is not None:
        usage = body.usage
        if usage.started_at is None:
            usage = usage.since(hold.started_at)
        if hold.asked and usage.model == hold.asked:  # another model took its place
            usage = replace(usage, model=hold.model)
        standing = standing_of(situation.book)
        return rate_usage(situation.timeline, situation.policy, usage, situation.at, standing)
    amount = body.amount_micro or 0
    if not 0 <= amount <= AMOUNT_MICRO_MAX:
        return refusals.refusal("invalid_amount", "a capture is of 0 credits or more")
    usage = Usage(hold.model, ())
    return Rated(usage, Price(amount), situation.policy, situation.at)


def _capture_bill(rated: Rated, book: Book, amount: Micro) -> Bill:
    if not rated.usage.counts or not needs_shares(book.lots.values()):
        return Bill(amount, rated.usage.model)
    return bill_of(rated, book, amount)


def _consume(
    draft: Draft, situation: Situation, hold: Hold, bill: Bill
) -> tuple[list[Draw], Micro]:
    """Consume from the hold's lots in their order, then from what is available.

    Gives: what stays held, and what nothing could pay.
    """
    policy, book = situation.policy, situation.book
    held = _held_sources(book, hold)
    beyond: list[Source] = []
    given = shared_out(bill, held)
    if sum(given) < bill.amount_micro:
        paces = grant_states(policy, book, situation.at)
        beyond = sources_of_what_has_run(policy, book, paces, bill, held)
        given = shared_out(bill, [*held, *beyond])
    left = []
    for (lot_no, amount, _), used in zip(held, given, strict=False):
        draft.move(lot_no, "held", "consumed", used)
        if amount > used:
            left.append(Draw(lot_no, amount - used))
    for (lot_no, _, _), used in zip(beyond, given[len(held) :], strict=True):
        draft.move(lot_no, "available", "consumed", used)
    return left, bill.amount_micro - sum(given)


def release(situation: Situation, body: Release) -> Transaction:
    """Decide a release: everything still held goes back to its lots."""
    hold = _find(situation, body.hold_seq)
    if isinstance(hold, Refusal):
        return refused(situation, "release", hold)
    draft = draft_of(situation)
    give_back(draft, hold.seq, hold.draws)
    return _accepted(situation, draft, "release", hold)


def extend(situation: Situation, body: Extend) -> Transaction:
    """Decide an extension: the old end plus the span, within the longest life of a hold."""
    hold = _find(situation, body.hold_seq)
    if isinstance(hold, Refusal):
        return refused(situation, "extend", hold)
    if situation.at >= hold.expires_at:
        return refused(situation, "extend", _in_grace(hold))
    expires_at = add_span(hold.expires_at, body.by, situation.policy.zone)
    if expires_at > hold.latest_at:
        return refused(situation, "extend", _too_long(situation, hold.latest_at))
    draft = draft_of(situation)
    grace_until = _grace_until(situation, expires_at)
    draft.change(HoldSet(replace(hold, expires_at=expires_at, grace_until=grace_until)))
    return _accepted(situation, draft, "extend", hold)


def _in_grace(hold: Hold) -> Refusal:
    ended, until = instant_text(hold.expires_at), instant_text(hold.frees_at)
    details = {"ended": ended, "until": until}
    return refusals.refused_as(
        "hold_in_grace", details, ended=Verbatim(ended), until=Verbatim(until)
    )


def _accepted(situation: Situation, draft: Draft, kind: TransactionKind, hold: Hold) -> Transaction:
    return draft.accepted(
        situation,
        kind,
        parent_seq=hold.seq,
        conversation_id=hold.conversation_id,
        operation_id=hold.operation_id,
    )
