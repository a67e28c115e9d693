"""Explanations: the derivation of a transaction's numbers, each with the line that caused it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.engine.commands import Usage
from policyengine.engine.rating import (
    Price,
    counts_charged,
    exact_by_formula,
    rate,
    table_of,
)
from policyengine.engine.telling import limit_words
from policyengine.ledger.changes import (
    CapCounted,
    Change,
    Charged,
    FellBack,
    OverageChanged,
    TopUpEnded,
    TopUpRequested,
)
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.policy.policy import ModelPrices, Policy, PriceTable, UnitPrice
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import MICRO_PER_CREDIT, credits_text
from policyengine.values.calendar import instant_text


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a policy version."""

    policy: str
    version: int
    file: str
    line: int
    pointer: str

    def __str__(self) -> str:
        """Write the place as `policies/acme/v2.yaml:14`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: what, how much, why, and what it rests on."""

    label: str
    value: str = ""
    place: Place | None = None
    steps: tuple["Step", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Step"]]:
        """Give this step and all below it, each with its depth, in reading order."""
        yield depth, self
        for step in self.steps:
            yield from step.walk(depth + 1)


PriceLine: TypeAlias = tuple[UnitPrice, int]
"""One unit's share of a price: what one count costs and why, and how many were counted."""


def place_of(policy: Policy, pointer: str) -> Place:
    """Give the line of a pointer in a policy."""
    return Place(policy.name, policy.version, policy.file, policy.line(pointer), pointer)


def price_lines(policy: Policy, usage: Usage, tier: int | None) -> tuple[PriceLine, ...]:
    """Give the lines of a price, one per unit with a count; a formula that is not linear has none.

    Takes: usage that the policy has rated, and the tier that priced it.
    """
    table = table_of(policy, usage.model, tier)
    if table.formula is not None:
        return ()
    units = table.units
    return tuple([(units[name], count) for name, count in counts_charged(policy, usage) if count])


DECIMALS_SHOWN: Final = 12


def exact_text(amount: Fraction) -> str:
    """Write an exact amount of credits, as a decimal where it has a short one: `12.00`."""
    return _decimal_text(amount, decimals=2)


def factor_text(factor: Fraction) -> str:
    """Write a rate or multiplier as an author does: `12`, `0.5`."""
    return _decimal_text(factor, decimals=0)


def _decimal_text(number: Fraction, decimals: int) -> str:
    scaled = number * 10**DECIMALS_SHOWN
    if scaled.denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    whole, rest = divmod(scaled.numerator, 10**DECIMALS_SHOWN)
    fraction = f"{rest:0{DECIMALS_SHOWN}d}".rstrip("0").ljust(decimals, "0")
    return f"{whole:,}.{fraction}" if fraction else f"{whole:,}"


def explain_price(policy: Policy, usage: Usage) -> Step | Refusal:
    """Derive the price of usage, line by line."""
    price = rate(policy, usage)
    return price if isinstance(price, Refusal) else _price_step(policy, usage, price)


def _price_step(policy: Policy, usage: Usage, price: Price) -> Step:
    model = policy.models[usage.model]
    table = table_of(policy, usage.model, price.tier)
    steps = [_multiplier_step(policy, model, table, price)]
    if usage.outcome != "succeeded":
        steps.append(_outcome_step(policy, usage))
    lines = price_lines(policy, usage, price.tier)
    steps += [_line_step(policy, table, line) for line in lines]
    exact = _exact_micro(policy, usage, table)
    formula = place_of(policy, "/charge/formula")
    steps.append(
        Step(
            f"exact price by `{policy.document.charge.formula}`",
            exact_text(exact / MICRO_PER_CREDIT),
            formula,
        )
    )
    steps.append(_rounding_step(policy, price, exact))
    return Step("price", f"{credits_text(price.total_micro)} credits", None, tuple(steps))


def _multiplier_step(policy: Policy, model: ModelPrices, table: PriceTable, price: Price) -> Step:
    label = f"multiplier of `{model.name}`"
    if price.tier is not None:
        tier = model.tiers[price.tier]
        label += f", whole request because {tier.text}"
    return Step(label, f"x {factor_text(table.multiplier)}", place_of(policy, table.pointer))


def _outcome_step(policy: Policy, usage: Usage) -> Step:
    how = policy.failed if usage.outcome == "failed" else policy.cancelled
    key = "failed_request" if usage.outcome == "failed" else "cancelled_request"
    return Step(f"the request {usage.outcome}", how, place_of(policy, f"/charge/{key}"))


def _exact_micro(policy: Policy, usage: Usage, table: PriceTable) -> Fraction:
    counts = counts_charged(policy, usage)
    if table.formula is not None:
        return exact_by_formula(table, table.formula, dict(counts))
    constant = table.constant if counts else 0
    exact = constant + sum(table.units[unit].weight * count for unit, count in counts)
    return Fraction(exact, table.denominator)


def _line_step(policy: Policy, table: PriceTable, line: PriceLine) -> Step:
    unit, count = line
    return Step(
        f"{unit.unit}: {count:,} x {factor_text(unit.rate)} per {unit.per:,} "
        f"x {factor_text(unit.multiplier)}",
        exact_text(Fraction(unit.weight * count, table.denominator * MICRO_PER_CREDIT)),
        place_of(policy, unit.pointer),
    )


def _rounding_step(policy: Policy, price: Price, exact: Fraction) -> Step:
    smallest = credits_text(policy.quantum_micro)
    rounded = exact != price.total_micro
    if rounded and price.total_micro == policy.minimum_micro:
        least = credits_text(policy.minimum_micro)
        return Step(
            f"rounded {policy.rounding} to {smallest}, at least {least}",
            credits_text(price.total_micro),
            place_of(policy, "/charge/minimum"),
        )
    label = f"rounded {policy.rounding} to {smallest}" if rounded else f"a multiple of {smallest}"
    return Step(label, credits_text(price.total_micro), place_of(policy, "/credits"))


def explain(timeline: Timeline, transaction: Transaction, lots: Mapping[int, Lot]) -> Step:
    """Derive every number of a transaction.

    Takes: the timeline that has its policy versions; the lots that it touched.
    Raises: ValueError when the version that decided or priced it is not loaded.
    """
    policy = _version(timeline, transaction.policy.version)
    steps = [
        Step("effective", instant_text(transaction.effective_at)),
        Step(
            f"decided by `{policy.name}` version {policy.version}",
            transaction.policy.sha256[:12],
            place_of(policy, "/version"),
        ),
    ]
    if transaction.refusal is not None:
        refusal = transaction.refusal
        steps.append(
            Step(f"refused: {refusal.code}", refusal.message, _refusal_place(policy, refusal))
        )
    charge = change_of(transaction, Charged)
    if charge is not None:
        steps += _charge_steps(timeline, policy, charge)
    steps += _limit_steps(timeline, policy, transaction)
    steps += _move_steps(timeline, policy, transaction, lots)
    steps.append(Step("balance after", f"{credits_text(transaction.available_micro)} available"))
    return Step(f"{transaction.kind} {transaction.id}", _headline(transaction), None, tuple(steps))


def _version(timeline: Timeline, number: int) -> Policy:
    policy = timeline.version(number)
    if policy is None:
        raise ValueError(f"version {number} of `{timeline.name}` is not loaded")
    return policy


def _refusal_place(policy: Policy, refusal: Refusal) -> Place | None:
    pointers = {
        "insufficient_credits": "/shortfall/before_request",
        "unknown_model": "/charge/unknown_model",
        "usage_too_late": "/charge/late_usage",
        "hold_too_long": "/estimate/longest_hold",
        "pack_not_sold": f"/packs/{refusal.details.get('pack', '')}/sold_to",
        "nothing_to_cancel": "/changes/cancel/to",
        "cap_reached": refusal.details.get("pointer", ""),
        "in_debt": "/shortfall/in_debt",
        "too_many_packs": f"/packs/{refusal.details.get('pack', '')}/at_most_held",
    }
    pointer = pointers.get(refusal.code)
    return None if pointer is None else place_of(policy, pointer)


def _headline(transaction: Transaction) -> str:
    if transaction.refusal is not None:
        return "refused"
    charge = change_of(transaction, Charged)
    if charge is not None:
        return f"{credits_text(charge.charged_micro)} credits"
    return "accepted"


def _charge_steps(timeline: Timeline, policy: Policy, charge: Charged) -> list[Step]:
    rated_by = _version(timeline, charge.rated_by)
    usage = Usage(charge.model, charge.counts, charge.started_at, charge.outcome)
    steps = [
        Step(
            f"usage of `{charge.model}`, {charge.outcome}, started",
            instant_text(charge.started_at),
            place_of(rated_by, rated_by.models[charge.model].pointer)
            if charge.model in rated_by.models
            else None,
        )
    ]
    if charge.counts:
        steps.append(_price_step(rated_by, usage, Price(charge.price_micro, charge.tier)))
    else:
        steps.append(Step("price given by the caller", credits_text(charge.price_micro)))
    if charge.price_micro != charge.charged_micro:
        left = credits_text(charge.price_micro - charge.charged_micro)
        place = place_of(policy, "/shortfall/after_request")
        steps.append(Step("not collected", left, place))
    if charge.estimate is not None:
        note = charge.estimate
        low, expected, high = (
            credits_text(each) for each in (note.low_micro, note.expected_micro, note.high_micro)
        )
        steps.append(Step("estimated before", f"{expected} ({low} to {high})"))
    return steps + [Step("flagged as abnormal", flag) for flag in charge.flags]


def _limit_steps(timeline: Timeline, policy: Policy, transaction: Transaction) -> list[Step]:
    """Tell what caps counted, what overage and top-ups did, which model took over."""
    steps = []
    for change in transaction.changes:
        words = limit_words(change)
        if words is not None:
            label, _, value = words.partition(": ")
            steps.append(Step(label, value, _limit_place(timeline, policy, change)))
    return steps


def _limit_place(timeline: Timeline, policy: Policy, change: Change) -> Place | None:
    match change:
        case OverageChanged():
            return rule_place(timeline, change.rule)
        case FellBack():
            return place_of(policy, "/shortfall/fallback")
        case TopUpRequested() | TopUpEnded():
            return place_of(policy, "/top_up")
        case CapCounted():
            caps = [each.pointer for each in policy.limits.caps if each.key == change.cap]
            return place_of(policy, caps[0]) if caps else None
        case _:
            return None


_VERBS: Final[Mapping[tuple[str, str], str]] = {
    ("issued", "available"): "granted to",
    ("available", "held"): "set aside from",
    ("available", "consumed"): "paid from",
    ("available", "expired"): "expired in",
    ("available", "withdrawn"): "taken out of",
    ("held", "available"): "released to",
    ("held", "consumed"): "paid from what was set aside in",
    ("held", "expired"): "released to expired",
    ("held", "withdrawn"): "released and taken out of",
    ("consumed", "available"): "given back to",
    ("consumed", "expired"): "given back to expired",
    ("consumed", "withdrawn"): "given back and taken out of",
}


def _move_steps(
    timeline: Timeline, policy: Policy, transaction: Transaction, lots: Mapping[int, Lot]
) -> list[Step]:
    draws = any(move.source == "available" for move in transaction.moves)
    steps: list[Step] = []
    for move in transaction.moves:
        lot = lots.get(move.lot_no)
        rule = "" if lot is None else lot.terms.rule
        expiry = "" if lot is None else f", expires {instant_text(lot.terms.expires_at)}"
        label = f"{_VERBS[(move.source, move.target)]} lot {move.lot_no} `{rule}`{expiry}"
        steps.append(Step(label, credits_text(move.amount_micro), rule_place(timeline, rule)))
    if draws and len(transaction.moves) > 1:
        order = ", ".join(policy.burn_order)
        steps.append(Step("burn order", order, place_of(policy, "/burn_order")))
    return steps


def rule_place(timeline: Timeline, rule: str) -> Place | None:
    """Give the line of a grant rule such as `v1.plans.pro.grants.monthly`; None for the API's."""
    head, _, rest = rule.partition(".")
    if not (head.startswith("v") and head[1:].isdigit()):
        return None
    policy = timeline.version(int(head[1:]))
    return None if policy is None else place_of(policy, "/" + rest.replace(".", "/"))
