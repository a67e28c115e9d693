"""Versions that charge for the past: credits buy less, usage becomes dearer afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass

from policyengine.engine.commands import Charge, SetCohort, Usage
from policyengine.ledger.subscriptions import Standing
from policyengine.linting.faults import ANA, Fault, Subject, cost, join
from policyengine.linting.prices import candidates_of, literals_of
from policyengine.policy.policy import ModelPrices, PlanRule, Policy
from policyengine.simulate.paying import is_unpaid
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro, credits_text
from policyengine.values.calendar import SECOND, Instant, add_span, instant_text

_HOUR = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Dearer:
    """A request that costs more than under the version before, asked for by somebody."""

    plan: PlanRule
    standing: Standing
    usage: Usage
    old_micro: Micro
    new_micro: Micro


def dearer_for_the_past(subject: Subject) -> Iterator[Fault]:
    """Find a version under which credits that were given before buy less than they did.

    Searched: each model of both versions, each unit alone, in counts of powers of ten and around
    thresholds, for each plan whose credits of the version before are there when this one starts.
    """
    before = subject.before
    if before is None or subject.is_draft_of_the_past:
        return
    for model in subject.policy.models.values():
        found = next(_dearer(subject, before, model), None)
        if found is not None:
            yield _of_credits(subject, before, model, found)


def dearer_afterwards(subject: Subject) -> Iterator[Fault]:
    """Find a draft whose start has passed, and under which usage since then becomes dearer.

    Searched: the first model and request that `dearer_for_the_past` would find.
    """
    before = subject.before
    if before is None or not subject.is_draft_of_the_past or subject.now is None:
        return
    for model in subject.policy.models.values():
        found = next(_dearer(subject, before, model), None)
        if found is not None:
            yield _of_usage(subject, before, subject.now, found)
            return


def _dearer(subject: Subject, before: Policy, model: ModelPrices) -> Iterator[Dearer]:
    policy = subject.policy
    if model.name not in before.models:
        return
    literals = literals_of(policy, model) + literals_of(before, before.models[model.name])
    plans = [plan for plan in before.plans.values() if plan.grants and plan.name in policy.plans]
    for plan in sorted(plans, key=lambda each: is_unpaid(before, each)):
        for cohort in ("", *(each for each in policy.cohorts if each in before.cohorts)):
            standing = Standing(plan.name, cohort)
            for unit in (each for each in policy.units if each in before.units):
                for count in reversed(candidates_of(model, unit, literals)):
                    old = cost(before, model.name, {unit: count}, standing)
                    new = cost(policy, model.name, {unit: count}, standing)
                    if old < new <= AMOUNT_MICRO_MAX and new <= _half(plan):
                        usage = Usage.of(model.name, {unit: count})
                        yield Dearer(plan, standing, usage, old, new)


def _half(plan: PlanRule) -> Micro:
    """Give half of what a plan gives, so that two such requests can be paid."""
    return sum(grant.amount_micro for grant in plan.grants if not grant.per_seat) // 2


def _of_credits(subject: Subject, before: Policy, model: ModelPrices, found: Dearer) -> Fault:
    play = subject.play()
    starts_at = max(before.effective_at, subject.starts_at - _HOUR)
    join(play, ANA, starts_at, found.plan)
    if found.standing.cohort:
        play.do(ANA, starts_at, SetCohort(found.standing.cohort))
    for at in (starts_at, subject.starts_at):
        play.do(ANA, at, Charge(found.usage))
    return Fault(
        "EF109",
        model.pointer,
        f"`{model.name}` gets dearer for credits of `{found.plan.name}` that were given under "
        f"version {before.version}",
        "let the dearer price come with a cohort, or announce it and give the difference",
        tuple(play.commands),
        f"the same request costs {credits_text(found.old_micro)} credits before and "
        f"{credits_text(found.new_micro)} after, from the same credits",
    )


def _of_usage(subject: Subject, before: Policy, now: Instant, found: Dearer) -> Fault:
    policy = subject.policy
    play = subject.play()
    join(play, ANA, max(before.effective_at, subject.starts_at - _HOUR), found.plan)
    if found.standing.cohort:
        play.do(ANA, subject.starts_at, SetCohort(found.standing.cohort))
    began = subject.starts_at
    while add_span(began, policy.late_usage, policy.zone) < now:
        began += _HOUR * 24
    late = Usage.of(found.usage.model, dict(found.usage.counts), began)
    play.do(ANA, now, Charge(late, after_request=True))
    return Fault(
        "EF110",
        "/effective",
        f"this draft would be in force since {instant_text(subject.starts_at)}, which has passed, "
        "and make usage since then dearer",
        "let it be in force from an instant that is still to come",
        tuple(play.commands),
        f"a request that began at {instant_text(began)}, under version {before.version} and its "
        f"price of {credits_text(found.old_micro)} credits, is charged "
        f"{credits_text(found.new_micro)} when it is reported or captured now",
    )
