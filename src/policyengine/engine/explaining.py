"""Explanations: the derivation of a transaction's numbers, each with the line that caused it."""

from collections.abc import Mapping
from typing import Final

from policyengine.engine.commands import usage_of
from policyengine.engine.derivation import Place, Step, place_of
from policyengine.engine.grant_steps import cut_steps
from policyengine.engine.price_steps import price_step
from policyengine.engine.rating import Price
from policyengine.engine.telling import limit_words
from policyengine.ledger.changes import (
    CapCounted,
    Change,
    Charged,
    FellBack,
    OverageChanged,
    ReRated,
    TopUpEnded,
    TopUpRequested,
)
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import credits_text
from policyengine.values.calendar import instant_text


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
        "unknown_modifier": "/modifiers",
        "modifier_not_allowed": f"/modifiers/{refusal.details.get('modifier', '')}",
        "usage_too_late": "/charge/late_usage",
        "hold_too_long": "/estimate/longest_hold",
        "hold_in_grace": "/estimate/grace",
        "above_hold": "/estimate/capture_above_hold",
        "pack_not_sold": f"/packs/{refusal.details.get('pack', '')}/sold_to",
        "change_forbidden": refusal.details.get("pointer", ""),
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
        price = Price(charge.price_micro, charge.tier, charge.terms)
        steps.append(price_step(rated_by, usage_of(charge), price))
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
        case OverageChanged() | ReRated():
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
        cut: tuple[Step, ...] = ()
        if lot is not None and move.source == "issued":
            cut = cut_steps(timeline, policy, transaction, lot)
        amount = credits_text(move.amount_micro)
        steps.append(Step(label, amount, rule_place(timeline, rule), cut))
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
