"""Shortage: a request that cannot be paid is refused with its numbers and the ways out."""

from typing import Any

from policyengine.engine import refusals
from policyengine.engine.overage import overage_offered
from policyengine.engine.renewal import next_plan
from policyengine.engine.situation import Situation
from policyengine.ledger.transactions import Refusal
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, instant_text


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
        {
            "way": "upgrade",
            "plan": higher.name,
            "credits_micro": sum(grant.amount_micro for grant in higher.grants),
        }
        for higher in policy.plans.values()
        if higher.rank > rank
    ]
    if subscription is not None and subscription.ends_at < NEVER:
        _, following = next_plan(situation.timeline, subscription)
        renewed = sum(
            each.amount_micro
            for each in following.grants
            if each.given == "each_cycle" or each.rule not in book.gifts
        )
        if renewed:
            until = instant_text(subscription.ends_at)
            ways.append({"way": "wait", "until": until, "credits_micro": renewed})
    offered = overage_offered(policy, book)
    if offered >= short and policy.limits.overage is not None:
        rule = policy.limits.overage
        price = f"{rule.price} {rule.currency}"
        ways.append({"way": "allow_overage", "credits_micro": offered, "price": price})
    asked = policy.models.get(model)
    ways += [
        {"way": "use_model", "model": other.name}
        for other in policy.models.values()
        if asked is not None and other.price.multiplier < asked.price.multiplier
    ]
    return ways
