"""Charging: usage is rated, lots pay, a shortfall follows the policy."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from policyengine.engine import refusals
from policyengine.engine.burndown import Bill, Payment, available_sources, needs_shares, pay
from policyengine.engine.commands import Charge, Usage
from policyengine.engine.rating import Price, rate, split_by_unit
from policyengine.engine.renewal import next_plan
from policyengine.engine.situation import Draft, Situation, draft_of, refused
from policyengine.engine.upgrading import credits_of
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Charged
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.policy.policy import ModelPrices, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import MICRO_PER_CREDIT, Micro
from policyengine.values.calendar import NEVER, SECOND, Instant, add_span, instant_text

CLOCK_SKEW_MAX: Final = 300 * SECOND
"""How far ahead of the ledger's clock a caller's clock may be; up to it, `now` is meant."""
USUAL_CHARGES_MIN: Final = 5
"""Fewer charges than this do not tell what is usual for a wallet."""


@dataclass(frozen=True, slots=True)
class Rated:
    """Usage with its price, the policy that rated it and when it started."""

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
            return refusals.refusal(
                "usage_too_late",
                f"usage started at {instant_text(started_at)} and was reported more than "
                f"{policy.late_usage} later",
                started_at=instant_text(started_at),
                accepted=str(policy.late_usage),
            )
        found = timeline.at(started_at)
        if found is None:
            return refusals.no_policy_in_force(timeline.name, started_at)
        rated_by = found
    price = rate(rated_by, usage, standing)
    if isinstance(price, Refusal):
        return price
    if price.terms is not None and price.terms.asked and rated_by.unknown_as is not None:
        usage = replace(usage, model=rated_by.unknown_as)
    return Rated(usage, price, rated_by, started_at)


def charge(situation: Situation, body: Charge) -> Transaction:
    """Decide a charge."""
    policy, book = situation.policy, situation.book
    standing = standing_of(book)
    rated = rate_usage(situation.timeline, policy, body.usage, situation.at, standing)
    if isinstance(rated, Refusal):
        return refused(situation, "charge", rated)
    amount = rated.price.total_micro
    payment = pay(
        bill_of(rated, book, amount), available_sources(book.lots.values(), policy.burn_order)
    )
    if payment.short_micro and not body.after_request:
        return refused(
            situation, "charge", insufficient(situation, rated.usage.model, amount, payment)
        )
    draft = draft_of(situation)
    take(draft, payment)
    uncollected = cover_shortfall(draft, payment.short_micro)
    draft.change(charged(situation, rated, amount, amount - uncollected, body.estimate))
    return draft.accepted(
        situation,
        "charge",
        conversation_id=body.conversation_id,
        operation_id=body.operation_id,
    )


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
    """Do with what nothing could pay after a request as the policy says.

    Gives: what stays uncollected.
    """
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
    values = {
        "charge": Fraction(price, MICRO_PER_CREDIT),
        "usual_charge": Fraction(usual, MICRO_PER_CREDIT),
    }
    return tuple(
        rule.text for rule in policy.abnormal if rule.holds(*[values[name] for name in rule.names])
    )


def insufficient(situation: Situation, model: str, needed: Micro, payment: Payment) -> Refusal:
    """Refuse for want of credits, with the ways out."""
    book = situation.book
    payable = needed - payment.short_micro
    lots = sum(1 for lot in book.lots.values() if lot.remaining)
    return refusals.insufficient_credits(
        needed, payable, lots, book.debt_micro, ways_out(situation, model, payment.short_micro)
    )


def ways_out(situation: Situation, model: str, short: Micro) -> list[dict[str, Any]]:
    """List what a wallet without enough credits can do: packs, plans, waiting, cheaper models.

    Takes: the model asked for, and what is missing.
    Gives: plain data, packs that suffice first, then the smallest.
    """
    policy, book = situation.policy, situation.book
    subscription = book.subscription
    plan_name = "" if subscription is None else subscription.plan
    packs = [pack for pack in policy.packs.values() if plan_name in pack.sold_to]
    packs.sort(key=lambda pack: (pack.amount_micro < short, pack.amount_micro, pack.name))
    ways: list[dict[str, Any]] = [
        {"way": "buy_pack", "pack": pack.name, "credits_micro": pack.amount_micro} for pack in packs
    ]
    plan = policy.plans.get(plan_name)
    rank = -1 if plan is None else plan.rank
    ways += [
        {"way": "upgrade", "plan": higher.name, "credits_micro": credits_of(situation, higher)}
        for higher in policy.plans.values()
        if higher.rank > rank
    ]
    ways += _ways_to_wait(situation)
    asked = policy.models.get(model)
    ways += [
        {"way": "use_model", "model": other.name}
        for other in policy.models.values()
        if asked is not None and _multiplier(other, book) < _multiplier(asked, book)
    ]
    return ways


def _multiplier(model: ModelPrices, book: Book) -> Fraction:
    """Give the multiplier that a wallet is shown for a model."""
    standing = standing_of(book)
    return model.for_wallet(standing.plan, standing.cohort).price.multiplier


def _ways_to_wait(situation: Situation) -> list[dict[str, Any]]:
    """List when credits come by themselves: grants on their own clock, then the renewal."""
    book = situation.book
    subscription = book.subscription
    comes = [
        (series.next_at, series.amount_micro)
        for series in book.series.values()
        if series.is_of_plan
    ]
    if subscription is not None and subscription.ends_at < NEVER:
        _, following = next_plan(situation.timeline, subscription)
        renewed = sum(
            each.amount_micro
            for each in following.grants
            if each.given != "once" or each.rule not in book.gifts
        )
        comes.append((subscription.ends_at, renewed))
    return [
        {"way": "wait", "until": instant_text(at), "credits_micro": amount}
        for at, amount in sorted(comes)
        if amount
    ]
