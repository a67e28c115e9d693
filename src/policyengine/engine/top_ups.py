"""Top-ups: when a purchase is asked for, and what its answer does; no money moves here."""

from typing import Final

from policyengine.engine import refusals
from policyengine.engine.commands import FailTopUp, PayTopUp, SetTopUp
from policyengine.engine.purchases import is_full, life_end, open_pack
from policyengine.engine.situation import Situation, draft_of, in_force, refused
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Referenced, TopUpEnded, TopUpRequested, TopUpSet
from policyengine.ledger.limit_state import TOP_UPS_MAX, LimitState, TopUp
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.policy.limits import TopUpRule
from policyengine.policy.policy import Policy
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro
from policyengine.values.calendar import Instant, add_span
from policyengine.wording.words import Verbatim, say

DOUBLINGS_MAX: Final = 10
"""A cooldown doubles with each failure in a row, up to so many times."""


def due_top_up(
    policy: Policy, book: Book, at: Instant, spendable: Micro | None = None
) -> TopUpRequested | None:
    """Give the purchase to ask for now; None where there is enough, or it may not be asked for.

    Takes: what of the balance may be spent; None for all of it.
    What is held and what is pending counts as there: one shortage is asked for once.
    """
    rule = policy.limits.top_up
    if rule is None or not _allowed(rule, book.limits, at):
        return None
    there = book.available_micro if spendable is None else spendable
    total = there + book.held_micro + book.limits.pending_micro
    if total >= rule.below_micro:
        return None
    amount = rule.up_to_micro - total
    if rule.pack:
        amount = _pack_amount(policy, book, rule.pack)
    if amount <= 0 or total + amount > AMOUNT_MICRO_MAX - (book.available_micro - there):
        return None
    return TopUpRequested(
        amount,
        rule.pack,
        add_span(at, rule.cooldown, policy.zone),
        add_span(at, rule.per, policy.zone),
    )


def _allowed(rule: TopUpRule, limits: LimitState, at: Instant) -> bool:
    allowed = limits.top_up_on if limits.top_up_on is not None else not rule.needs_consent
    counted = sum(1 for each in limits.top_ups if at < each.forget_at)
    is_free = counted < rule.count_max and len(limits.top_ups) < TOP_UPS_MAX
    return allowed and is_free and at >= limits.top_up_from


def _pack_amount(policy: Policy, book: Book, name: str) -> Micro:
    pack = policy.packs[name]
    plan = "" if book.subscription is None else book.subscription.plan
    return pack.amount_micro if plan in pack.sold_to and not is_full(book, pack) else 0


def set_top_up(situation: Situation, body: SetTopUp) -> Transaction:
    """Decide whether a wallet allows top-ups."""
    if situation.policy.limits.top_up is None:
        sentence = say("refusal.no_top_ups", policy=Verbatim(situation.policy.name))
        refusal = refusals.refusal("not_offered", sentence, what="top_up")
        return refused(situation, "top_up", refusal)
    draft = draft_of(situation)
    draft.change(TopUpSet(body.on))
    return draft.accepted(situation, "top_up")


def pay_top_up(situation: Situation, body: PayTopUp) -> Transaction:
    """Decide the answer that a top-up was paid: its credits come, under the terms it asked for."""
    found = _pending(situation, body.top_up_seq)
    if isinstance(found, Refusal):
        return refused(situation, "purchase", found)
    terms = in_force(situation.timeline, found.requested_at)
    draft = draft_of(situation)
    draft.change(TopUpEnded(found.seq, "paid"))
    rule = terms.limits.top_up
    if found.pack:
        open_pack(draft, terms, terms.packs[found.pack])
    else:
        life = None if rule is None else rule.life
        ends_at = life_end(life, draft.at, situation.policy.zone)
        draft.open_lot("pack", f"v{terms.version}.top_up", found.amount_micro, ends_at)
    if body.reference:
        draft.change(Referenced(body.reference))
    return draft.accepted(situation, "purchase", parent_seq=found.seq)


def fail_top_up(situation: Situation, body: FailTopUp) -> Transaction:
    """Decide the answer that a top-up was not paid: it is dropped, and the next one waits."""
    found = _pending(situation, body.top_up_seq)
    if isinstance(found, Refusal):
        return refused(situation, "top_up", found)
    rule = situation.policy.limits.top_up
    next_from = situation.at
    if rule is not None:
        doublings = min(situation.book.limits.failures + 1, DOUBLINGS_MAX)
        next_from = add_span(situation.at, rule.cooldown, situation.policy.zone, 2**doublings)
    draft = draft_of(situation)
    draft.change(TopUpEnded(found.seq, "failed", next_from))
    return draft.accepted(situation, "top_up", parent_seq=found.seq)


def _pending(situation: Situation, seq: int) -> TopUp | Refusal:
    found = situation.book.limits.top_up(seq)
    name = f"{situation.book.wallet_id}:{seq}"
    if found is None:
        return refusals.refused_as("unknown_top_up", {"id": name}, id=Verbatim(name))
    if found.state != "pending":
        return refusals.refused_as("top_up_closed", {"id": name}, id=Verbatim(name))
    return found
