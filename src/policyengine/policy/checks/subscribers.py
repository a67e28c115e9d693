"""Versions after each other: what every existing subscriber gets from the next one."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from policyengine.policy.checks.dropping import check_dropped
from policyengine.policy.checks.findings import did_you_mean, pointer_to
from policyengine.policy.checks.replacement import covers
from policyengine.policy.checks.sequence import Version
from policyengine.policy.document.conduct import Replaces
from policyengine.policy.document.plans import Plan
from policyengine.values.calendar import parse_instant
from policyengine.values.diagnostics import Diagnostic


def check_subscribers(versions: Sequence[Version]) -> Iterator[Diagnostic]:
    """Ask of each version what it means for those who subscribed under an earlier one.

    Takes: all versions of one policy, in order; each has passed the checks of its own file.
    """
    held: dict[str, Version] = {}
    for index, version in enumerate(versions):
        replaces = version.document.replaces
        if replaces is not None:
            yield from _check_promises(version, replaces, versions[:index])
            yield from _check_answers(version, replaces, held)
            yield from _check_names(version, replaces, held)
            yield from _check_plans_without_cycle(version, replaces, held)
            yield from _check_cycles_go_on(version, replaces, held)
        held = _held_under(version, held)
    for older, newer in pairwise(versions):
        yield from _check_gifts(older, newer)
        yield from check_dropped(older, newer)


def _held_under(version: Version, before: Mapping[str, Version]) -> dict[str, Version]:
    """Give the plans that a subscriber may be on before the next version, and who has their terms.

    A plan of an older version is still held by those who keep it, and by all where a version is for
    new subscribers only.
    """
    replaces = version.document.replaces
    held = dict.fromkeys(version.document.plans, version)
    if replaces is None:
        return held
    if replaces.plans == "new_subscribers_only":
        return {**before, **held}
    kept = {keep.plan: before[keep.plan] for keep in replaces.keep if keep.plan in before}
    return {**kept, **held}


def _check_answers(
    version: Version, replaces: Replaces, held: Mapping[str, Version]
) -> Iterator[Diagnostic]:
    """Every plan that is held goes on, or another one takes over."""
    if replaces.plans == "new_subscribers_only":
        return
    plans = version.document.plans
    for plan, older in held.items():
        if plan not in plans and plan not in replaces.removed_plans:
            lowest = next(iter(plans))
            yield version.found(
                "PE407",
                "/replaces/removed_plans",
                f"the subscribers of `{plan}` have no plan in version {version.number}",
                f"name the plan that takes over, such as `removed_plans: {{{plan}: {lowest}}}`",
                older.see(pointer_to("plans", plan), "the plan was here", at_key=True),
                at_key=True,
            )


def _check_names(
    version: Version, replaces: Replaces, held: Mapping[str, Version]
) -> Iterator[Diagnostic]:
    """What is said of a plan is said of one that somebody may be on."""
    for plan in replaces.removed_plans:
        if plan not in held:
            yield version.found(
                "PE408",
                pointer_to("replaces", "removed_plans", plan),
                f"no earlier version has a plan `{plan}`",
                did_you_mean(plan, held),
                at_key=True,
            )
    for index, keep in enumerate(replaces.keep):
        if keep.plan not in held:
            yield version.found(
                "PE408",
                pointer_to("replaces", "keep", index, "plan"),
                f"no earlier version has a plan `{keep.plan}`, so nobody keeps it",
                did_you_mean(keep.plan, held),
            )


def _check_plans_without_cycle(
    version: Version, replaces: Replaces, held: Mapping[str, Version]
) -> Iterator[Diagnostic]:
    """Who has no cycles never reaches the next one, and stays where they are."""
    if replaces.plans != "at_next_cycle":
        return
    plans = version.document.plans
    for plan, older in held.items():
        if older.document.plans[plan].cycle is not None:
            continue
        see = older.see(pointer_to("plans", plan), "it has no `cycle`", at_key=True)
        if plan in replaces.removed_plans:
            pointer = pointer_to("replaces", "removed_plans", plan)
            message = f"existing subscribers of `{plan}` have no next cycle, and stay on it"
        elif plan in plans and plans[plan].cycle is not None:
            pointer = pointer_to("plans", plan, "cycle")
            message = f"existing subscribers of `{plan}` have no next cycle, and get none"
        else:
            continue
        yield version.found(
            "PE410",
            pointer,
            message,
            "move them by a plan change each, or keep a plan without cycles for them",
            see,
            at_key=True,
            severity="warning",
        )


def _check_cycles_go_on(
    version: Version, replaces: Replaces, held: Mapping[str, Version]
) -> Iterator[Diagnostic]:
    """New terms that hold at once hold in a cycle that both versions have."""
    if replaces.plans != "at_once":
        return
    for plan, older in held.items():
        after = replaces.removed_plans.get(plan, plan)
        new = version.document.plans.get(after)
        if older is version or new is None:
            continue
        key = _unlike(older.document.plans[plan], new)
        if not key and version.document.time.zone != older.document.time.zone:
            key = "time/zone"
        if key:
            see = older.see(pointer_to("plans", plan), "the plan before", at_key=True)
            yield version.found(
                "PE417",
                "/replaces/plans",
                f"a running cycle of `{plan}` cannot go on under new terms: `{key}` is another one",
                f"write `at_next_cycle`, or `{key}` as in version {older.number}",
                see,
            )


def _unlike(old: Plan, new: Plan) -> str:
    """Name the key by which cycles of two plans differ, or periods of a grant that both have."""
    for key in ("cycle", "cycle_from"):
        if (getattr(old, key) or "joining") != (getattr(new, key) or "joining"):
            return key
    ours, theirs = (
        {
            name: (each.every, each.every_from == "calendar")
            for name, each in plan.grants.items()
            if each.given != "once"
        }
        for plan in (old, new)
    )
    both = (name for name in ours if name in theirs)
    return next((f"grants/{name}/every" for name in both if ours[name] != theirs[name]), "")


def _check_promises(
    version: Version, replaces: Replaces, earlier: Sequence[Version]
) -> Iterator[Diagnostic]:
    """Terms that an earlier version lets somebody keep are kept by this one as well."""
    starts_at = version.effective_at
    if replaces.plans == "new_subscribers_only" or starts_at is None:
        return
    for older in earlier:
        part = older.document.replaces
        for index, keep in enumerate(part.keep if part is not None else ()):
            is_over = parse_instant(keep.until) <= starts_at
            if is_over or any(covers(each, keep) for each in replaces.keep):
                continue
            yield version.found(
                "PE411",
                "/replaces/keep",
                f"version {older.number} keeps `{keep.plan}` until `{keep.until}`, and this "
                "version ends it",
                "repeat the entry in `keep`, or let this version start later",
                older.see(pointer_to("replaces", "keep", index), "kept here"),
                at_key=True,
                severity="warning",
            )


def _check_gifts(older: Version, newer: Version) -> Iterator[Diagnostic]:
    """A one-time grant is known by its name: under a new one, everybody gets it once more."""
    replaces = newer.document.replaces
    removed = replaces.removed_plans if replaces is not None else {}
    for plan in newer.document.plans:
        given = [each for each in _gifts(newer, plan) if each not in _gifts(older, plan)]
        sources = (plan, *(each for each, target in removed.items() if target == plan))
        gone = [
            (source, each)
            for source in sources
            for each in _gifts(older, source)
            if each not in _gifts(newer, source)
        ]
        for gift in given if gone else ():
            source, name = gone[0]
            moved = "" if source == plan else f" on `{source}`"
            yield newer.found(
                "PE409",
                pointer_to("plans", plan, "grants", gift),
                f"`{gift}` is given to all who had `{name}`{moved} as well, since its name is new",
                f"keep the plan `{source}`, or delete the grant, if it is the same gift"
                if moved
                else f"keep the name `{name}` if it is the same gift",
                older.see(
                    pointer_to("plans", source, "grants", name), "the gift before", at_key=True
                ),
                at_key=True,
                severity="warning",
            )


def _gifts(version: Version, plan: str) -> list[str]:
    part = version.document.plans.get(plan)
    grants = {} if part is None else part.grants
    return [name for name, grant in grants.items() if grant.given == "once"]
