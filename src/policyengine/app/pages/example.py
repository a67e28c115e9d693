"""A refusal as the engine gives it: the example of the pages, so that both say the same."""

from dataclasses import dataclass, replace
from typing import Any

from policyengine.engine.commands import Command, OpenHold, Subscribe
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

    The request is larger by the smallest amount than what is there. Caps are left out, so that
    it is the credits that run out.
    """
    plan = _plan(policy)
    alone = replace(policy, limits=replace(policy.limits, caps=()))
    ledger = MemoryLedger({policy.name: Timeline.of(alone)})
    ledger.execute_one(_command(policy, "join", Subscribe(plan.name)))
    available = _refused(ledger, policy, AMOUNT_MICRO_MAX).details["available_micro"]
    refusal = _refused(ledger, policy, available + policy.quantum_micro)
    lots = sum(1 for lot in ledger.books[_WALLET].lots.values() if lot.remaining)
    details = refusal.details
    words = insufficient_words(
        details["needed_micro"],
        details["available_micro"],
        lots,
        details.get("overage_micro", 0),
    )
    return RefusalExample(plan.name, refusal, words, tuple(details["ways_out"]))


def _plan(policy: Policy) -> PlanRule:
    """Choose the lowest plan that renews and gives credits; else one that gives some; else any."""
    giving = [plan for plan in policy.plans.values() if plan.grants]
    renewing = [plan for plan in giving if plan.cycle is not None]
    return (renewing or giving or list(policy.plans.values()))[0]


def _command(policy: Policy, key: str, body: Subscribe | OpenHold) -> Command:
    return Command(_WALLET, key, policy.effective_at, body)


def _refused(ledger: MemoryLedger, policy: Policy, amount: Micro) -> Refusal:
    decision = ledger.execute_one(_command(policy, f"ask {amount}", OpenHold(amount_micro=amount)))
    refusal = decision.answer.refusal
    if refusal is None or refusal.code != "insufficient_credits":
        raise ValueError(f"a request for {amount} was not refused for want of credits")
    return refusal
