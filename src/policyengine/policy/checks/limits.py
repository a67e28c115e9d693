"""Limits that contradict each other or have no effect: overage, fallback, caps, top-ups."""

from collections.abc import Iterator

from policyengine.policy.checks.findings import found, found_at_key, pointer_to, see_key, see_value
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.limits import Cap
from policyengine.policy.limits import CYCLE
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic

_BEFORE = "/shortfall/before_request"
_TERMS = {"overage": "price, consent and limit", "fallback": "the model"}
_EXAMPLES = {
    "overage": "overage: {price: 0.04, currency: USD, opt_in: required, limit: 500}",
    "fallback": "fallback: {model: lite}",
}


def check_shortfall_terms(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Overage and fallback have terms where a shortfall leads to them, and none where not.

    What overage cannot pay may fall back.
    """
    part = document.shortfall
    for word, terms in (("overage", part.overage), ("fallback", part.fallback)):
        if part.before_request == word and terms is None:
            yield found(
                source,
                "PE240",
                _BEFORE,
                f"`before_request: {word}` needs the key `{word}`: {_TERMS[word]}",
                f"add `{_EXAMPLES[word]}`",
            )
        leads = (word, "overage") if word == "fallback" else (word,)
        if part.before_request not in leads and terms is not None:
            yield found_at_key(
                source,
                "PE241",
                f"/shortfall/{word}",
                f"no request leads to `{word}`, since a shortfall before it leads to "
                f"`{part.before_request}`",
                f"delete it, or write `before_request: {word}`",
                see_value(source, _BEFORE, "this decides"),
            )
    if part.in_debt is not None and part.after_request != "go_into_debt":
        yield found_at_key(
            source,
            "PE241",
            "/shortfall/in_debt",
            f"no wallet goes into debt, since a shortfall leads to `{part.after_request}`",
            "delete it, or write `after_request: go_into_debt`",
            see_value(source, "/shortfall/after_request", "this decides"),
        )


def check_overage_is_billed(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Overage is taken to an invoice at a renewal, so that its plans have cycles."""
    part = document.shortfall.overage
    if part is None:
        return
    for index, name in enumerate(part.plans or ()):
        plan = document.plans.get(name)
        if plan is not None and plan.cycle is None:
            yield found(
                source,
                "PE254",
                pointer_to("shortfall", "overage", "plans", index),
                f"plan `{name}` has no cycle, so that its overage would never be invoiced",
                f"delete it, or give `{name}` a cycle",
                see_key(source, pointer_to("plans", name), "this plan never renews"),
            )
    if part.plans is None and all(plan.cycle is None for plan in document.plans.values()):
        yield found_at_key(
            source,
            "PE254",
            "/shortfall/overage",
            "no plan has a cycle, so that no overage would ever be invoiced",
            "give a plan a cycle, such as `cycle: 1 month`",
        )


def check_fallback_is_cheaper(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A fallback costs less than some other model, or it never helps."""
    part = document.shortfall.fallback
    model = None if part is None else document.models.get(part.model)
    if part is None or model is None or model.rates:
        return
    others = [each for name, each in document.models.items() if name != part.model]
    if all(not each.rates and each.multiplier <= model.multiplier for each in others):
        yield found(
            source,
            "PE255",
            "/shortfall/fallback/model",
            f"no model costs more than `{part.model}`, so that nothing can fall back to it",
            "name a cheaper model, such as one with `multiplier: 0`",
        )


def check_caps_have_effect(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A cap says its time in one way; it blocks something before others do, and its time ends."""
    caps = document.caps
    for index, cap in enumerate(caps):
        pointer = pointer_to("caps", index)
        if (cap.per is None) == (cap.within is None):
            yield from _without_one_time(source, pointer, cap)
        if cap.per == CYCLE:
            yield from _without_cycle(document, source, pointer, cap)
        yield from _grants_of(source, pointer, cap)
        for number, other in enumerate(caps):
            is_first = other.credits < cap.credits or (
                other.credits == cap.credits and number < index
            )
            if number != index and is_first and _covers(other, cap):
                lower = pointer_to("caps", number, "credits")
                yield found(
                    source,
                    "PE257",
                    f"{pointer}/credits",
                    "this cap never blocks: another one that is as low holds for the same use",
                    "delete it, or write a lower number",
                    see_value(source, lower, "this one blocks first"),
                )
                break


def _grants_of(source: Source, pointer: str, cap: Cap) -> Iterator[Diagnostic]:
    """A cap names grants where it counts what their credits pay, and then nothing of requests."""
    scope = see_value(source, f"{pointer}/scope", "this decides what is counted")
    if cap.scope == "grant" and cap.grants is None:
        yield found(
            source,
            "PE240",
            f"{pointer}/scope",
            "`scope: grant` needs the key `grants`: whose credits are counted",
            "add a line such as `grants: [monthly]`",
        )
    if cap.scope != "grant" and cap.grants is not None:
        message = f"a cap of scope `{cap.scope}` counts requests, whatever pays for them"
        help_ = "delete it, or write `scope: grant`"
        yield found_at_key(source, "PE241", f"{pointer}/grants", message, help_, scope)
    if cap.scope == "grant" and cap.models is not None:
        message = "a cap of scope `grant` counts what its credits pay, for whichever model"
        help_ = "delete it, or restrict the grant itself by `only_for`"
        yield found_at_key(source, "PE241", f"{pointer}/models", message, help_, scope)


def _without_one_time(source: Source, pointer: str, cap: Cap) -> Iterator[Diagnostic]:
    is_empty = cap.per is None
    yield found_at_key(
        source,
        "PE264",
        pointer,
        f"this cap says {'nothing' if is_empty else 'two things'} of the time in which it counts",
        "write either `per` or `within`" if is_empty else "delete one of `per` and `within`",
    )


def _without_cycle(
    document: PolicyDocument, source: Source, pointer: str, cap: Cap
) -> Iterator[Diagnostic]:
    names = cap.plans or list(document.plans)
    plans = [document.plans[name] for name in names if name in document.plans]
    if plans and all(plan.cycle is None for plan in plans):
        yield found(
            source,
            "PE256",
            f"{pointer}/per",
            "none of the plans that this cap holds for has a cycle, so that it never begins anew",
            "write `1 month`, or give a plan a cycle",
        )


def _covers(other: Cap, cap: Cap) -> bool:
    """Tell whether a cap counts the same use as another one, for all its plans."""
    counted = (cap.scope, cap.per, cap.within, set(cap.models or ()))
    if (other.scope, other.per, other.within, set(other.models or ())) != counted:
        return False
    if not set(cap.grants or ()) <= set(other.grants or ()):
        return False
    return other.plans is None or (cap.plans is not None and set(cap.plans) <= set(other.plans))


def check_seats_renew(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """What is given for each seat is given in each cycle, since seats come and go with it."""
    for plan, part in document.plans.items():
        for name, grant in part.grants.items():
            if grant.for_each is None:
                continue
            pointer = pointer_to("plans", plan, "grants", name)
            if grant.given != "each_cycle":
                yield found_at_key(
                    source,
                    "PE298",
                    f"{pointer}/for_each",
                    "seats are counted cycle by cycle, and this grant is given otherwise",
                    "delete it, or write `given: each_cycle`",
                    see_value(source, f"{pointer}/given", "this is when it is given"),
                )
            if grant.rollover is not None and grant.rollover.at_most_times is not None:
                yield found_at_key(
                    source,
                    "PE298",
                    f"{pointer}/for_each",
                    "it is open whether `at_most_times` is of one seat's credits or of all",
                    "write `at_most` in its place",
                    see_value(source, f"{pointer}/rollover/at_most_times", "times what"),
                )


def check_top_up(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A top-up says in one way what it buys, and that is enough."""
    part = document.top_up
    if part is None:
        return
    if (part.pack is None) == (part.up_to is None):
        is_empty = part.pack is None
        yield found_at_key(
            source,
            "PE258",
            "/top_up",
            f"this top-up says {'nothing' if is_empty else 'two things'} of what it buys",
            "write either `pack` or `up_to`" if is_empty else "delete one of `pack` and `up_to`",
        )
    if part.up_to is not None and part.expires is None:
        yield found(
            source,
            "PE240",
            "/top_up/up_to",
            "`up_to` needs `expires`: how long the credits last",
            "add `expires: 12 months`",
        )
    if part.up_to is None and part.expires is not None:
        yield found_at_key(
            source,
            "PE241",
            "/top_up/expires",
            "a pack says itself how long its credits last",
            "delete it",
        )
    if part.up_to is not None and part.up_to < part.below:
        yield found(
            source,
            "PE259",
            "/top_up/up_to",
            "a top-up leaves the wallet where it asks for the next one",
            "write at least what `below` says",
            see_value(source, "/top_up/below", "below this a top-up is asked for"),
        )
