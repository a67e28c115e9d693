"""What is spent first, what happens when credits run out, and what failures cost."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from policyengine.ledger.lots import PRIORITY_DEFAULT
from policyengine.policy.forbidding import forbidden_by
from policyengine.policy.limits import FallbackRule, OverageRule
from policyengine.policy.policy import Policy
from policyengine.wording.naming import model_name, plan_names, whose
from policyengine.wording.words import (
    Amount,
    Listing,
    Sentence,
    Verbatim,
    listed,
    number,
    say,
)

_ABOUT_RESTRICTED: Final = {"restricted_first", "general_first"}


def burn_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say in which order credits are spent."""
    order = policy.burn_order
    implied = not _ABOUT_RESTRICTED.intersection(order)
    if implied:
        yield say("burn.restricted", "/burn_order")
    for index, key in enumerate(order):
        step = "then" if index or implied else "first"
        yield say(f"burn.{step}", f"/burn_order/{index}", what=say(f"burn.{key}"))
    if "priority" in order:
        yield from _priorities(policy)


def _priorities(policy: Policy) -> Iterator[Sentence]:
    found = False
    for plan in policy.plans.values():
        for grant in plan.grants:
            if grant.priority is not None:
                found = True
                yield say(
                    "burn.priority_of",
                    f"{grant.pointer}/priority",
                    whose=whose(policy, plan, grant),
                    priority=number(grant.priority),
                )
    if found:
        yield say("burn.priority_others", "/burn_order", priority=number(PRIORITY_DEFAULT))
    else:
        yield say("burn.priority_none", "/burn_order")


def shortfall_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what happens when the credits do not suffice, before and after a request."""
    limits = policy.limits
    where = "/shortfall/before_request"
    ways = ways_out(policy)
    if limits.overage is not None:
        yield from _overage(policy, limits.overage)
    elif limits.fallback is not None:
        yield from _fallback(policy, limits.fallback)
    else:
        yield say("shortfall.refuse", where)
    if ways.items:
        yield say("shortfall.ways", where, ways=ways)
    else:
        yield say("shortfall.no_ways", where)
    yield from _after(policy)


def ways_out(policy: Policy) -> Listing:
    """List what a refused wallet may be told to do, as far as the policy offers it."""
    multipliers = {model.price.multiplier for model in policy.models.values()}
    overage = policy.limits.overage
    offered = {
        "pack": bool(policy.packs),
        "plan": any(
            forbidden_by(policy.changes, "upgrade", lower, higher) is None
            for lower, higher in combinations(policy.plans, 2)
        ),
        "wait": any(each.given != "once" for plan in policy.plans.values() for each in plan.grants),
        "overage": overage is not None and overage.needs_consent,
        "model": len(multipliers) > 1,
    }
    return listed((say(f"way.{way}") for way, there in offered.items() if there), "or")


def _fallback(policy: Policy, rule: FallbackRule) -> Iterator[Sentence]:
    model = model_name(policy, rule.model)
    yield say("shortfall.fallback", "/shortfall/fallback/model", model=model)
    yield from _fallback_plans(policy, rule)


def _fallback_plans(policy: Policy, rule: FallbackRule) -> Iterator[Sentence]:
    if rule.plans:
        plans = plan_names(policy, rule.plans)
        yield say("shortfall.fallback_plans", "/shortfall/fallback/plans", plans=plans)


def _overage(policy: Policy, rule: OverageRule) -> Iterator[Sentence]:
    where = "/shortfall/overage"
    yield say(
        "overage.price",
        f"{where}/price",
        price=Verbatim(rule.price),
        currency=Verbatim(rule.currency),
    )
    yield say("overage.limit", f"{where}/limit", limit=Amount(rule.limit_micro))
    fallback = policy.limits.fallback
    if fallback is None:
        yield say("overage.beyond_refused", f"{where}/limit")
    else:
        model = model_name(policy, fallback.model)
        yield say("overage.beyond_fallback", "/shortfall/fallback/model", model=model)
        yield from _fallback_plans(policy, fallback)
    if rule.plans:
        yield say("overage.plans", f"{where}/plans", plans=plan_names(policy, rule.plans))
    else:
        yield say("overage.all_plans", where)
    consent = "needed" if rule.needs_consent else "not_needed"
    yield say(f"overage.consent_{consent}", f"{where}/opt_in")


def _after(policy: Policy) -> Iterator[Sentence]:
    yield say(f"shortfall.{policy.shortfall_after}", "/shortfall/after_request")
    debt = policy.debt
    if debt is not None:
        limit = Amount(debt.limit_micro)
        yield say("debt.limit", "/shortfall/debt/limit", limit=limit)
        yield say(f"debt.{debt.repaid_by}", "/shortfall/debt/repaid_by")
        waits = debt.at_renewal == "kept" and debt.repaid_by == "adjustments"
        key = "debt.kept_as_it_is" if waits else f"debt.{debt.at_renewal}"
        yield say(key, "/shortfall/debt/at_renewal")
        yield say(f"in_debt.{policy.limits.in_debt}", "/shortfall/in_debt")


def failure_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what requests cost that failed or were stopped."""
    failed = say(f"cost.{policy.failed}")
    cancelled = say(f"cost.{policy.cancelled}")
    yield say("failures.failed", "/charge/failed_request", cost=failed)
    yield say("failures.cancelled", "/charge/cancelled_request", cost=cancelled)
