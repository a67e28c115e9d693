"""What requests cost: compared by what a version does, not by how its file says it.

For each model, and each plan or cohort with a multiplier of its own, the price of one count of
each unit is computed in every range between the thresholds of both versions. Where nothing differs
there is no difference, however the file was written anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from policyengine.policy.nodes import pointer_of
from policyengine.policy.policy import ModelPrices, Policy, PriceTable
from policyengine.review.difference import Difference, gone, said
from policyengine.review.regions import Region, region_text
from policyengine.review.sides import (
    Counts,
    PricedSide,
    exact_credits,
    priced_side,
    sample_requests,
    shared_regions,
)
from policyengine.review.words import credits_text, listed, number, signed_percent
from policyengine.values.amounts import MICRO_PER_CREDIT

EVERYONE: Final = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a model's price: of some units, in some range, for some wallets.

    No `units` are all that cost something. `spared` are the wallets for whom nothing changes,
    since their plan or cohort has a multiplier of its own. `detail` says it in numbers.
    """

    ratio: Fraction | None
    units: tuple[str, ...]
    where: str
    audience: str
    detail: str
    pointer: str
    model: str
    is_dearer: bool
    spared: tuple[str, ...] = ()

    @property
    def claim(self) -> tuple[object, ...]:
        """What steps of several models or wallets have in common to be said in one sentence."""
        amount = self.detail if self.ratio is None else ""
        return self.ratio, self.units, self.where, self.is_dearer, amount, self.spared


def price_differences(old: Policy, new: Policy) -> Iterator[Difference]:
    """Compare the prices of all models."""
    steps: list[Step] = []
    for name, model in new.models.items():
        if name not in old.models:
            sentence = f"a new model {name}: {_offer(model)}"
            yield said("additive", pointer_of(["models", name]), sentence)
        else:
            steps += _steps(old, new, name)
    for name in old.models:
        if name not in new.models:
            fate = "refused" if new.unknown_as is None else f"priced as {new.unknown_as}"
            sentence = f"the model {name} is gone; requests for it are {fate}"
            yield gone("structural", pointer_of(["models", name]), sentence)
    both = [name for name in new.models if name in old.models]
    groups: dict[tuple[object, ...], list[Step]] = {}
    for step in steps:
        groups.setdefault((step.claim, step.audience), []).append(step)
    for group in groups.values():
        yield _sentence(group, len(both))
    yield from _formula(old, new, changed=bool(steps))


def _offer(model: ModelPrices) -> str:
    if model.price.formula is None and not any(each.weight for each in model.price.units.values()):
        return "free"
    tiers = f", {len(model.tiers)} tiers" if len(model.tiers) > 1 else ""
    tiers = ", with a tier" if len(model.tiers) == 1 else tiers
    return f"x {number(model.price.multiplier)}{tiers}"


def _sentence(group: list[Step], models: int) -> Difference:
    first = group[0]
    names = [each.model for each in group]
    who = "every model" if len(names) == models > 1 else listed(names)
    verb = "cost" if len(names) > 1 and len(names) != models else "costs"
    more = "more" if first.is_dearer else "less"
    units = f" for {listed(first.units)}" if first.units else ""
    where = f" {first.where}" if first.where else ""
    audience = f" {first.audience}" if first.audience else ""
    if first.spared:
        audience = f", but not {listed(first.spared)}"
    detail = first.detail
    if len(group) > 1 and first.ratio is not None:
        detail = signed_percent(first.ratio)
    sentence = f"{who} {verb} {more}{units}{where}{audience}: {detail}"
    return said("dearer" if first.is_dearer else "additive", first.pointer, sentence)


def _formula(old: Policy, new: Policy, *, changed: bool) -> Iterator[Difference]:
    texts = old.document.charge.formula, new.document.charge.formula
    if texts[0].split() == texts[1].split():
        return
    sentence = f"the formula is `{texts[0]}` -> `{texts[1]}`"
    both = old.models.keys() & new.models.keys()
    linear = all(
        each.price.formula is None for policy in (old, new) for each in policy.models.values()
    )
    if linear and both and not changed:
        yield said("text", "/charge/formula", f"{sentence}; prices stay as they are")
    elif linear:
        yield said("text", "/charge/formula", f"{sentence}; what that changes is said by model")
    else:
        yield said("structural", "/charge/formula", sentence)


# One model


def _steps(old: Policy, new: Policy, name: str) -> Iterator[Step]:
    was, now = old.models[name], new.models[name]
    general = list(_for_audience(old, new, was, now, EVERYONE))
    told = {each.claim for each in general}
    spared: list[str] = []
    others: list[Step] = []
    for audience, before, after in _audiences(old, new, was, now):
        steps = list(_for_audience(old, new, before, after, audience))
        if not steps:
            spared.append(audience)
        others += [each for each in steps if each.claim not in told]
    yield from (replace(each, spared=tuple(spared)) for each in general)
    yield from others


def _audiences(
    old: Policy, new: Policy, was: ModelPrices, now: ModelPrices
) -> Iterator[tuple[str, ModelPrices, ModelPrices]]:
    """Give the plans and cohorts that have a multiplier of their own in either version."""
    for who in dict.fromkeys((*was.on_plan, *now.on_plan)):
        # Of a plan that is new or gone, all else is new or gone as well.
        if who in old.plans and who in new.plans:
            yield f"on plan {who}", was.on_plan.get(who, was), now.on_plan.get(who, now)
    for who in dict.fromkeys((*was.for_cohort, *now.for_cohort)):
        yield f"for cohort {who}", was.for_cohort.get(who, was), now.for_cohort.get(who, now)


def _for_audience(
    old: Policy, new: Policy, was: ModelPrices, now: ModelPrices, audience: str
) -> Iterator[Step]:
    before, after = priced_side(old, was), priced_side(new, now)
    regions = shared_regions(before, after)
    if regions is None:
        yield from _too_many(before, after, audience)
        return
    changes = [(region, tuple(_changes(before, after, region))) for region in regions]
    for where, region, found in _merged(changes):
        for each in found:
            yield Step(
                each.ratio,
                each.units,
                where,
                audience,
                each.detail,
                each.pointer or after.table(region).pointer,
                now.name,
                each.is_dearer,
            )


def _merged(
    changes: list[tuple[Region, tuple["_Change", ...]]],
) -> Iterator[tuple[str, Region, tuple["_Change", ...]]]:
    """Put regions together that change alike: all of them, or neighbours along a single name."""
    claims = [tuple(each.claim for each in found) for _, found in changes]
    is_line = len(changes[0][0].ranges) == 1 and not changes[0][0].holding
    start = 0
    for index in range(1, len(changes) + 1):
        is_last = index == len(changes)
        if not is_last and claims[index] == claims[start] and (is_line or len(set(claims)) == 1):
            continue
        region, found = changes[start]
        where = "" if is_last and not start else region_text(region, changes[index - 1][0])
        if found:
            yield where, region, _alike([each for _, each in changes[start:index]])
        start = index


def _alike(changes: list[tuple["_Change", ...]]) -> tuple["_Change", ...]:
    """Say in numbers what several regions have in common: the share, if not the amounts."""
    return tuple(
        each[0]
        if each[0].ratio is None or len({one.detail for one in each}) == 1
        else replace(each[0], detail=signed_percent(each[0].ratio))
        for each in zip(*changes, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """What changes in one region."""

    ratio: Fraction | None
    units: tuple[str, ...]
    detail: str
    pointer: str
    is_dearer: bool

    @property
    def claim(self) -> tuple[object, ...]:
        """What regions have in common to be told as one."""
        return self.ratio, self.units, self.is_dearer, self.detail if self.ratio is None else ""


def _changes(before: PricedSide, after: PricedSide, region: Region) -> Iterator[_Change]:
    was, now = before.table(region), after.table(region)
    if was.formula is not None or now.formula is not None:
        yield from _sampled(was, now, region)
        return
    units = [each for each in now.units if each in was.units]
    costs = {unit: (before.cost(region, unit), after.cost(region, unit)) for unit in units}
    changed = {unit: pair for unit, pair in costs.items() if pair[0] != pair[1]}
    paid = {unit for unit, pair in costs.items() if any(pair)}
    groups: dict[Fraction | None, list[str]] = {}
    for unit, pair in changed.items():
        groups.setdefault(_ratio(pair), []).append(unit)
    for ratio, alike in groups.items():
        label = () if set(alike) == paid else _label(after.policy, alike, paid)
        one = len(alike) == 1 and len(units) > 1
        pairs = [changed[each] for each in alike]
        if ratio is None and not one:
            label = tuple(alike) if label else ()
        yield _told(was, now, alike, pairs[0], label, is_single=one)
    constants = [
        Fraction(each.constant, each.denominator * MICRO_PER_CREDIT) for each in (was, now)
    ]
    if constants[0] != constants[1]:
        detail = f"{number(constants[0])} -> {credits_text(constants[1])} for each request"
        is_dearer = constants[1] > constants[0]
        yield _Change(None, (), detail, "/charge/formula", is_dearer)


def _ratio(pair: tuple[Fraction, Fraction]) -> Fraction | None:
    return pair[1] / pair[0] if pair[0] else None


def _label(policy: Policy, units: list[str], paid: set[str]) -> tuple[str, ...]:
    """Name a measure for all of its units that cost something."""
    names: list[str] = []
    for measure, part in policy.document.units.items():
        inside = [each for each in part.rates if each in units]
        costly = [each for each in part.rates if each in paid]
        names += [measure] if len(inside) > 1 and inside == costly else inside
    return tuple(names)


def _told(
    was: PriceTable,
    now: PriceTable,
    units: list[str],
    pair: tuple[Fraction, Fraction],
    label: tuple[str, ...],
    *,
    is_single: bool,
) -> _Change:
    """Say in numbers what changes alike: by the multiplier where it explains it, else by rates."""
    price = now.units[units[0]]
    ratio = _ratio(pair)
    factors = was.multiplier, now.multiplier
    pointer = price.pointer
    by_factor = factors[0] != factors[1] and ratio == _ratio(factors)
    if by_factor:
        pointer = now.pointer
    if ratio == 0 and not label:
        detail = "it becomes free"
    elif ratio is None and by_factor:
        detail = f"it was free, now x {number(factors[1])}"
    elif ratio is not None and by_factor:
        share = signed_percent(ratio)
        detail = f"x {number(factors[0])} -> x {number(factors[1])} ({share})"
    else:
        detail = _cost_detail(pair, price.per)
        if not is_single:
            detail = f"{detail}, for {units[0]}"
    return _Change(ratio, label, detail, pointer, pair[1] > pair[0])


def _cost_detail(pair: tuple[Fraction, Fraction], per: int) -> str:
    costs = number(pair[0] * per), credits_text(pair[1] * per)
    each_ = "each" if per == 1 else f"per {per:,}"
    ratio = _ratio(pair)
    share = "" if ratio is None else f" ({signed_percent(ratio)})"
    return f"{costs[0]} -> {costs[1]} {each_}{share}"


# Prices that no rate can say: looked at by samples


def _sampled(was: PriceTable, now: PriceTable, region: Region) -> Iterator[_Change]:
    """Compare formulas that are not sums by some requests, one of each unit and all together."""
    units = [each for each in now.units if each in was.units]
    found: dict[bool, tuple[Counts, Fraction, Fraction]] = {}
    for sample in sample_requests(units, region):
        pair = [exact_credits(table, sample) for table in (was, now)]
        if pair[0] != pair[1]:
            found.setdefault(pair[1] > pair[0], (sample, pair[0], pair[1]))
    for is_dearer, (sample, before, after) in found.items():
        counts = listed([f"{count:,} {unit}" for unit, count in sample.items()])
        detail = f"such as {counts}, {number(before)} -> {credits_text(after)}"
        yield _Change(None, (), detail, now.pointer, is_dearer)


def _too_many(before: PricedSide, after: PricedSide, audience: str) -> Iterator[Step]:
    """Compare the price without tiers alone, and say so, where there are too many ranges."""
    region = Region(())
    for each in _changes(
        PricedSide(before.policy, before.prices, ()),
        PricedSide(after.policy, after.prices, ()),
        region,
    ):
        yield Step(
            each.ratio,
            each.units,
            "in no tier",
            audience,
            each.detail,
            each.pointer,
            after.prices.name,
            each.is_dearer,
        )
