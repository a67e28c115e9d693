"""Plain words for people: how a price came about, whence credits come, how far off a time is."""

from fractions import Fraction
from typing import Final

from policyengine.engine.commands import usage_of
from policyengine.engine.derivation import exact_text
from policyengine.engine.modifying import factor_of_all
from policyengine.engine.price_steps import price_lines
from policyengine.engine.rating import counts_charged, table_of
from policyengine.ledger.changes import Charged
from policyengine.ledger.lots import LotTerms
from policyengine.policy.policy import Policy
from policyengine.values.amounts import MICRO_PER_CREDIT, RoundingMode, credits_text
from policyengine.values.calendar import NEVER, SECOND, Instant, datetime_of

_MINUTE: Final = 60 * SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_STEPS: Final = (
    (365 * _DAY, 2 * 365 * _DAY, "year"),
    (30 * _DAY, 90 * _DAY, "month"),
    (_DAY, 2 * _DAY, "day"),
    (_HOUR, 2 * _HOUR, "hour"),
    (_MINUTE, _MINUTE, "minute"),
    (SECOND, 0, "second"),
)
"""Length of a unit, the distance from which it is used, and its name: longest first."""

_ROUNDINGS: Final[dict[RoundingMode, str]] = {
    "up": "rounded up",
    "down": "rounded down",
    "half_up": "rounded",
    "half_even": "rounded",
}


def time_text(instant: Instant) -> str:
    """Write an instant for people: `2026-01-28 08:00 UTC`, with seconds only where it has them."""
    return "never" if instant >= NEVER else f"{clock_text(instant)} UTC"


def clock_text(instant: Instant) -> str:
    """Write an instant in a column that says `UTC` above."""
    if instant >= NEVER:
        return "never"
    form = "%Y-%m-%d %H:%M" if instant % _MINUTE == 0 else "%Y-%m-%d %H:%M:%S"
    return datetime_of(instant).strftime(form)


def distance_text(instant: Instant, now: Instant) -> str:
    """Write how far off an instant is: `in 31 days`, `5 minutes ago`, `now`."""
    away = abs(instant - now)
    if instant >= NEVER:
        return "never"
    for length, least, name in _STEPS:
        if away >= max(least, length):
            count = away // length
            words = f"{count} {name}{'' if count == 1 else 's'}"
            return f"in {words}" if instant > now else f"{words} ago"
    return "now"


def source_text(terms: LotTerms) -> str:
    """Say where a lot's credits come from: `plan pro`, `pack pack_500`, `gift of plan free`."""
    rule = _rule_text(terms.rule)
    forms = {
        "plan": rule,
        "pack": rule,
        "gift": f"gift of {rule}",
        "carried": f"carried over from {rule}",
        "refund": f"refund, from {rule}",
        "bonus": f"bonus of {rule}",
        "conversion": f"old units: {terms.rule.rpartition('.')[2]}",
    }
    return forms.get(terms.source, terms.source)


def _rule_text(rule: str) -> str:
    """Name what a rule such as `v1.plans.pro.grants.monthly` belongs to."""
    parts = rule.split(".")
    named = {"top_up": "top-up", "earlier_use": "re-rated use"}
    if parts[-1] in named:
        return named[parts[-1]]
    if len(parts) > 2 and parts[1] in {"plans", "packs"}:  # noqa: PLR2004  # version, kind, name
        return f"{parts[1].removesuffix('s')} {parts[2]}"
    return "grant"


def counts_text(counts: tuple[tuple[str, int], ...]) -> str:
    """Write counts: `1,200 text_input + 400 text_output`; units without a count are left out."""
    return " + ".join(f"{count:,} {unit}" for unit, count in counts if count) or "nothing"


def factor_text(factor: Fraction) -> str:
    """Write a multiplier as an author would: `6`, `0.5`, `1/3`."""
    text = exact_text(factor)
    return text.rstrip("0").rstrip(".") if "." in text else text


def price_sentence(policy: Policy, charge: Charged) -> str:
    """Say how a price came about: `base 0.32 × 6 = 1.92`.

    Takes: the policy version that rated the charge.
    """
    price = credits_text(charge.price_micro)
    if not charge.counts:
        return f"{price}, an amount given by the caller"
    usage = usage_of(charge)
    if charge.model not in policy.models:
        return f"{price}, for a model that version {policy.version} does not list"
    if not any(count for _, count in counts_charged(policy, usage)):
        reason = "nothing was used" if charge.outcome == "succeeded" else f"it {charge.outcome}"
        return f"0.00, free because {reason}" if not charge.price_micro else price
    table = table_of(policy, charge.model, charge.tier, charge.terms)
    if not table.multiplier:
        return f"{price}, because `{charge.model}` has multiplier 0"
    lines = price_lines(policy, usage, charge.tier, charge.terms)
    formula = policy.document.charge.formula
    names = () if charge.terms is None else charge.terms.modifiers
    rules = tuple(policy.modifiers[name] for name in names)
    if (
        table.formula is not None
        or table.constant
        or any(line.multiplier != table.multiplier for line, _ in lines)
        or any(rule.units is not None for rule in rules)
    ):
        also = f" with {', '.join(names)}" if names else ""
        return f"{price} by `{formula}`{also}"
    weight = sum(line.weight * count for line, count in lines)
    plain = Fraction(weight, table.denominator * MICRO_PER_CREDIT)
    base = plain / table.multiplier
    exact = plain * factor_of_all(rules)
    factors = "".join(f" × {factor_text(rule.factor)} {rule.name}" for rule in rules)
    sentence = f"base {exact_text(base)} × {factor_text(table.multiplier)}{factors}"
    sentence += f" = {exact_text(exact)}"
    if exact * MICRO_PER_CREDIT != charge.price_micro:
        how = _ROUNDINGS[table.rounding.mode]
        least = charge.price_micro == table.rounding.minimum_micro > exact * MICRO_PER_CREDIT
        sentence += f", {'at least' if least else f'{how} to'} {price}"
    if charge.tier is not None:
        sentence += f" ({policy.models[charge.model].tiers[charge.tier].text})"
    return sentence
