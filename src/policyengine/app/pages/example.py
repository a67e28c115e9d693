"""A refusal as the engine gives it: the example of the pages, so that both say the same."""

from dataclasses import dataclass, replace
from typing import Any

from policyengine.engine.commands import Command, OpenHold, Subscribe, Usage
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro
from policyengine.wording.refusing import insufficient_words
from policyengine.wording.words import Sentence

_WALLET = "reader"


@dataclass(frozen=True, slots=True)
class RefusalExample:
    """A wallet that has just joined a plan asks for a little more than it has, and is refused."""

    plan: str
    refusal: Refusal
    words: Sentence
    ways: tuple[dict[str, Any], ...]


def refusal_example(policy: Policy) -> RefusalExample:
    """Ask the engine, under this version alone.

    What is asked for is a little more than what is there: usage of the dearest model, or an amount
    where such usage is not refused. Caps are left out, so that it is the credits that run out.
    """
    plan = _plan(policy)
    alone = replace(policy, limits=replace(policy.limits, caps=()))
    ledger = MemoryLedger({policy.name: Timeline.of(alone)})
    ledger.execute_one(_command(policy, "join", Subscribe(plan.name)))
    probe = _asked(ledger, policy, OpenHold(amount_micro=AMOUNT_MICRO_MAX))
    if probe is None:
        raise ValueError(f"`{policy.name}` refuses no amount for want of credits")
    available = probe.details["available_micro"]
    little_more = OpenHold(amount_micro=available + policy.quantum_micro)
    usage = _usage(policy, available)
    refusal = (usage and _asked(ledger, policy, OpenHold(usage=usage))) or (
        _asked(ledger, policy, little_more) or probe
    )
    lots = sum(1 for lot in ledger.books[_WALLET].lots.values() if lot.remaining)
    details = refusal.details
    words = insufficient_words(
        details["needed_micro"],
        details["available_micro"],
        lots,
        details.get("overage_micro", 0),
    )
    return RefusalExample(plan.name, refusal, words, tuple(details["ways_out"]))


def _usage(policy: Policy, available: Micro) -> Usage | None:
    """Give usage of the dearest model that costs a little more; None where no unit has a price."""
    model = max(policy.models.values(), key=lambda each: each.price.multiplier)
    table = model.price
    units = [unit for unit in reversed(tuple(policy.units)) if table.units[unit].weight]
    if table.formula is not None or not units:
        return None
    count = available * table.denominator // table.units[units[0]].weight + 1
    return Usage.of(model.name, {units[0]: count})


def _plan(policy: Policy) -> PlanRule:
    """Choose the lowest plan that renews and gives credits; else one that gives some; else any."""
    giving = [plan for plan in policy.plans.values() if plan.grants]
    renewing = [plan for plan in giving if plan.cycle is not None]
    return (renewing or giving or list(policy.plans.values()))[0]


def _command(policy: Policy, key: str, body: Subscribe | OpenHold) -> Command:
    return Command(_WALLET, key, policy.effective_at, body)


def _asked(ledger: MemoryLedger, policy: Policy, body: OpenHold) -> Refusal | None:
    """Ask for credits; None unless they are refused because there are too few."""
    key = f"ask {body.amount_micro}"
    refusal = ledger.execute_one(_command(policy, key, body)).answer.refusal
    return refusal if refusal and refusal.code == "insufficient_credits" else None
