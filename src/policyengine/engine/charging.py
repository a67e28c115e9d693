"""Charging: usage is rated, lots pay, a shortfall after a request follows the policy."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from policyengine.engine import refusals
from policyengine.engine.burndown import Bill, Payment, needs_shares
from policyengine.engine.commands import Usage
from policyengine.engine.modifying import named_by_hand, with_hours
from policyengine.engine.overage import lend_overage, overage_room
from policyengine.engine.rating import Price, rate, split_by_unit
from policyengine.engine.situation import Draft, Situation
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Charged
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import AbnormalRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import SECOND, Instant, add_span, instant_text
from policyengine.values.making import quickly_made
from policyengine.wording.words import Span, Verbatim

CLOCK_SKEW_MAX: Final = 300 * SECOND
"""How far ahead of the ledger's clock a caller's clock may be; up to it, `now` is meant."""
USUAL_CHARGES_MIN: Final = 5
"""Fewer charges than this do not tell what is usual for a wallet."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Rated:
    """Usage with its price, the policy that rated it and when it started.

    The usage has the modifiers that the request names; the price's terms have those of hours too.
    """

    usage: Usage
    price: Price
    policy: Policy
    started_at: Instant


def standing_of(book: Book) -> Standing:
    """Give the plan and cohort by which a wallet's usage is priced."""
    subscription = book.subscription
    return NOBODY if subscription is None else Standing(subscription.plan, subscription.cohort)


def rate_usage(
    timeline: Timeline,
    policy: Policy,
    usage: Usage,
    at: Instant,
    standing: Standing = NOBODY,
) -> Rated | Refusal:
    """Price usage by the version in force when it started.

    Takes: the policy in force now, which says how late is too late; the wallet's standing now.
    """
    started_at = at if usage.started_at is None else usage.started_at
    if started_at > at:
        if started_at > at + CLOCK_SKEW_MAX:
            return refusals.refusal(
                "usage_in_future",
                f"usage started at {instant_text(started_at)}, after now ({instant_text(at)})",
                started_at=instant_text(started_at),
            )
        started_at = at
    rated_by = policy
    if started_at != at:
        if add_span(started_at, policy.late_usage, policy.zone) < at:
            started = instant_text(started_at)
            return refusals.refused_as(
                "usage_too_late",
                {"started_at": started, "accepted": str(policy.late_usage)},
                started=Verbatim(started),
                span=Span(policy.late_usage),
            )
        found = timeline.at(started_at)
        if found is None:
            return refusals.no_policy_in_force(timeline.name, started_at)
        rated_by = found
    asked = usage
    if rated_by.by_hours:
        if refusal := named_by_hand(rated_by, usage):
            return refusal
        asked = with_hours(rated_by, usage, standing, started_at)
    price = rate(rated_by, asked, standing)
    if isinstance(price, Refusal):
        return price
    if price.terms is not None and price.terms.asked and rated_by.unknown_as is not None:
        usage = replace(usage, model=rated_by.unknown_as)
    return Rated(usage, price, rated_by, started_at)


def bill_of(rated: Rated, book: Book, amount: Micro) -> Bill:
    """Give the bill of a priced request; its shares only where a lot asks for them."""
    if not needs_shares(book.lots.values()):
        return Bill(amount, rated.usage.model)
    shares = split_by_unit(rated.policy, rated.usage, rated.price, amount)
    return Bill(amount, rated.usage.model, shares)


def take(draft: Draft, payment: Payment) -> None:
    """Consume what a payment draws from what is available."""
    for each in payment.draws:
        draft.move(each.lot_no, "available", "consumed", each.amount_micro)


def cover_shortfall(draft: Draft, short: Micro) -> Micro:
    """Do with what no lot could pay as the policy says: overage first, then debt.

    Gives: what stays uncollected.
    """
    policy = draft.policy
    if short and policy.limits.overage is not None:
        lent = min(short, overage_room(policy, draft.book))
        lend_overage(draft, lent, "consumed")
        short -= lent
    return lend_debt(draft, short)


def lend_debt(draft: Draft, short: Micro) -> Micro:
    """Lend what is short, up to the limit of debt; gives what stays uncollected."""
    policy = draft.policy
    if short and policy.shortfall_after == "go_into_debt" and policy.debt is not None:
        lent = max(0, min(short, policy.debt.limit_micro - draft.debt))
        if lent:
            draft.lend(lent)
        return short - lent
    return short


def charged(
    situation: Situation,
    rated: Rated,
    price: Micro,
    taken: Micro,
    estimate: EstimateNote | None,
) -> Charged:
    """Give the record of priced usage."""
    usage = rated.usage
    return Charged(
        usage.model,
        usage.counts,
        usage.outcome,
        rated.started_at,
        rated.policy.version,
        price,
        taken,
        rated.price.tier,
        estimate,
        _flags(situation.policy, situation.book, price),
        rated.price.terms,
    )


def usual_charge(book: Book) -> Micro | None:
    """Give the median of the wallet's latest charges; None while there are too few."""
    recent = book.recent_charges
    if len(recent) < USUAL_CHARGES_MIN:
        return None
    return sorted(recent)[len(recent) // 2]


def _flags(policy: Policy, book: Book, price: Micro) -> tuple[str, ...]:
    if not policy.abnormal or not price:
        return ()
    usual = usual_charge(book)
    if usual is None:
        return ()
    return tuple([rule.text for rule in policy.abnormal if _is_met(rule, price, usual)])


def _is_met(rule: AbnormalRule, price: Micro, usual: Micro) -> bool:
    amounts: list[Micro | Fraction]
    amounts = [price if name == "charge" else usual for name in rule.names]
    if rule.per != 1:
        amounts = [Fraction(each, rule.per) for each in amounts]
    return bool(rule.holds(*amounts))
