"""How proofs are drawn: the answer, the example with its derivations, what it holds for."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from policyengine.app.sentences import counts_text
from policyengine.app.stories import story_form
from policyengine.cli.derivation import derivation_parts
from policyengine.cli.linting_view import story_table
from policyengine.cli.screen import Row, Tone, headline, rows, show
from policyengine.engine.commands import Command, Usage
from policyengine.engine.derivation import Step
from policyengine.engine.price_steps import explain_price
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.proving.balances import BalanceVerdict
from policyengine.proving.claims import BalanceClaim
from policyengine.proving.customers import PlanVerdict
from policyengine.proving.prices import Answer, Scope, Verdict, shared_units
from policyengine.proving.pricing import Asked
from policyengine.proving.prove import AnyVerdict, Proof
from policyengine.simulate.stories import played
from policyengine.values.amounts import credits_plain, credits_text

_TONES: dict[Answer, Tone] = {"proved": "good", "refuted": "bad", "unknown": "warn"}


def print_proof(proof: Proof, new: Policy, old: Policy | None, scope: Scope, took: str) -> None:
    """Print the answer, then each part, then the example that refutes it."""
    show([headline(_TONES[proof.answer], f"{proof.answer}: {proof.claim.text}")])
    show([rows([*(_row(each) for each in proof.verdicts), *_about(proof, new, old, scope, took)])])
    smallest = proof.smallest
    if smallest is not None:
        show(_request(*smallest, new, old))
    for each in proof.verdicts:
        show(_stories(each, new, old))


def _row(verdict: AnyVerdict) -> Row:
    if isinstance(verdict, Verdict):
        example = verdict.example
        said = f"{verdict.answer} {verdict.how}"
        if example is not None:
            said += f": {counts_text(example.usage.counts)}"
        elif verdict.answer == "unknown":
            said = f"unknown: {verdict.how}"
        return _name(verdict.asked), said
    if isinstance(verdict, PlanVerdict):
        given = f"{credits_text(verdict.old_micro)} credits before, "
        given += f"{credits_text(verdict.new_micro)} now"
        known = f" ({given})" if verdict.new_micro or verdict.old_micro else ""
        return verdict.plan, f"{verdict.answer}: {verdict.why}{known}"
    return "balance", f"{verdict.why}; never below {credits_text(verdict.least_micro)}"


def _name(asked: Asked) -> str:
    who = [asked.standing.plan] if asked.standing.plan else []
    who += [f"cohort {asked.standing.cohort}"] if asked.standing.cohort else []
    return f"{asked.model} ({', '.join([*who, *asked.modifiers])})" if who else asked.model


def _about(proof: Proof, new: Policy, old: Policy | None, scope: Scope, took: str) -> Iterator[Row]:
    """Say what the answer holds for."""
    if not proof.verdicts:
        yield "nothing", "no model that both versions have can be asked for like this"
    if isinstance(proof.claim, BalanceClaim):
        yield "asked of", "every wallet that joins under these versions"
    else:
        units = ", ".join(shared_units(new, old))
        with_ = f", with {', '.join(scope.modifiers)}" if scope.modifiers else ", without modifiers"
        yield "asked of", f"0 to {scope.up_to:,} of each of {units}{with_}; succeeded requests"
    versions = f"version {new.version}"
    yield "versions", versions if old is None else f"{versions} against version {old.version}"
    yield "took", f"({took})"


def _request(
    verdict: Verdict, example: Any, new: Policy, old: Policy | None
) -> Iterator[RenderableType]:
    smallest = "the smallest" if example.is_smallest else "not surely the smallest"
    yield ""
    yield Text(f"{smallest}: {counts_text(example.usage.counts)} of {_name(verdict.asked)}")
    for policy, word in ((new, "new"), (old, "old")):
        if policy is not None:
            yield from _derived(policy, word, verdict.asked, example.usage)


def _derived(policy: Policy, word: str, asked: Asked, usage: Usage) -> Iterator[RenderableType]:
    step = explain_price(policy, usage, asked.standing)
    if isinstance(step, Step):
        root = Step(f"price({word})", step.value, step.place, step.steps)
        yield from derivation_parts(root)


def _stories(verdict: AnyVerdict, new: Policy, old: Policy | None) -> Iterator[RenderableType]:
    if isinstance(verdict, BalanceVerdict) and verdict.timeline is not None:
        yield from _told(verdict.timeline, verdict.commands)
    customer = verdict.customer if isinstance(verdict, PlanVerdict) else None
    if customer is None or old is None:
        return
    for policy, commands in ((old, customer.old_commands), (new, customer.new_commands)):
        yield ""
        yield Text(f"a customer of {verdict.plan} under version {policy.version}")  # type: ignore[union-attr]
        yield from _told(Timeline.of(policy), commands)


def _told(timeline: Timeline, commands: tuple[Command, ...]) -> Iterator[RenderableType]:
    yield Padding(story_table(played(timeline, commands)), (0, 0, 0, 2), expand=False)


def proof_form(proof: Proof, new: Policy, old: Policy | None, scope: Scope) -> dict[str, Any]:
    """Give a proof as plain data."""
    return {
        "claim": proof.claim.text,
        "answer": proof.answer,
        "new": {"policy": new.name, "version": new.version},
        "old": None if old is None else {"policy": old.name, "version": old.version},
        "up_to": scope.up_to,
        "modifiers": list(scope.modifiers),
        "units": list(shared_units(new, old)),
        "parts": [_form(each, new, old) for each in proof.verdicts],
    }


def _form(verdict: AnyVerdict, new: Policy, old: Policy | None) -> dict[str, Any]:
    if isinstance(verdict, Verdict):
        return _price_form(verdict)
    if isinstance(verdict, BalanceVerdict):
        timeline = verdict.timeline
        return {
            "answer": verdict.answer,
            "why": verdict.why,
            "least": credits_plain(verdict.least_micro),
            "story": [] if timeline is None else story_form(timeline, verdict.commands),
        }
    customer = verdict.customer
    return {
        "plan": verdict.plan,
        "answer": verdict.answer,
        "why": verdict.why,
        "credits_new": credits_plain(verdict.new_micro),
        "credits_old": credits_plain(verdict.old_micro),
        "parts": [_price_form(each) for each in verdict.verdicts],
        "story_new": []
        if customer is None
        else story_form(Timeline.of(new), customer.new_commands),
        "story_old": []
        if customer is None or old is None
        else story_form(Timeline.of(old), customer.old_commands),
    }


def _price_form(verdict: Verdict) -> dict[str, Any]:
    example = verdict.example
    old = None if example is None else example.old_micro
    return {
        "model": verdict.asked.model,
        "plan": verdict.asked.standing.plan,
        "cohort": verdict.asked.standing.cohort,
        "answer": verdict.answer,
        "how": verdict.how,
        "example": None
        if example is None
        else {
            "counts": dict(example.usage.counts),
            "price_new": credits_plain(example.new_micro),
            "price_old": None if old is None else credits_plain(old),
            "is_smallest": example.is_smallest,
        },
    }
