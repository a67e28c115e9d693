"""Plans and their grants as compiled rules: texts to spans, instants and whole numbers."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final, get_args

from policyengine.policy.document.plans import Grant, Pack, Plan
from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.policy import (
    CapRule,
    Expiry,
    GrantRule,
    KeptRule,
    MoneyPrice,
    PlanRule,
)
from policyengine.values.amounts import MICRO_PER_CREDIT, micro_of
from policyengine.values.calendar import parse_instant, parse_span

_PERCENT: Final = 100
_HOW: Final = get_args(Expiry.__annotations__["how"])


def expiry_of(text: str) -> Expiry:
    """Read `never`, `end_of_cycle`, `end_of_period` or a span."""
    if text in _HOW:
        return Expiry(text)  # type: ignore[arg-type]  # one of the words, as was just asked
    return Expiry("span", parse_span(text))


def share_of(text: str) -> Fraction:
    """Read a share such as `50%`."""
    return Fraction(text.rstrip("%")) / _PERCENT


def plans_of(document: PolicyDocument) -> Mapping[str, PlanRule]:
    """Compile the plans of a document that has passed every check."""
    return MappingProxyType(
        {name: _plan(name, plan, rank) for rank, (name, plan) in enumerate(document.plans.items())}
    )


def _plan(name: str, plan: Plan, rank: int) -> PlanRule:
    cap, ends = plan.balance_at_most, plan.after_cycles
    return PlanRule(
        name,
        plan.title or name,
        rank,
        parse_span(plan.cycle) if plan.cycle else None,
        tuple(_grant(name, grant, part) for grant, part in plan.grants.items()),
        f"/plans/{name}",
        plan.cycle_from == "calendar",
        plan.first_cycle or "full",
        None if cap is None else micro_of(cap),
        None if ends is None else (ends.count, ends.to),
        money_price_of(plan),
    )


def money_price_of(part: Plan | Pack) -> MoneyPrice | None:
    """Read a price in money, exactly; None where the file names none."""
    if part.price is None or part.currency is None:
        return None
    return MoneyPrice(Fraction(part.price), part.currency)


def _grant(plan: str, name: str, grant: Grant) -> GrantRule:
    only, between = grant.only_for, grant.between
    return GrantRule(
        name,
        f"plans.{plan}.grants.{name}",
        micro_of(grant.credits),
        grant.given,
        expiry_of(grant.expires),
        grant.carry_over or "none",
        f"/plans/{plan}/grants/{name}",
        parse_span(grant.every) if grant.every else None,
        grant.every_from == "calendar",
        _cap(grant),
        None if between is None else (parse_instant(between.from_), parse_instant(between.until)),
        _kept(grant),
        grant.priority,
        () if only is None else tuple(only.models),
        () if only is None else tuple(only.units),
        grant.for_each == "seat",
    )


def _cap(grant: Grant) -> CapRule | None:
    part = grant.at_most
    if part is None:
        return None
    return CapRule(micro_of(part.credits), None if part.per == "cycle" else parse_span(part.per))


def _kept(grant: Grant) -> KeptRule | None:
    part = grant.rollover
    if part is None:
        return None
    limits = [] if part.at_most is None else [micro_of(part.at_most)]
    if part.at_most_times is not None:
        exact = Fraction(grant.credits) * Fraction(part.at_most_times) * MICRO_PER_CREDIT
        limits.append(exact.__floor__())
    return KeptRule(
        share_of(part.share) if part.share else Fraction(1),
        part.of or "remaining",
        0 if part.at_least is None else micro_of(part.at_least),
        min(limits, default=None),
        part.cycles,
        part.expires != "as_before",
        part.priority,
    )
