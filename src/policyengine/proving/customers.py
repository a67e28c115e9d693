"""Whether a customer of a plan can be worse off over a cycle: credits against prices."""

from dataclasses import dataclass, replace
from typing import Final

from policyengine.engine.commands import Charge, Command, Settle, Subscribe, Usage
from policyengine.policy.policy import PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.proving.claims import NoClaim, PriceClaim, parse_claim
from policyengine.proving.prices import Answer, Scope, Verdict, judge_prices
from policyengine.proving.pricing import Asked
from policyengine.simulate.stories import Play
from policyengine.values.amounts import Micro, credits_plain
from policyengine.values.calendar import NEVER

REQUESTS_MAX: Final = 1000
"""The most requests of a customer that an example is made of."""
ANA: Final = "ana"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer who is worse off: as many requests of one kind, paid under the old version only.

    `commands` are the story under either version, each from its own start.
    """

    usage: Usage
    times: int
    new_commands: tuple[Command, ...]
    old_commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class PlanVerdict:
    """What is known of a plan: the credits of its cycle in both versions, and each model."""

    plan: str
    answer: Answer
    why: str
    new_micro: Micro = 0
    old_micro: Micro = 0
    verdicts: tuple[Verdict, ...] = ()
    customer: Customer | None = None


def judge_customers(new: Policy, old: Policy, scope: Scope) -> tuple[PlanVerdict, ...]:
    """Judge for each plan of the old version that whoever could pay for a cycle's use still can."""
    plans = [plan for plan in old.plans.values() if scope.plan in {"", plan.name}]
    return tuple(_judge(new, old, plan, replace(scope, plan=plan.name)) for plan in plans)


def _judge(new: Policy, old: Policy, plan: PlanRule, scope: Scope) -> PlanVerdict:
    after = new.plans.get(plan.name)
    if after is None:
        return PlanVerdict(plan.name, "unknown", "the new version has no such plan")
    cycle = _of_cycle(new, after), _of_cycle(old, plan)
    if not cycle[1]:
        return PlanVerdict(plan.name, "proved", "its cycle gave no credits", *cycle)
    open_question = _of_models(new, old) or _of_plan(new, after) or _of_plan(old, plan)
    if open_question:
        return PlanVerdict(plan.name, "unknown", open_question, *cycle)
    return _of_shares(new, old, plan, scope, cycle)


def _of_shares(
    new: Policy, old: Policy, plan: PlanRule, scope: Scope, cycle: tuple[Micro, Micro]
) -> PlanVerdict:
    """Ask whether a request takes a larger share of the credits, and whether anyone misses it."""
    mine, theirs = (credits_plain(each) for each in cycle)
    relative = _claim(f"{theirs} * price(new) <= {mine} * price(old)", new, old)
    verdicts = judge_prices(relative, new, old, scope)
    if all(each.answer == "proved" for each in verdicts):
        why = "no request takes a larger share of the credits of its cycle"
        return PlanVerdict(plan.name, "proved", why, *cycle, verdicts)
    single = _claim(f"price(old) > {theirs} or price(new) <= {mine}", new, old)
    for verdict in (*judge_prices(single, new, old, scope), *verdicts):
        customer = _customer(new, old, plan, verdict, cycle)
        if customer is not None:
            why = "a customer is"
            return PlanVerdict(plan.name, "refuted", why, *cycle, verdicts, customer)
    why = next((each.how for each in verdicts if each.answer == "unknown"), "")
    why = why or "requests take a larger share of the credits, and no customer was found to miss it"
    return PlanVerdict(plan.name, "unknown", why, *cycle, verdicts)


def _claim(text: str, new: Policy, old: Policy) -> PriceClaim:
    claim = parse_claim(text, new, old)
    if not isinstance(claim, PriceClaim):
        reason = claim.message if isinstance(claim, NoClaim) else "it is of another kind"
        raise TypeError(f"`{text}` is no claim about prices: {reason}")
    return claim


def _of_models(new: Policy, old: Policy) -> str:
    """Say what about the models and limits this proof knows nothing of; empty for nothing."""
    gone = [name for name in old.models if name not in new.models]
    if gone:
        return f"the new version has no model `{gone[0]}`"
    if any(each.limits.caps or each.limits.before != "refuse" for each in (new, old)):
        return "caps, overage and fallback are not part of the proof"
    return ""


def _of_plan(policy: Policy, plan: PlanRule) -> str:
    """Say what about a plan this proof knows nothing of; empty for nothing."""
    for grant in plan.grants:
        reasons = {
            "comes by its own clock": grant.given == "each_period",
            "comes for a while only": grant.between is not None,
            "comes by seat": grant.per_seat,
            "pays for some requests only": bool(grant.models or grant.units),
            "rolls over": grant.kept is not None or grant.carry_over == "all",
            "comes once": plan.cycle is not None and grant.given == "once",
            "outlives a cycle": plan.cycle is not None and grant.expiry.how != "end_of_cycle",
        }
        why = next((each for each, holds in reasons.items() if holds), None)
        if why is not None:
            return f"the grant `{grant.name}` of version {policy.version} {why}"
    return ""


def _of_cycle(policy: Policy, plan: PlanRule) -> Micro:
    """Give the credits of a plan's second cycle; without cycles, of joining."""
    play = Play(Timeline.of(policy))
    play.do(ANA, policy.effective_at, Subscribe(plan.name))
    rule = f".plans.{plan.name}."
    given, subscription = play.given(ANA, rule), play.book(ANA).subscription
    if subscription is None or subscription.ends_at >= NEVER:
        return given
    play.do(ANA, subscription.ends_at, Settle())
    return play.given(ANA, rule) - given


def _customer(
    new: Policy, old: Policy, plan: PlanRule, verdict: Verdict, cycle: tuple[Micro, Micro]
) -> Customer | None:
    """Make a customer of a request: as many as the old cycle paid for; None if the new one does."""
    example = verdict.example
    if example is None or example.old_micro is None:
        return None
    mine, theirs = cycle
    times = mine // example.new_micro + 1 if example.new_micro else 0
    if not 1 <= times <= REQUESTS_MAX or times * example.old_micro > theirs:
        return None
    stories = [_story(each, plan.name, verdict.asked, example.usage, times) for each in (new, old)]
    refused = [any(line.transaction.refusal for line in play.lines) for play in stories]
    if refused != [True, False]:
        raise AssertionError(f"the engine does not confirm {times} x {example.usage}")
    return Customer(example.usage, times, *(tuple(play.commands) for play in stories))


def _story(policy: Policy, plan: str, asked: Asked, usage: Usage, times: int) -> Play:
    """Play the second cycle of a customer, or the only one, with so many requests."""
    play = Play(Timeline.of(policy))
    cohort = asked.standing.cohort
    play.do(ANA, policy.effective_at, Subscribe(plan, cohort=cohort))
    at = policy.effective_at
    subscription = play.book(ANA).subscription
    if subscription is not None and subscription.ends_at < NEVER:
        at = subscription.ends_at
        play.do(ANA, at, Settle())
    for _ in range(times):
        play.do(ANA, at, Charge(usage))
    return play
