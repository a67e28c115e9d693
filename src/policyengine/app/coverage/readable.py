"""Where in a policy file the values of compiled rules come from, kind of rule by kind of rule."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from policyengine.policy.limits import (
    ConversionRule,
    FallbackRule,
    Limits,
    OverageRule,
    TopUpRule,
    UseCapRule,
)
from policyengine.policy.policy import (
    AbnormalRule,
    AlertRule,
    BonusRule,
    CapRule,
    DebtRule,
    GrantRule,
    HoldRule,
    KeepRule,
    KeptRule,
    ModelPrices,
    ModifierRule,
    PackRule,
    PlanRule,
    Policy,
    ReplacesRule,
)

Places: TypeAlias = tuple[str, ...]
"""Pointers below the place of a rule; a place stands for all that is below it as well."""

PLACES: Final[Mapping[type, Mapping[str, Places]]] = {
    Policy: {
        "zone": ("/time/zone",),
        "quantum_micro": ("/credits/smallest",),
        "unknown_as": ("/charge/unknown_model", "/charge/priced_as"),
        "failed": ("/charge/failed_request",),
        "cancelled": ("/charge/cancelled_request",),
        "late_usage": ("/charge/late_usage",),
        "cohorts": ("/cohorts",),
        "burn_order": ("/burn_order",),
        "shortfall_after": ("/shortfall/after_request",),
        "refund_life": ("/refunds/expired_lot", "/refunds/new_lot_expires"),
    },
    HoldRule: {
        "life": ("/hold",),
        "longest": ("/longest_hold",),
        "above": ("/capture_above_hold",),
        "grace": ("/grace",),
    },
    DebtRule: {
        "limit_micro": ("/limit",),
        "at_renewal": ("/at_renewal",),
        "repaid_by": ("/repaid_by",),
    },
    AlertRule: {
        "below_share": ("/balance_below",),
        "expiring_within": ("/expiring_within",),
    },
    AbnormalRule: {"holds": ("/when",)},
    ReplacesRule: {"plans": ("/plans",), "removed_plans": ("/removed_plans",)},
    KeepRule: {
        "plan": ("/plan",),
        "joined_before": ("/joined_before",),
        "until": ("/until",),
    },
    PlanRule: {
        "cycle": ("/cycle",),
        "calendar": ("/cycle_from",),
        "first_cycle": ("/first_cycle",),
        "balance_at_most_micro": ("/balance_at_most",),
        "ends_after": ("/after_cycles",),
    },
    GrantRule: {
        "amount_micro": ("/credits",),
        "given": ("/given",),
        "expiry": ("/expires",),
        "carry_over": ("/carry_over",),
        "every": ("/every",),
        "between": ("/between",),
        "priority": ("/priority",),
        "models": ("/only_for/models",),
        "units": ("/only_for/units",),
        "per_seat": ("/for_each",),
        "kept": ("/carry_over",),
    },
    KeptRule: {
        "share": ("/share",),
        "of": ("/of",),
        "at_least_micro": ("/at_least",),
        "at_most_micro": ("/at_most", "/at_most_times"),
        "times": ("/cycles",),
        "renewed": ("/expires",),
        "priority": ("/priority",),
    },
    CapRule: {"amount_micro": ("/credits",), "span": ("/per",)},
    PackRule: {
        "amount_micro": ("/credits",),
        "expiry": ("/expires",),
        "held_max": ("/at_most_held",),
    },
    BonusRule: {"amount_micro": ("/credits",), "expiry": ("/expires",)},
    ModelPrices: {"counted_as": ("/counted_as",)},
    ModifierRule: {"factor": ("/factor",), "units": ("/measures",), "hours": ("/hours",)},
    Limits: {
        "before": ("/shortfall/before_request",),
        "overage": ("/shortfall/before_request",),
        "fallback": ("/shortfall/before_request",),
        "in_debt": ("/shortfall/in_debt",),
    },
    OverageRule: {
        "price": ("/price",),
        "currency": ("/currency",),
        "needs_consent": ("/opt_in",),
        "limit_micro": ("/limit",),
    },
    FallbackRule: {"model": ("/model",)},
    UseCapRule: {
        "key": ("/scope", "/per", "/within"),
        "scope": ("/scope",),
        "amount_micro": ("/credits",),
        "per": ("/per", "/within"),
        "window": ("/per", "/within"),
        "from_first_use": ("/within",),
    },
    TopUpRule: {
        "below_micro": ("/below",),
        "pack": ("/pack",),
        "up_to_micro": ("/up_to",),
        "life": ("/expires",),
        "cooldown": ("/cooldown",),
        "count_max": ("/at_most/count",),
        "per": ("/at_most/per",),
        "needs_consent": ("/opt_in",),
    },
    ConversionRule: {"amount_micro": ("/credits",), "life": ("/expires",)},
}
"""What reading a field of a rule reads of the file."""

PARTS: Final[Mapping[type, Mapping[str, str]]] = {
    Policy: {
        "models": "/models",
        "modifiers": "/modifiers",
        "plans": "/plans",
        "packs": "/packs",
        "holds": "/estimate",
        "debt": "/shortfall/debt",
        "alerts": "/alerts",
        "abnormal": "/abnormal",
        "replaces": "/replaces",
        "limits": "",
        "changes": "/changes",
        "refunds": "/refunds",
        "document": "",
    },
    ReplacesRule: {"keep": "/keep"},
    PlanRule: {"grants": "/grants"},
    GrantRule: {"at_most": "/at_most", "kept": "/rollover"},
    PackRule: {"bonus": "/bonus"},
    Limits: {
        "overage": "/shortfall/overage",
        "fallback": "/shortfall/fallback",
        "caps": "/caps",
        "top_up": "/top_up",
        "conversions": "/conversions",
    },
}
"""The fields that hold rules of their own, and where those stand."""

NAMES: Final[Mapping[type, Mapping[str, str]]] = {
    PackRule: {"sold_to": "/sold_to"},
    ModifierRule: {"models": "/models", "plans": "/plans", "not_with": "/not_with"},
    OverageRule: {"plans": "/plans"},
    FallbackRule: {"plans": "/plans"},
    UseCapRule: {"models": "/models", "plans": "/plans", "grants": "/grants"},
}
"""The fields that list names: asked whether one is there, only that one is read if it is."""

DOCUMENT_PARTS: Final = frozenset({"estimate", "counting"})
"""The parts of a document that decide as they were written; all others are compiled."""


def is_rule(value: Any) -> bool:
    """Tell whether a value is a rule that has places of its own."""
    return type(value) in PLACES or type(value) in PARTS or type(value) in NAMES
