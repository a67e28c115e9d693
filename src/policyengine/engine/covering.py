"""Covering: what pays for a request: the balance, overage, or another model; within caps."""

from dataclasses import dataclass, replace

from policyengine.engine import refusals
from policyengine.engine.burndown import Bill, Payment, pay, pay_from
from policyengine.engine.caps import (
    CapState,
    Whose,
    blocking,
    cap_reached,
    cap_states,
    count_grants,
    count_use,
    grant_states,
    too_many_names,
)
from policyengine.engine.charging import Rated, bill_of, rate_usage, standing_of
from policyengine.engine.overage import overage_room
from policyengine.engine.pacing import (
    holding_back,
    paced_sources,
    sources_of_what_has_run,
    ways_to_wait,
)
from policyengine.engine.shortage import insufficient, ways_out
from policyengine.engine.situation import Draft, Situation
from policyengine.ledger.changes import FellBack, ForMember
from policyengine.ledger.transactions import Refusal
from policyengine.values.amounts import Micro
from policyengine.values.making import quickly_made
from policyengine.wording.words import Figure, say


@quickly_made
@dataclass(frozen=True, slots=True)
class Cover:
    """How a bill is paid: what lots pay, and what overage has to.

    `short_micro` is what neither of them can; it is 0 for a request that may go ahead. `rated` is
    None for an amount that a caller names. `asked` is what another model took the place of.
    `states` are the caps on requests, `paces` those on what the credits of grants pay.
    """

    bill: Bill
    whose: Whose
    payment: Payment
    overage_micro: Micro
    rated: Rated | None = None
    asked: Rated | None = None
    states: tuple[CapState, ...] = ()
    paces: tuple[CapState, ...] = ()

    @property
    def short_micro(self) -> Micro:
        """Give what nothing can pay."""
        return self.payment.short_micro - self.overage_micro

    @property
    def payable_micro(self) -> Micro:
        """Give what can be paid."""
        return self.bill.amount_micro - self.short_micro


def cover(
    situation: Situation, wanted: Rated | Bill, whose: Whose, *, has_run: bool = False
) -> Cover | Refusal:
    """Find what pays for a request that is priced, or for an amount.

    Takes: whether it has run already: then nothing is refused, and what is short stays short.
    """
    found = _covered(situation, wanted, whose, has_run=has_run)
    limits = situation.policy.limits
    if has_run or not (found.short_micro or limits.guards):
        return found
    if found.short_micro and found.rated is not None:
        found = _fallen_back(situation, found, found.rated) or found
    return _refusal(situation, found) or found


def _covered(
    situation: Situation, wanted: Rated | Bill, whose: Whose, *, has_run: bool = False
) -> Cover:
    policy, book = situation.policy, situation.book
    rated = wanted if isinstance(wanted, Rated) else None
    bill = wanted if isinstance(wanted, Bill) else bill_of(wanted, book, wanted.price.total_micro)
    states: tuple[CapState, ...] = ()
    paces: tuple[CapState, ...] = ()
    if not policy.limits.caps:  # as for nearly every policy
        payment = pay_from(bill, book.lots.values(), policy.burn_order)
    else:
        states = cap_states(policy, book, whose, situation.at)
        paces = grant_states(policy, book, situation.at)
        sources = sources_of_what_has_run if has_run else paced_sources
        payment = pay(bill, sources(policy, book, paces, bill))
    room = 0
    if payment.short_micro and policy.limits.overage is not None:
        room = min(payment.short_micro, overage_room(policy, book))
    return Cover(bill, whose, payment, room, rated, None, states, paces)


def _fallen_back(situation: Situation, found: Cover, asked: Rated) -> Cover | None:
    """Price a request as the policy's fallback; None where it has none, or cannot pay that."""
    rule, subscription = situation.policy.limits.fallback, situation.book.subscription
    if rule is None or rule.model == asked.usage.model:
        return None
    if rule.plans and (subscription is None or subscription.plan not in rule.plans):
        return None
    usage = replace(asked.usage, model=rule.model, started_at=asked.started_at)
    standing = standing_of(situation.book)
    rated = rate_usage(situation.timeline, situation.policy, usage, situation.at, standing)
    if isinstance(rated, Refusal):
        return None
    other = _covered(situation, rated, replace(found.whose, model=rule.model))
    return None if other.short_micro else replace(other, asked=asked)


def _refusal(situation: Situation, found: Cover) -> Refusal | None:
    """Say why a request may not go ahead: the lowest of what is left decides."""
    amount, book = found.bill.amount_micro, situation.book
    if refusal := _in_debt(situation, amount):
        return refusal
    cap = blocking(found.states, amount)
    if cap is not None and (not found.short_micro or cap.left_micro <= found.payable_micro):
        return cap_reached(found.states, cap, amount)
    if found.short_micro:
        return _out_of_credits(situation, found)
    if too_many_names(book, found.states, situation.at):
        return refusals.refused_as("too_many_counted", {})
    return None


def _out_of_credits(situation: Situation, found: Cover) -> Refusal:
    """Say that credits are short: by the cap that holds some of them back, or for want of them."""
    amount, model, short = found.bill.amount_micro, found.whose.model, found.short_micro
    policy, book = situation.policy, situation.book
    back = holding_back(policy, book, found.paces, found.bill, found.payment.short_micro)
    if not back:
        return insufficient(situation, model, amount, short, found.overage_micro)
    ways = ways_out(situation, model, short, ways_to_wait(book, found.paces, back))
    return cap_reached(found.paces, back[0], amount, found.payable_micro, ways)


def _in_debt(situation: Situation, amount: Micro) -> Refusal | None:
    debt, rule = situation.book.debt_micro, situation.policy.limits.in_debt
    if not debt or rule == "as_usual" or (rule == "free_models_only" and not amount):
        return None
    terms = situation.policy.debt
    is_automatic = terms is None or terms.repaid_by == "all_credits"
    how = say(f"refusal.paid_by_{'credits' if is_automatic else 'adjustment'}")
    return refusals.refused_as("in_debt", {"debt_micro": debt}, debt=Figure(debt), how=how)


def note_cover(draft: Draft, found: Cover, taken: Micro) -> None:
    """Record for whom a covered request was, and what caps count of it."""
    note_request(draft, found.whose, found.asked, found.states, found.paces, taken)


def note_request(  # what a cover says, for requests that need none
    draft: Draft,
    whose: Whose,
    asked: Rated | None,
    states: tuple[CapState, ...],
    paces: tuple[CapState, ...],
    taken: Micro,
) -> None:
    """Record for whom a request was, what model it was meant for, and what caps count of it."""
    if whose.member:
        draft.change(ForMember(whose.member))
    if asked is not None:
        draft.change(FellBack(asked.usage.model, whose.model, asked.price.total_micro))
    if states:
        count_use(draft, states, taken)
    if paces:
        count_grants(draft, paces)
