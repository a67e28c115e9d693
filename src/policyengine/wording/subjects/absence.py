"""What a policy does not have, each with what that means."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from policyengine.policy.policy import GrantRule, PackRule, PlanRule, Policy
from policyengine.wording.words import Sentence, say


def _grants(policy: Policy) -> list[GrantRule]:
    return [grant for plan in policy.plans.values() for grant in plan.grants]


def _models_alike(policy: Policy) -> bool:
    return not any(model.varies for model in policy.models.values())


def _any_price(priced: Mapping[str, PlanRule] | Mapping[str, PackRule]) -> bool:
    return any(each.price is not None for each in priced.values())


_ABSENT: Final[tuple[tuple[str, str, Callable[[Policy], bool]], ...]] = (
    ("tiers", "/models", lambda p: not any(m.tiers for m in p.document.models.values())),
    ("own_rates", "/models", lambda p: not any(m.rates for m in p.document.models.values())),
    ("multipliers_by_plan", "/models", _models_alike),
    ("modifiers", "", lambda p: not p.modifiers),
    ("seats", "/plans", lambda p: not any(g.per_seat for g in _grants(p))),
    ("promotions", "/plans", lambda p: not any(g.between for g in _grants(p))),
    ("own_clocks", "/plans", lambda p: not any(g.given == "each_period" for g in _grants(p))),
    ("restrictions", "/plans", lambda p: not any(g.models or g.units for g in _grants(p))),
    (
        "balance_cap",
        "/plans",
        lambda p: all(plan.balance_at_most_micro is None for plan in p.plans.values()),
    ),
    ("trials", "/plans", lambda p: all(plan.ends_after is None for plan in p.plans.values())),
    ("rollover", "/plans", lambda p: all(g.carry_over == "none" for g in _grants(p))),
    ("re_rating", "/changes", lambda p: len(p.plans) > 1 and not p.re_rated),
    ("packs", "", lambda p: not p.packs),
    ("bonuses", "/packs", lambda p: bool(p.packs) and not any(x.bonus for x in p.packs.values())),
    (
        "prices",
        "/plans",
        lambda p: not (_any_price(p.plans) or _any_price(p.packs)),
    ),
    ("overage", "/shortfall/before_request", lambda p: not (p.limits.overage or p.limits.fallback)),
    (
        "overage_behind_fallback",
        "/shortfall/before_request",
        lambda p: p.limits.overage is None and p.limits.fallback is not None,
    ),
    ("fallback", "/shortfall/before_request", lambda p: p.limits.fallback is None),
    ("debt", "/shortfall/after_request", lambda p: p.debt is None),
    ("caps", "", lambda p: not p.limits.caps),
    ("top_ups", "", lambda p: p.limits.top_up is None),
    ("conversions", "", lambda p: not p.limits.conversions),
    (
        "counting",
        "",
        lambda p: not any(model.counted_as for model in p.models.values()),
    ),
    ("alerts", "", lambda p: not p.alerts),
    ("abnormal", "", lambda p: not p.abnormal),
    ("kept_terms", "/replaces", lambda p: p.replaces is not None and not p.replaces.keep),
)
"""What may be absent, the place that could have it, and how to tell."""

ABSENT: Final = tuple(name for name, _, _ in _ABSENT)


def absence_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what the policy does not have, and what follows from that."""
    for name, where, is_absent in _ABSENT:
        if is_absent(policy):
            yield say(f"absent.{name}", where)
