"""Every refusal of the engine: its code, its sentence, its numbers."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from policyengine.ledger.transactions import Refusal
from policyengine.policy.forbidding import ChangeKind
from policyengine.policy.policy import ModifierRule, Policy
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant, instant_text
from policyengine.wording.english.refusals import REFUSALS
from policyengine.wording.languages import ENGLISH
from policyengine.wording.refusing import NOTHING, insufficient_words
from policyengine.wording.rendering import rendered
from policyengine.wording.words import Sentence, Value, Verbatim, say, verbatim

_MEANING: Final = "meaning."
CODES: Final = {
    key.removeprefix(_MEANING): text for key, text in REFUSALS.items() if key.startswith(_MEANING)
}
"""Every code with what it means."""


def refusal(code: str, message: str | Sentence, **details: Any) -> Refusal:
    """Make a refusal with a registered code; a sentence is said in English."""
    if code not in CODES:
        raise ValueError(f"`{code}` is not a registered refusal")
    text = message if isinstance(message, str) else rendered(message, ENGLISH)
    return Refusal(code, text, details)


def refused_as(code: str, details: Mapping[str, Any], /, **values: Value) -> Refusal:
    """Make a refusal whose sentence has the same name as its code."""
    return refusal(code, say(f"refusal.{code}", **values), **details)


def about(code: str, name: str, transaction_id: str) -> Refusal:
    """Make a refusal about a transaction, whose sentence has a name of its own."""
    return refusal(code, say(f"refusal.{name}", id=Verbatim(transaction_id)))


def _unknown(code: str, policy: Policy, name: str, known: Iterable[str], detail: str) -> Refusal:
    match = get_close_matches(name, list(known), n=1)
    near = say("refusal.near", name=Verbatim(match[0])) if match else NOTHING
    return refused_as(
        code, {detail: name}, policy=Verbatim(policy.name), name=Verbatim(name), near=near
    )


def unknown_model(policy: Policy, name: str) -> Refusal:
    """The policy does not list the model."""
    return _unknown("unknown_model", policy, name, policy.models, "model")


def unknown_unit(policy: Policy, unit: str) -> Refusal:
    """The policy does not count this unit."""
    return _unknown("unknown_unit", policy, unit, policy.units, "unit")


def unknown_modifier(policy: Policy, name: str) -> Refusal:
    """The policy has no such modifier."""
    return _unknown("unknown_modifier", policy, name, policy.modifiers, "modifier")


def modifier_not_allowed(rule: ModifierRule, because: str, **details: Any) -> Refusal:
    """A request names a modifier that does not go with it.

    Takes: with what it does not go: `for_models`, `for_plans` or `excluded`; the details, whose
    texts and lists stand in the sentence.
    """
    values = {
        key: verbatim(each, "list") if isinstance(each, list) else Verbatim(each)
        for key, each in {**details, "modifier": rule.name}.items()
    }
    sentence = say(f"refusal.modifier_{because}", **values)
    return refusal("modifier_not_allowed", sentence, modifier=rule.name, **details)


def unknown_cohort(policy: Policy, cohort: str) -> Refusal:
    """The policy has no such cohort."""
    return _unknown("unknown_cohort", policy, cohort, policy.cohorts, "cohort")


def unknown_plan(policy: Policy, plan: str) -> Refusal:
    """The policy has no such plan."""
    return _unknown("unknown_plan", policy, plan, policy.plans, "plan")


def change_forbidden(
    policy: Policy, index: int, kind: ChangeKind, before: str, after: str
) -> Refusal:
    """An entry of the policy's list forbids this change of plan; says where it stands.

    Takes: the entry's place in the list, what the change is, and its plans.
    """
    pointer = f"/changes/forbidden/{index}"
    line = policy.line(pointer)
    details = {"change": kind, "from": before, "to": after, "pointer": pointer, "line": line}
    return refused_as(
        "change_forbidden",
        details,
        version=Verbatim(str(policy.version)),
        policy=Verbatim(policy.name),
        line=Verbatim(str(line)),
        change=say(f"refusal.{kind}"),
        before=Verbatim(before),
        after=Verbatim(after),
    )


def unknown_pack(policy: Policy, pack: str) -> Refusal:
    """The policy has no such pack."""
    return _unknown("unknown_pack", policy, pack, policy.packs, "pack")


def price_out_of_bounds(model: str) -> Refusal:
    """The price is larger than a ledger can hold."""
    return refused_as("price_out_of_bounds", {}, model=Verbatim(model))


def no_policy_in_force(name: str, at: Instant) -> Refusal:
    """No version was in force at an instant."""
    text = instant_text(at)
    details = {"at": text}
    return refused_as("no_policy_in_force", details, policy=Verbatim(name), at=Verbatim(text))


def insufficient_credits(
    needed: Micro,
    available: Micro,
    lots: int,
    debt: Micro,
    ways_out: list[dict[str, Any]],
    overage: Micro = 0,
) -> Refusal:
    """The wallet has fewer credits than the request needs; says how many, and the ways out."""
    return refusal(
        "insufficient_credits",
        insufficient_words(needed, available, lots, overage),
        needed_micro=needed,
        available_micro=available,
        short_micro=needed - available,
        debt_micro=debt,
        ways_out=ways_out,
        **({"overage_micro": overage} if overage else {}),
    )
