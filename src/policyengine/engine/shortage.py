"""Shortage: a request that cannot be paid is refused with its numbers and the ways out."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from policyengine.engine import refusals
from policyengine.engine.charging import standing_of
from policyengine.engine.overage import overage_offered
from policyengine.engine.per_seat import seated
from policyengine.engine.renewal import next_plan
from policyengine.engine.situation import Situation
from policyengine.engine.upgrading import credits_of
from policyengine.ledger.book import Book
from policyengine.ledger.transactions import Refusal
from policyengine.policy.forbidding import forbidden_by
from policyengine.policy.policy import ModelPrices
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, instant_text, parse_instant


def insufficient(
    situation: Situation, model: str, needed: Micro, short: Micro, overage: Micro = 0
) -> Refusal:
    """Refuse for want of credits, with the ways out.

    Takes: what is needed, what of it nothing can pay, and what overage could pay.
    """
    book = situation.book
    lots = sum(1 for lot in book.lots.values() if lot.remaining)
    ways = ways_out(situation, model, short)
    return refusals.insufficient_credits(
        needed, needed - short, lots, book.debt_micro, ways, overage
    )


def ways_out(
    situation: Situation, model: str, short: Micro, waits: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """List what a wallet without enough credits can do: packs, plans, waiting, cheaper models.

    Takes: the model asked for, what is missing, and what there is to wait for besides credits that
    come by themselves.
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
        and forbidden_by(policy.changes, "upgrade", plan_name, higher.name) is None
    ]
    ways += sorted((*waits, *_ways_to_wait(situation)), key=lambda way: parse_instant(way["until"]))
    offered = overage_offered(policy, book)
    if offered >= short and policy.limits.overage is not None:
        rule = policy.limits.overage
        price = f"{rule.price} {rule.currency}"
        ways.append({"way": "allow_overage", "credits_micro": offered, "price": price})
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
            for each in seated(following, book.limits.seats).grants
            if each.given != "once" or each.rule not in book.gifts
        )
        comes.append((subscription.ends_at, renewed))
    return [
        {"way": "wait", "until": instant_text(at), "credits_micro": amount}
        for at, amount in sorted(comes)
        if amount
    ]
