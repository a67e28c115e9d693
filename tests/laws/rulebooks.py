"""Policies made at random: two versions that answer the language's questions in different ways."""

from dataclasses import dataclass, fields
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from engine.wallets import DAY, START, policy
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import Instant, instant_text

SECOND_VERSION_AT: Final[Instant] = START + 35 * DAY


CLOCKS: Final[dict[str, dict[str, Any]]] = {
    "none": {},
    "daily": {"every": "1 day"},
    "often": {"every": "10 hours", "at_most": {"credits": 4500, "per": "2 days"}},
    "weekly": {"every": "1 week", "at_most": {"credits": 3000, "per": "cycle"}},
}
ROLLOVERS: Final[dict[str, dict[str, Any]]] = {
    "none": {},
    "between": {"at_least": 150, "at_most": 900},
    "third": {"share": "33%", "of": "remaining", "cycles": 2},
    "half": {"share": "50%", "of": "granted", "cycles": 1},
    "own_life": {"at_most_times": Decimal("1.5"), "expires": "as_before"},
}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Answers to the questions that matter to a ledger; each from `CHOICES`."""

    burn_order: tuple[str, ...]
    upgrade_when: str
    new_cycle: str
    unused: str
    carried: str
    downgrade: tuple[str, str]
    cancel: tuple[str, str]
    carry_over: str
    expires: str
    cycle: str
    later_cycle: str
    later_plans: str
    refunds: str
    debt: str
    failed: str
    late: str
    holds: tuple[str, str]
    zone: str
    rounding: tuple[str, str]
    formula: str
    tiers: str
    own_price: str
    unknown: str
    clock: str
    rollover: str
    calendar: str | None
    cap: int | None
    trial: int | None
    new_credits: str | None
    prorated: str | None
    promotion: bool
    limits: str = "none"
    earlier_use: str | None = None
    above_hold: str | None = None
    grace: str | None = None
    forbidden: tuple[tuple[str, str], ...] = ()


CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    "burn_order": (
        ("priority", "soonest_expiry", "plan_before_pack", "oldest"),
        ("soonest_expiry", "oldest"),
        ("general_first", "newest"),
        ("pack_before_plan", "restricted_first", "oldest"),
        ("free_before_bought", "priority", "newest"),
        ("larger_first", "oldest"),
        ("soonest_expiry", "smaller_first", "newest"),
    ),
    "upgrade_when": ("now", "end_of_cycle"),
    "new_cycle": ("starts_now", "keeps_date"),
    "unused": ("carry_over", "lost", "kept"),
    "carried": ("end_of_new_cycle", "as_before"),
    "downgrade": (("end_of_cycle", "lost"), ("now", "lost"), ("now", "kept")),
    "cancel": (("end_of_cycle", "lost"), ("now", "kept"), ("now", "lost")),
    "carry_over": ("none", "all"),
    "expires": ("end_of_cycle", "10 days", "never"),
    "cycle": ("1 month", "3 days", "31 hours"),
    "later_cycle": ("1 month", "2 months", "5 days"),
    "later_plans": ("at_next_cycle", "new_subscribers_only", "at_once"),
    "refunds": ("new_lot", "stay_expired"),
    "debt": ("none", "kept", "forgiven", "invoiced", "left"),
    "failed": ("free", "input_only", "full"),
    "late": ("7 days", "1 hour"),
    "holds": (("15 minutes", "24 hours"), ("2 days", "60 days")),
    "zone": ("Asia/Shanghai", "Europe/Berlin", "UTC"),
    "rounding": (("up", "each_request"), ("half_even", "each_line"), ("down", "each_request")),
    "formula": ("tokens_at_rate * multiplier", "max(tokens_at_rate * multiplier, 1)"),
    "tiers": ("none", "rates", "parts"),
    "own_price": ("none", "plan", "cohort", "rounded"),
    "unknown": ("refuse", "priced_as"),
    "clock": ("none", "daily", "often", "weekly"),
    "rollover": ("none", "between", "third", "half", "own_life"),
    "calendar": (None, "full", "prorated_by_day", "prorated_by_second"),
    "cap": (None, 2600, 7000),
    "trial": (None, 1, 3),
    "new_credits": (None, "full", "difference", "less_used"),
    "prorated": (None, "by_second", "by_day"),
    "promotion": (False, True),
    "limits": ("none", "overage", "overage at will", "fallback", "top_up to an amount"),
    "earlier_use": (None, "re_rated"),
    "above_hold": (None, "refuse"),
    "grace": (None, "5 seconds", "1 hour"),
    "forbidden": ((), (("downgrade", "pro_plus"),), (("upgrade", "free"), ("cancel", "pro"))),
}

OVERAGE_LIMIT: Final = 60
TOP_UPS_MAX: Final = 3
CAPS: Final = (
    {"scope": "member", "credits": 300, "per": "cycle"},
    {"scope": "conversation", "credits": 90, "per": "1 hour"},
    {"scope": "model", "credits": 400, "per": "1 week", "models": ["frontier"]},
    {"scope": "wallet", "credits": 900, "per": "1 day", "plans": ["pro", "pro_plus"]},
)

rulebooks: Final = st.builds(
    Rulebook, **{name: st.sampled_from(each) for name, each in CHOICES.items()}
)


def rulebook_of(chance: Random) -> Rulebook:
    """Give a rulebook by chance, for runs longer than hypothesis makes."""
    return Rulebook(*[chance.choice(CHOICES[field.name]) for field in fields(Rulebook)])


@lru_cache(maxsize=4096)
def timeline_of(rules: Rulebook) -> Timeline:
    """Compile the two versions of a rulebook."""
    first = _answers(rules, rules.cycle)
    second = _answers(rules, rules.later_cycle) | {
        "effective": instant_text(SECOND_VERSION_AT),
        "plans/pro/grants/monthly": {**_monthly(rules), "credits": 2500},
        "models/standard/multiplier": Decimal("1.5"),
        "replaces/plans": rules.later_plans,
        "replaces/keep": [
            {
                "plan": "pro_plus",
                "joined_before": instant_text(START + 20 * DAY),
                "until": instant_text(START + 80 * DAY),
            }
        ],
    }
    return Timeline.of(policy(first), policy(second, version=2))


NIGHT: Final = {"from": "18:00", "until": "06:00"}


def _prices(rules: Rulebook) -> dict[str, Any]:
    """Give what a model costs beyond its multiplier, and which factors requests may name."""
    is_sum = rules.formula == CHOICES["formula"][0]
    rates = {"text_output": Decimal(900)}
    whole = {"when": "all_input > 50000", "applies_to": "whole_request", "rates": rates}
    part = {"when": "text_output > 1000", "applies_to": "part_above", "rates": rates}
    tiers = {"none": [], "rates": [whole], "parts": [part] if is_sum else []}[rules.tiers]
    variants: dict[str, dict[str, Any]] = {
        "none": {},
        "plan": {"models/lite/multiplier_on_plan": {"free": Decimal(2), "pro": Decimal(3)}},
        "cohort": {"models/lite/multiplier_for_cohort": {"annual": Decimal(3)}},
        "rounded": {
            "models/lite/round": {"smallest": Decimal(1), "round": "half_up"},
            "models/lite/minimum": Decimal(2),
        },
    }
    return {
        **variants[rules.own_price],
        "cohorts": ["annual"],
        "models/lite/tiers": tiers,
        "modifiers": {
            "batch": {"factor": Decimal("0.5"), "not_with": ["fast"]},
            "fast": {"factor": Decimal(6), "models": ["lite", "standard"]},
            "auto": {"factor": Decimal("0.9"), "plans": ["pro"]},
            "night": {"factor": Decimal("0.8"), "hours": [NIGHT], "not_with": ["batch"]},
            "club": {"factor": Decimal("1.2"), "hours": [NIGHT], "plans": ["pro_plus"]},
        },
        "charge/unknown_model": rules.unknown,
        **({"charge/priced_as": "lite"} if rules.unknown == "priced_as" else {}),
    }


def _answers(rules: Rulebook, cycle: str) -> dict[str, Any]:
    has_debt = rules.debt != "none"
    return {
        **_prices(rules),
        "time/zone": rules.zone,
        "credits/round": rules.rounding[0],
        "credits/round_at": rules.rounding[1],
        "charge/formula": rules.formula,
        "charge/failed_request": rules.failed,
        "charge/late_usage": rules.late,
        "plans/pro/cycle": cycle,
        **_pro(rules),
        "plans/pro_plus/cycle": cycle,
        "burn_order": list(rules.burn_order),
        "changes/upgrade": {
            "when": rules.upgrade_when,
            "new_cycle": rules.new_cycle,
            "unused": rules.unused,
            "carried_expires": rules.carried,
            **({"new_credits": rules.new_credits} if rules.new_credits else {}),
            **({"prorated": rules.prorated} if rules.prorated else {}),
            **({"earlier_use": rules.earlier_use} if rules.earlier_use else {}),
        },
        "changes/downgrade": {"when": rules.downgrade[0], "unused": rules.downgrade[1]},
        "changes/cancel": {"when": rules.cancel[0], "to": "free", "unused": rules.cancel[1]},
        "changes/forbidden": [{"change": what, "from": plan} for what, plan in rules.forbidden],
        "estimate/hold": rules.holds[0],
        "estimate/longest_hold": rules.holds[1],
        **({"estimate/grace": rules.grace} if rules.grace else {}),
        **({"estimate/capture_above_hold": rules.above_hold} if rules.above_hold else {}),
        "shortfall/after_request": "go_into_debt" if has_debt else "take_what_is_left",
        **({"shortfall/debt": _debt(rules.debt)} if has_debt else {}),
        "refunds/expired_lot": rules.refunds,
        **_limits(rules, has_debt=has_debt),
    }


def _debt(answer: str) -> dict[str, Any]:
    if answer == "left":
        return {"limit": 40, "at_renewal": "kept", "repaid_by": "adjustments"}
    return {"limit": 40, "at_renewal": answer}


def _limits(rules: Rulebook, *, has_debt: bool) -> dict[str, Any]:
    if rules.limits == "none":
        return {}
    buys: dict[str, Any] = {"pack": "pack_500"}
    if rules.limits == "top_up to an amount":
        buys = {"up_to": 200, "expires": "2 months"}
    answers: dict[str, Any] = {
        "plans/pro_plus/grants/monthly/for_each": "seat",
        "packs/pack_500/bonus": {"credits": 7, "expires": "3 days"},
        "packs/pack_500/at_most_held": 2,
        "caps": [dict(each) for each in CAPS],
        "conversions": {"messages": {"credits": Decimal("1.5"), "expires": "5 days"}},
        "top_up": {
            "below": 80,
            **buys,
            "cooldown": "2 hours",
            "at_most": {"count": TOP_UPS_MAX, "per": "10 days"},
            "opt_in": "not_needed",
        },
        **({"shortfall/in_debt": "free_models_only"} if has_debt else {}),
    }
    if rules.limits == "fallback":
        answers["shortfall/before_request"] = "fallback"
        answers["shortfall/fallback"] = {"model": "lite"}
    elif rules.limits != "top_up to an amount":
        answers["shortfall/before_request"] = "overage"
        answers["shortfall/overage"] = {
            "price": Decimal("0.04"),
            "currency": "USD",
            "opt_in": "required" if rules.limits == "overage" else "not_needed",
            "limit": OVERAGE_LIMIT,
        }
    return answers


def _pro(rules: Rulebook) -> dict[str, Any]:
    answers: dict[str, Any] = {"plans/pro/grants/monthly": _monthly(rules)}
    if rules.calendar:
        for plan in ("pro", "pro_plus"):
            answers[f"plans/{plan}/cycle_from"] = "calendar"
            answers[f"plans/{plan}/first_cycle"] = rules.calendar
    if rules.cap:
        answers["plans/pro/balance_at_most"] = rules.cap
    if rules.trial:
        answers["plans/pro/after_cycles"] = {"count": rules.trial, "to": "pro_plus"}
    if rules.promotion:
        answers["plans/pro_plus/grants/images"] = {
            "credits": 400,
            "given": "each_cycle",
            "between": {"from": instant_text(START), "until": instant_text(START + 40 * DAY)},
            "expires": "never",
            "carry_over": "none",
            "priority": 7,
            "only_for": {"models": ["standard"], "units": ["text_input", "image_output"]},
        }
    return answers


def _monthly(rules: Rulebook) -> dict[str, Any]:
    """Give the recurring grant of `pro`, on its own clock or kept in part where the rules say."""
    monthly: dict[str, Any] = {
        "credits": 2000,
        "given": "each_cycle",
        "expires": rules.expires,
        "carry_over": rules.carry_over,
    }
    if clock := CLOCKS[rules.clock]:
        ends = "end_of_period" if rules.expires == "end_of_cycle" else rules.expires
        monthly |= {"given": "each_period", "expires": ends, **clock}
    if rollover := ROLLOVERS[rules.rollover]:
        monthly |= {"carry_over": "some", "rollover": rollover}
    return monthly
