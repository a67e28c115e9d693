"""What plans give and what packs bring, when it expires, and what is kept of it."""

from collections.abc import Iterator

from policyengine.policy.document.granting import KeptCredits
from policyengine.policy.policy import (
    Expiry,
    GrantRule,
    KeptRule,
    MoneyPrice,
    PackRule,
    PlanRule,
    Policy,
)
from policyengine.values.amounts import micro_of
from policyengine.wording.naming import model_names, pack_name, plan_name, plan_names, terms, whose
from policyengine.wording.words import (
    Amount,
    Count,
    Sentence,
    Share,
    Span,
    Term,
    Value,
    Verbatim,
    When,
    listed,
    number,
    say,
)


def plan_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say of each plan how its cycles run and what it gives."""
    for plan in policy.plans.values():
        yield from one_plan(policy, plan)


def one_plan(policy: Policy, plan: PlanRule) -> Iterator[Sentence]:
    """Say how a plan's cycles run, what it gives, and how it ends."""
    name = plan_name(policy, plan.name)
    yield _cycle(plan, name)
    if plan.price is not None:
        key = "plans.price_joining" if plan.cycle is None else "plans.price_cycle"
        yield say(key, f"{plan.pointer}/price", plan=name, **_money(plan.price))
    for grant in plan.grants:
        yield _grant(policy, plan, grant)
    if not plan.grants:
        yield say("plans.no_grants", f"{plan.pointer}/grants", plan=name)
    if plan.balance_at_most_micro is not None:
        most = Amount(plan.balance_at_most_micro)
        yield say("plans.balance_at_most", f"{plan.pointer}/balance_at_most", plan=name, most=most)
    if plan.ends_after is not None:
        count, to = plan.ends_after
        yield say(
            "plans.ends_after",
            f"{plan.pointer}/after_cycles",
            plan=name,
            cycles=Count(count, "cycle"),
            to=plan_name(policy, to),
        )


def _money(price: MoneyPrice) -> dict[str, Value]:
    return {"price": number(price.amount), "currency": Verbatim(price.currency)}


def _cycle(plan: PlanRule, name: Value) -> Sentence:
    if plan.cycle is None:
        return say("plans.no_cycle", plan.pointer, plan=name)
    where = f"{plan.pointer}/cycle"
    if not plan.calendar:
        return say("plans.cycle", where, plan=name, cycle=Span(plan.cycle))
    first = say(f"plans.first.{plan.first_cycle}")
    return say("plans.cycle_calendar", where, plan=name, cycle=Span(plan.cycle), first=first)


def _grant(policy: Policy, plan: PlanRule, grant: GrantRule) -> Sentence:
    given: Value = Amount(grant.amount_micro)
    if len(plan.grants) > 1:
        given = say("plans.named", credits=given, grant=Term("grant", grant.name))
    if grant.per_seat:
        given = say("plans.per_seat", credits=given)
    when = given_words(grant)
    extras = list(_extras(policy, grant))
    name = plan_name(policy, plan.name)
    if not extras:
        return say("plans.grant", grant.pointer, plan=name, credits=given, when=when)
    return say(
        "plans.grant_with",
        grant.pointer,
        plan=name,
        credits=given,
        when=when,
        extras=listed(extras, "list"),
    )


def given_words(grant: GrantRule) -> Sentence:
    """Say when a grant is given."""
    if grant.every is not None:
        key = "given.each_calendar_period" if grant.by_calendar else "given.each_period"
        return say(key, every=Span(grant.every, each=True))
    return say(f"given.{grant.given}")


def _extras(policy: Policy, grant: GrantRule) -> Iterator[Sentence]:
    if grant.at_most is not None:
        most, span = Amount(grant.at_most.amount_micro), grant.at_most.span
        if span is None:
            yield say("extra.at_most_cycle", most=most)
        else:
            yield say("extra.at_most_span", most=most, span=Span(span))
    if grant.between is not None:
        yield say("extra.between", start=When(grant.between[0]), end=When(grant.between[1]))
    if grant.models:
        yield say("extra.models", models=model_names(policy, grant.models))
    if grant.units:
        yield say("extra.units", units=terms("unit", grant.units))


def pack_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what each pack brings, to whom it is sold, and how many may be held."""
    for pack in policy.packs.values():
        yield from one_pack(policy, pack)


def one_pack(policy: Policy, pack: PackRule) -> Iterator[Sentence]:
    """Say what a pack brings."""
    name = pack_name(policy, pack.name)
    yield say(
        "packs.pack",
        f"{pack.pointer}/credits",
        pack=name,
        credits=Amount(pack.amount_micro),
        plans=plan_names(policy, pack.sold_to),
    )
    if pack.price is not None:
        yield say("packs.price", f"{pack.pointer}/price", pack=name, **_money(pack.price))
    if pack.bonus is not None:
        bonus = Amount(pack.bonus.amount_micro)
        yield say("packs.bonus", f"{pack.pointer}/bonus", pack=name, credits=bonus)
    if pack.held_max is not None:
        most = Count(pack.held_max, "pack")
        yield say("packs.held", f"{pack.pointer}/at_most_held", pack=name, most=most)


def expiry_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say when credits expire: those of plans, of packs, and the instant itself."""
    for plan in policy.plans.values():
        for grant in plan.grants:
            yield _expiry(f"{grant.pointer}/expires", whose(policy, plan, grant), grant.expiry)
    for pack in policy.packs.values():
        name = pack_name(policy, pack.name)
        yield _bought(f"{pack.pointer}/expires", say("whose.pack", pack=name), pack.expiry)
        if pack.bonus is not None:
            bonus = say("whose.bonus", pack=name)
            yield _bought(f"{pack.pointer}/bonus/expires", bonus, pack.bonus.expiry)
    yield say("expiry.instant")
    yield say("expiry.held")


def _expiry(where: str, credits_: Sentence, expiry: Expiry) -> Sentence:
    if expiry.span is not None:
        return say("expiry.span", where, whose=credits_, span=Span(expiry.span))
    return say(f"expiry.{expiry.how}", where, whose=credits_)


def _bought(where: str, credits_: Sentence, expiry: Expiry) -> Sentence:
    if expiry.span is not None:
        return say("expiry.bought", where, whose=credits_, span=Span(expiry.span))
    return say("expiry.never", where, whose=credits_)


def carry_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what is kept of unused credits when their grant comes again."""
    for plan in policy.plans.values():
        for grant in plan.grants:
            if grant.given != "once":
                yield from _carried(policy, plan, grant)
    if any(grant.given == "once" for plan in policy.plans.values() for grant in plan.grants):
        yield say("carry.once")
    if policy.packs:
        yield say("carry.packs")


def _carried(policy: Policy, plan: PlanRule, grant: GrantRule) -> Iterator[Sentence]:
    credits_ = whose(policy, plan, grant)
    where = f"{grant.pointer}/carry_over"
    if grant.carry_over == "none":
        ends = grant.expiry.how in {"end_of_cycle", "end_of_period"}
        yield say("carry.none" if ends else "carry.own_life", where, whose=credits_)
    elif grant.kept is None:
        yield say("carry.all", where, whose=credits_)
    else:
        rollover = policy.document.plans[plan.name].grants[grant.name].rollover
        yield from _kept(grant, grant.kept, rollover or KeptCredits(), credits_)


def _kept(
    grant: GrantRule, rule: KeptRule, rollover: KeptCredits, credits_: Sentence
) -> Iterator[Sentence]:
    """Say how much is kept, how often, and until when."""
    where = f"{grant.pointer}/rollover"
    bounds: list[Value] = []
    if rollover.share is not None:
        bounds.append(say(f"kept.share_{rule.of}", share=Share(rule.share)))
    if rollover.at_most is not None:
        bounds.append(say("kept.at_most", most=Amount(micro_of(rollover.at_most))))
    if rollover.at_most_times is not None:
        bounds.append(say("kept.at_most_times", times=number(rollover.at_most_times)))
    if bounds:
        yield say("carry.some", where, whose=credits_, bounds=listed(bounds, "list"))
    else:
        yield say("carry.all_left", where, whose=credits_)
    if rule.at_least_micro:
        yield say(
            "kept.at_least", f"{where}/at_least", whose=credits_, least=Amount(rule.at_least_micro)
        )
    if rule.times is not None:
        yield say("kept.cycles", f"{where}/cycles", whose=credits_, times=Count(rule.times, "time"))
    if rollover.priority is not None:
        priority = number(rollover.priority)
        yield say("kept.priority", f"{where}/priority", whose=credits_, priority=priority)
    yield say(f"kept.{'renewed' if rule.renewed else 'as_before'}", where, whose=credits_)
