"""Every refusal of the engine: its code, its sentence, its numbers."""

from difflib import get_close_matches
from typing import Any, Final

from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import ModifierRule, Policy
from policyengine.values.amounts import Micro, credits_text
from policyengine.values.calendar import Instant, instant_text

CODES: Final = {
    "insufficient_credits": "The wallet has fewer credits than the request needs.",
    "unknown_model": "The policy does not list the model.",
    "unknown_unit": "The policy does not count this unit.",
    "unknown_modifier": "The policy has no such modifier.",
    "modifier_not_allowed": "The model, the plan or another modifier does not go with it.",
    "unknown_plan": "The policy has no such plan.",
    "unknown_cohort": "The policy has no such cohort.",
    "already_in_cohort": "The wallet is in this cohort already.",
    "no_plan": "The wallet is on no plan.",
    "unknown_pack": "The policy has no such pack.",
    "unknown_wallet": "No wallet has this id; a wallet is opened by subscribing it to a plan.",
    "unknown_policy": "No policy has this name.",
    "invalid_wallet": "The wallet's id has characters that ids do not have, or is too long.",
    "unknown_hold": "The wallet has no such hold.",
    "unknown_transaction": "The wallet has no such transaction.",
    "price_out_of_bounds": "The price is larger than a ledger can hold.",
    "no_policy_in_force": "No version of the policy was in force at that instant.",
    "usage_too_late": "The usage was reported later than the policy accepts.",
    "usage_in_future": "The usage claims to have started after now.",
    "already_subscribed": "The wallet has a plan; change it instead.",
    "already_on_plan": "The wallet is on this plan and no change is pending.",
    "nothing_to_cancel": "The wallet is on the plan that cancelling leads to.",
    "pack_not_sold": "The policy does not sell this pack to the wallet's plan.",
    "hold_closed": "The hold is over: captured, released or timed out.",
    "hold_too_long": "The hold would last longer than the policy allows.",
    "too_many_holds": "The wallet has as many open holds as it may have.",
    "not_refundable": "Only a charge or a capture that took credits can be refunded.",
    "refund_exceeds_charge": "More would be refunded than the charge took.",
    "not_voidable": "Only a grant or a purchase can be voided.",
    "nothing_to_void": "Nothing of the grant is left to take back.",
    "invalid_grant": "The terms of the grant contradict each other.",
    "invalid_amount": "The amount is not one that this command can take.",
    "case_closed": "The case is closed.",
    "not_a_case": "The transaction is not a report of abnormal consumption.",
    "idempotency_key_reused": "The key named another request before.",
    "invalid_text": "A name or reason is too long, or not Unicode.",
    "invalid_key": "The key is empty, too long or reserved.",
}


def refusal(code: str, message: str, **details: Any) -> Refusal:
    """Make a refusal with a registered code."""
    if code not in CODES:
        raise ValueError(f"`{code}` is not a registered refusal")
    return Refusal(code, message, details)


def _nearest(word: str, known: list[str]) -> str:
    match = get_close_matches(word, known, n=1)
    return f"; did you mean `{match[0]}`?" if match else ""


def unknown_model(policy: Policy, name: str) -> Refusal:
    """The policy does not list the model."""
    near = _nearest(name, list(policy.models))
    return refusal(
        "unknown_model", f"policy `{policy.name}` lists no model `{name}`{near}", model=name
    )


def unknown_unit(policy: Policy, unit: str) -> Refusal:
    """The policy does not count this unit."""
    near = _nearest(unit, list(policy.units))
    return refusal(
        "unknown_unit", f"policy `{policy.name}` counts no unit `{unit}`{near}", unit=unit
    )


def unknown_modifier(policy: Policy, name: str) -> Refusal:
    """The policy has no such modifier."""
    near = _nearest(name, list(policy.modifiers))
    message = f"policy `{policy.name}` has no modifier `{name}`{near}"
    return refusal("unknown_modifier", message, modifier=name)


def modifier_not_allowed(rule: ModifierRule, because: str, **details: Any) -> Refusal:
    """A request names a modifier that does not go with it; says with what."""
    message = f"modifier `{rule.name}` {because}"
    return refusal("modifier_not_allowed", message, modifier=rule.name, **details)


def unknown_cohort(policy: Policy, cohort: str) -> Refusal:
    """The policy has no such cohort."""
    near = _nearest(cohort, list(policy.cohorts))
    message = f"policy `{policy.name}` has no cohort `{cohort}`{near}"
    return refusal("unknown_cohort", message, cohort=cohort)


def unknown_plan(policy: Policy, plan: str) -> Refusal:
    """The policy has no such plan."""
    near = _nearest(plan, list(policy.plans))
    return refusal("unknown_plan", f"policy `{policy.name}` has no plan `{plan}`{near}", plan=plan)


def unknown_pack(policy: Policy, pack: str) -> Refusal:
    """The policy has no such pack."""
    near = _nearest(pack, list(policy.packs))
    return refusal("unknown_pack", f"policy `{policy.name}` has no pack `{pack}`{near}", pack=pack)


def price_out_of_bounds(model: str) -> Refusal:
    """The price is larger than a ledger can hold."""
    return refusal("price_out_of_bounds", f"the price of this use of `{model}` is out of bounds")


def no_policy_in_force(name: str, at: Instant) -> Refusal:
    """No version was in force at an instant."""
    text = instant_text(at)
    return refusal("no_policy_in_force", f"no version of `{name}` was in force at {text}", at=text)


def insufficient_credits(
    needed: Micro, available: Micro, lots: int, debt: Micro, ways_out: list[dict[str, Any]]
) -> Refusal:
    """The wallet has fewer credits than the request needs; says how many, and the ways out."""
    short = needed - available
    where = f" in {lots} lot{'' if lots == 1 else 's'}" if lots else ""
    return refusal(
        "insufficient_credits",
        f"needs {credits_text(needed)}, {credits_text(available)} available{where}, "
        f"{credits_text(short)} short",
        needed_micro=needed,
        available_micro=available,
        short_micro=short,
        debt_micro=debt,
        ways_out=ways_out,
    )
