"""The names that people read: titles, and readable forms of names that have none."""

from collections.abc import Iterable
from typing import Literal

from policyengine.policy.policy import GrantRule, PlanRule, Policy
from policyengine.wording.words import Listing, Sentence, Term, Verbatim, listed, say


def readable(name: str) -> str:
    """Write a name of the policy for people: `pro_plus` is `Pro Plus`."""
    return " ".join(f"{part[:1].upper()}{part[1:]}" for part in name.split("_") if part)


def plan_name(policy: Policy, name: str) -> Verbatim:
    """Give a plan's title."""
    return Verbatim(policy.document.plans[name].title or readable(name))


def pack_name(policy: Policy, name: str) -> Verbatim:
    """Give a pack's title."""
    return Verbatim(policy.document.packs[name].title or readable(name))


def model_name(policy: Policy, name: str) -> Verbatim:
    """Give a model's title; without one its name, which requests are made with."""
    return Verbatim(policy.document.models[name].title or name)


def plan_names(
    policy: Policy, names: Iterable[str], joined: Literal["and", "or", "list"] = "and"
) -> Listing:
    """Join the titles of plans."""
    return listed((plan_name(policy, each) for each in names), joined)


def model_names(
    policy: Policy, names: Iterable[str], joined: Literal["and", "or", "list"] = "and"
) -> Listing:
    """Join the titles of models."""
    return listed((model_name(policy, each) for each in names), joined)


def terms(
    kind: Literal["unit", "measure", "grant", "word"],
    names: Iterable[str],
    joined: Literal["and", "or", "list"] = "and",
) -> Listing:
    """Join names of one kind."""
    return listed((Term(kind, each) for each in names), joined)


def whose(policy: Policy, plan: PlanRule, grant: GrantRule) -> Sentence:
    """Say which credits: a plan's; where it has several grants, by the grant's name too."""
    name = plan_name(policy, plan.name)
    if len(plan.grants) == 1:
        return say("whose.plan", grant.pointer, plan=name)
    return say("whose.grant", grant.pointer, plan=name, grant=Term("grant", grant.name))
