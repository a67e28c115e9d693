"""Names that refer to something elsewhere in the file: it has to exist, and to be named once."""

from collections.abc import Iterator, Sequence

from policyengine.policy.checks.findings import (
    found,
    found_at_key,
    pointer_to,
    see_value,
    unknown_name,
)
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.limits import Cap
from policyengine.policy.document.plans import Changes
from policyengine.policy.source import Source
from policyengine.policy.vocabulary import vocabulary_of
from policyengine.values.diagnostics import Diagnostic


def check_plans_exist(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A plan that a pack, a cancellation or `replaces` names is in the list of plans."""
    for pointer, plan in _plans_named(document):
        if plan not in document.plans:
            message = f"there is no plan `{plan}`"
            yield unknown_name(source, "PE201", pointer, message, plan, document.plans)
    for name, model in document.models.items():
        for plan in model.multiplier_on_plan:
            if plan not in document.plans:
                pointer = pointer_to("models", name, "multiplier_on_plan", plan)
                message = f"there is no plan `{plan}`"
                yield unknown_name(
                    source, "PE201", pointer, message, plan, document.plans, at_key=True
                )
    if document.replaces is None:
        return
    known = (*document.plans, *document.replaces.removed_plans)
    for index, keep in enumerate(document.replaces.keep):
        if keep.plan not in known:
            pointer = pointer_to("replaces", "keep", index, "plan")
            message = f"there is no plan `{keep.plan}`, neither in `plans` nor in `removed_plans`"
            yield unknown_name(source, "PE201", pointer, message, keep.plan, known)


def _plans_named(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    for name, pack in document.packs.items():
        for index, plan in enumerate(pack.sold_to):
            yield pointer_to("packs", name, "sold_to", index), plan
    yield from (
        (f"{place}/{index}", plan)
        for place, plans in _plans_of_limits(document)
        for index, plan in enumerate(plans)
    )
    for name, modifier in document.modifiers.items():
        for index, plan in enumerate(modifier.plans or ()):
            yield pointer_to("modifiers", name, "plans", index), plan
    for name, part in document.plans.items():
        if part.after_cycles is not None:
            yield pointer_to("plans", name, "after_cycles", "to"), part.after_cycles.to
    yield from _plans_of_changes(document.changes)
    if document.replaces is not None:
        for removed, plan in document.replaces.removed_plans.items():
            yield pointer_to("replaces", "removed_plans", removed), plan


def _plans_of_changes(changes: Changes) -> Iterator[tuple[str, str]]:
    for index, pair in enumerate(changes.pairs):
        yield pointer_to("changes", "pairs", index, "from"), pair.from_
        yield pointer_to("changes", "pairs", index, "to"), pair.to
    for index, each in enumerate(changes.forbidden):
        for key, plan in (("from", each.from_), ("to", each.to)):
            if plan is not None:
                yield pointer_to("changes", "forbidden", index, key), plan
    yield "/changes/cancel/to", changes.cancel.to


def _plans_of_limits(document: PolicyDocument) -> Iterator[tuple[str, Sequence[str]]]:
    part = document.shortfall
    if part.overage is not None:
        yield "/shortfall/overage/plans", part.overage.plans or ()
    if part.fallback is not None:
        yield "/shortfall/fallback/plans", part.fallback.plans or ()
    for index, cap in enumerate(document.caps):
        yield pointer_to("caps", index, "plans"), cap.plans or ()


def check_limits_name_what_is_there(
    document: PolicyDocument, source: Source
) -> Iterator[Diagnostic]:
    """A fallback and a cap name models of the list, and a top-up a pack of it."""
    named = []
    if document.shortfall.fallback is not None:
        named.append(("/shortfall/fallback/model", document.shortfall.fallback.model))
    for index, cap in enumerate(document.caps):
        place = pointer_to("caps", index, "models")
        named += [(f"{place}/{number}", model) for number, model in enumerate(cap.models or ())]
    for pointer, model in named:
        if model not in document.models:
            message = f"there is no model `{model}`"
            yield unknown_name(source, "PE216", pointer, message, model, document.models)
    for index, cap in enumerate(document.caps):
        yield from _grants_of_cap(document, source, pointer_to("caps", index, "grants"), cap)
    top_up = document.top_up
    if top_up is not None and top_up.pack is not None and top_up.pack not in document.packs:
        yield unknown_name(
            source,
            "PE209",
            "/top_up/pack",
            f"there is no pack `{top_up.pack}`",
            top_up.pack,
            document.packs,
            otherwise="list it in `packs` first",
        )


def _grants_of_cap(
    document: PolicyDocument, source: Source, place: str, cap: Cap
) -> Iterator[Diagnostic]:
    """A cap names grants of a plan that it holds for."""
    plans = cap.plans or list(document.plans)
    named = (document.plans[plan].grants for plan in plans if plan in document.plans)
    known = list(dict.fromkeys(name for grants in named for name in grants))
    for number, grant in enumerate(cap.grants or ()):
        if grant not in known:
            message = f"no plan that this cap holds for has a grant `{grant}`"
            otherwise = "give a plan a grant first"
            pointer = f"{place}/{number}"
            yield unknown_name(source, "PE225", pointer, message, grant, known, otherwise=otherwise)


def check_units_exist(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A model's own rates are for units that are counted."""
    units = vocabulary_of(document).measures
    for name, model in document.models.items():
        places = [pointer_to("models", name, "rates", unit) for unit in model.rates or {}]
        places += [
            pointer_to("models", name, "tiers", index, "rates", unit)
            for index, tier in enumerate(model.tiers)
            for unit in tier.rates or {}
        ]
        for pointer in places:
            unit = pointer.rpartition("/")[2]
            if unit not in units:
                message = f"there is no unit `{unit}`"
                yield unknown_name(
                    source,
                    "PE202",
                    pointer,
                    message,
                    unit,
                    units,
                    otherwise="list it in `units` first",
                    at_key=True,
                )


def check_counting_exists(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A model is counted in a way that `counting` describes, and each way is some model's."""
    known = document.counting
    used = {model.counted_as for model in document.models.values()}
    for name, model in document.models.items():
        way = model.counted_as
        if way is not None and way not in known:
            pointer = pointer_to("models", name, "counted_as")
            message = f"there is no `{way}` in `counting`"
            otherwise = f"add `{way}` to `counting`"
            yield unknown_name(source, "PE203", pointer, message, way, known, otherwise=otherwise)
    # One that is misspelt at its model is not without use.
    for way in known if used <= {None, *known} else ():
        if way not in used:
            yield found_at_key(
                source,
                "PE204",
                pointer_to("counting", way),
                f"no model is counted as `{way}`",
                f"write `counted_as: {way}` at the models that it is for, or delete it",
                severity="warning",
            )


def check_listed_once(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A list of names has each name once."""
    yield from _twice(source, "/burn_order", document.burn_order)
    yield from _twice(source, "/cohorts", document.cohorts)
    for name, part in document.modifiers.items():
        for key in ("models", "plans", "measures", "not_with"):
            place = pointer_to("modifiers", name, key)
            yield from _twice(source, place, getattr(part, key) or ())
        for index, hours in enumerate(part.hours or ()):
            place = pointer_to("modifiers", name, "hours", index, "days")
            yield from _twice(source, place, hours.days or ())
    for name, pack in document.packs.items():
        yield from _twice(source, pointer_to("packs", name, "sold_to"), pack.sold_to)
    for place, plans in _plans_of_limits(document):
        yield from _twice(source, place, plans)
    for index, cap in enumerate(document.caps):
        yield from _twice(source, pointer_to("caps", index, "models"), cap.models or ())
    for name, plan in document.plans.items():
        for grant, given in plan.grants.items():
            if given.only_for is not None:
                place = pointer_to("plans", name, "grants", grant, "only_for")
                yield from _twice(source, f"{place}/models", given.only_for.models)
                yield from _twice(source, f"{place}/units", given.only_for.units)


def _twice(source: Source, pointer: str, names: Sequence[str]) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for index, name in enumerate(names):
        place = f"{pointer}/{index}"
        if name in first:
            yield found(
                source,
                "PE206",
                place,
                f"`{name}` stands here a second time",
                "delete one of the two",
                see_value(source, first[name], "it stands here already"),
            )
        first.setdefault(name, place)
