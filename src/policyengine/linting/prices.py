"""Prices that invite: packs cheaper than plans, more for less, work for nothing."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from policyengine.engine.commands import BuyPack, Charge, GiveGrant, Usage
from policyengine.engine.rating import exact_lines
from policyengine.ledger.subscriptions import Standing
from policyengine.linting.faults import (
    ANA,
    Fault,
    Subject,
    boundary_of,
    cost,
    join,
    just_before,
    pass_time,
)
from policyengine.policy.policy import ModelPrices, PackRule, PlanRule, Policy
from policyengine.simulate.paying import Paid
from policyengine.simulate.stories import Play
from policyengine.values.amounts import AMOUNT_MICRO_MAX, MICRO_PER_CREDIT, Micro, credits_text

COUNT_MAX: Final = 10**9
"""The most counts of a unit that searches over prices look at."""
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DECADES: Final = tuple(10**power for power in range(10))


def cheap_packs(subject: Subject) -> Iterator[Fault]:
    """Find packs that cost less per credit than every plan; exact, where prices are known.

    Compared: what the pack costs over its credits and bonus; what the second cycle of each plan
    costs over what it gives. A plan's first cycle and its gifts are left out.
    """
    policy = subject.policy
    for pack in policy.packs.values():
        if pack.price is None:
            continue
        currency = pack.price.currency
        bonus = 0 if pack.bonus is None else pack.bonus.amount_micro
        per_credit = pack.price.amount / (pack.amount_micro + bonus)
        rates = {plan: _per_credit(subject, plan, currency) for plan in subject.plans}
        known = {plan: rate for plan, rate in rates.items() if rate}
        if known and all(per_credit < rate for rate in known.values()):
            cheapest = min(known, key=lambda plan: known[plan])
            yield _cheap(subject, pack, cheapest, per_credit, known[cheapest])


def _per_credit(subject: Subject, plan: PlanRule, currency: str) -> Fraction | None:
    """Give what a micro-credit of a plan's second cycle costs in a currency."""
    play = subject.play()
    start = subject.starts_at
    join(play, ANA, start, plan)
    first = boundary_of(play, ANA, start)
    pass_time(play, ANA, just_before(first))
    paid, given = play.paid(ANA), play.given(ANA, f".plans.{plan.name}.")
    pass_time(play, ANA, first)
    pass_time(play, ANA, just_before(boundary_of(play, ANA, first)))
    amount = play.paid(ANA).plus(paid, -1).known.get(currency, Fraction(0))
    given = play.given(ANA, f".plans.{plan.name}.") - given
    return amount / given if given and amount else None


def _cheap(
    subject: Subject, pack: PackRule, plan: PlanRule, per_credit: Fraction, of_plan: Fraction
) -> Fault:
    play = subject.play()
    at = subject.starts_at
    sold_to = pack.sold_to[0]
    buyer = plan if plan.name in pack.sold_to else subject.policy.plans[sold_to]
    join(play, ANA, at, buyer)
    play.do(ANA, at, BuyPack(pack.name))
    thousand = 1000 * MICRO_PER_CREDIT
    price = pack.price
    currency = "" if price is None else price.currency
    mine, theirs = Paid({currency: per_credit * thousand}), Paid({currency: of_plan * thousand})
    return Fault(
        "EF106",
        f"{pack.pointer}/price",
        f"the pack `{pack.name}` is cheaper per credit than every plan",
        f"let it cost more than {_rounded(theirs)} for 1,000 credits, as `{plan.name}` does",
        tuple(play.commands),
        f"1,000 credits cost {_rounded(mine)} in the pack, and {_rounded(theirs)} in "
        f"`{plan.name}`, the cheapest plan",
    )


def _rounded(paid: Paid) -> str:
    """Write a price per credits to six decimals, which money has no use for beyond."""
    return str(Paid({name: round(amount, 6) for name, amount in paid.known.items()}))


def standings_of(policy: Policy, model: ModelPrices) -> Iterator[Standing]:
    """Give who can ask for a model at different prices: anybody, plans and cohorts of its own."""
    first = next(iter(policy.plans))
    yield Standing(next((plan for plan in policy.plans if plan not in model.on_plan), first))
    for plan in model.on_plan:
        yield Standing(plan)
    for cohort in model.for_cohort:
        yield Standing(first, cohort)


def cheaper_for_more(subject: Subject) -> Iterator[Fault]:
    """Find requests that cost less than requests with fewer counts.

    Searched: each model for each price that it has; each unit, with the others at 0 or above every
    threshold; counts around each number in the formula and the conditions, taken as counts and as
    credits, and powers of ten. Between two counts whose prices fall, the fall itself is found.
    """
    policy = subject.policy
    for model in policy.models.values():
        found = next(_falls(subject, model), None)
        if found is not None:
            yield found


def _falls(subject: Subject, model: ModelPrices) -> Iterator[Fault]:
    policy = subject.policy
    literals = literals_of(policy, model)
    above = int(max(literals, default=Fraction(0))) + 1
    for standing in standings_of(policy, model):
        for unit in policy.units:
            for others in (0, above):
                base = {each: others for each in policy.units if each != unit and others}
                counts = candidates_of(model, unit, literals)
                prices = [cost(policy, model.name, {**base, unit: n}, standing) for n in counts]
                for (low, dear), (high, cheap) in pairwise(zip(counts, prices, strict=True)):
                    if cheap < dear <= AMOUNT_MICRO_MAX:
                        yield _fall(subject, model, standing, unit, base, (low, high))


def literals_of(policy: Policy, model: ModelPrices) -> list[Fraction]:
    """Give the numbers in the formula and in the conditions of a model's tiers."""
    document = policy.document
    texts = [tier.when for tier in document.models[model.name].tiers]
    texts += [document.charge.formula]
    return [Fraction(number) for text in texts for number in _NUMBER.findall(text)]


def candidates_of(model: ModelPrices, unit: str, literals: list[Fraction]) -> list[int]:
    """Give the counts of a unit at which a price may fall, ascending."""
    part = model.price.units[unit]
    found = set(_DECADES) | {0}
    for literal in literals:
        as_counts = [literal]
        if part.rate:
            as_counts.append(literal * part.per / part.rate)
            if part.multiplier:
                as_counts.append(literal * part.per / part.rate / part.multiplier)
        for each in as_counts:
            found.update(int(each) + step for step in (-1, 0, 1, 2))
    return sorted(each for each in found if 0 <= each <= COUNT_MAX)


def _fall(
    subject: Subject,
    model: ModelPrices,
    standing: Standing,
    unit: str,
    base: dict[str, int],
    between: tuple[int, int],
) -> Fault:
    """Find two neighbouring counts of which the higher one costs less, and tell of them."""
    policy = subject.policy
    low, high = between
    cheap = cost(policy, model.name, {**base, unit: high}, standing)
    while high - low > 1:
        middle = (low + high) // 2
        price = cost(policy, model.name, {**base, unit: middle}, standing)
        if price > cheap:
            low = middle
        else:
            high, cheap = middle, price
    dear = cost(policy, model.name, {**base, unit: low}, standing)
    play = _asking(subject, standing, dear + cheap)
    for count in (low, high):
        play.do(ANA, subject.starts_at, Charge(Usage.of(model.name, {**base, unit: count})))
    tiers = policy.document.models[model.name].tiers
    return Fault(
        "EF107",
        f"{model.pointer}/tiers/0" if tiers else "/charge/formula",
        f"with `{model.name}`, {high:,} {unit} cost {credits_text(dear - cheap)} credits less than "
        f"{low:,}",
        "apply the lower price to the `part_above`, or raise it",
        tuple(play.commands),
        f"{low:,} {unit} cost {credits_text(dear)} credits, and {high:,} cost "
        f"{credits_text(cheap)}",
    )


def _asking(subject: Subject, standing: Standing, credits_micro: Micro) -> Play:
    """Set up a wallet that asks for prices as somebody, and can pay so much."""
    play = subject.play()
    at = subject.starts_at
    join(play, ANA, at, subject.policy.plans[standing.plan], standing.cohort)
    play.do(ANA, at, GiveGrant(max(credits_micro, MICRO_PER_CREDIT)))
    return play


def work_for_nothing(subject: Subject) -> Iterator[Fault]:
    """Find requests that are worth something and cost nothing, because of rounding.

    Searched: each model for each price that it has, each unit alone, from one count up to the
    first that costs anything. Of those of one place, the request that is worth most is told.
    """
    policy = subject.policy
    best: dict[str, tuple[Fraction, ModelPrices, Standing, str, int]] = {}
    for model in policy.models.values():
        part = policy.document.models[model.name]
        place = "/credits/round" if part.round is None else f"{model.pointer}/round"
        for standing in standings_of(policy, model):
            for unit in policy.units:
                count = _most_for_nothing(policy, model.name, unit, standing)
                worth = _exact(policy, model, standing, unit, count)
                if worth and (place not in best or worth > best[place][0]):
                    best[place] = (worth, model, standing, unit, count)
    for place, (worth, model, standing, unit, count) in best.items():
        yield _for_nothing(subject, place, worth, model, standing, unit, count)


def _most_for_nothing(policy: Policy, model: str, unit: str, standing: Standing) -> int:
    low, high = 0, 1
    while high <= COUNT_MAX and not cost(policy, model, {unit: high}, standing):
        low, high = high, high * 2
    if high > COUNT_MAX:
        return 0  # free altogether, as the policy says
    while high - low > 1:
        middle = (low + high) // 2
        if cost(policy, model, {unit: middle}, standing):
            high = middle
        else:
            low = middle
    return low


def _exact(
    policy: Policy, model: ModelPrices, standing: Standing, unit: str, count: int
) -> Fraction:
    """Give what a request is worth before rounding, in micro-credits; of the usual price table."""
    if not count:
        return Fraction(0)
    table = policy.models[model.name].for_wallet(standing.plan, standing.cohort).price
    return sum(exact_lines(table, ((unit, count),)), start=Fraction(0))


def _for_nothing(
    subject: Subject,
    place: str,
    worth: Fraction,
    model: ModelPrices,
    standing: Standing,
    unit: str,
    count: int,
) -> Fault:
    times = max(2, -(-MICRO_PER_CREDIT // worth.__ceil__()))
    play = _asking(subject, standing, MICRO_PER_CREDIT)
    for _ in range(2):
        play.do(ANA, subject.starts_at, Charge(Usage.of(model.name, {unit: count})))
    whole = cost(subject.policy, model.name, {unit: count * times}, standing)
    return Fault(
        "EF108",
        place,
        f"{count:,} {unit} of `{model.name}` cost nothing, as often as they are asked for",
        "round `up`, or state a `minimum` above 0",
        tuple(play.commands),
        f"{times:,} such requests cost 0; the same work in one request costs "
        f"{credits_text(whole)} credits",
    )
