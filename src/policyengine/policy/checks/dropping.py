"""Versions after each other: what one had that somebody may use, and the next one has not."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from policyengine.policy.checks.findings import pointer_to
from policyengine.policy.checks.sequence import Version
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.plans import Plan
from policyengine.values.diagnostics import Diagnostic

_FATES: Final = {
    "unit": "requests that count it are refused",
    "model": "requests for it are refused",
    "modifier": "requests that name it are refused",
    "cohort": "its wallets pay what all others do",
    "pack": "nobody can buy it any more",
    "old unit": "nobody can turn it into credits any more",
}


def check_dropped(older: Version, newer: Version) -> Iterator[Diagnostic]:
    """What is gone is said in `why`, so that the changelog tells those who use it."""
    for kind, section, name, pointer in _dropped(older.document, newer.document):
        if not _is_said(name, newer.document.why):
            yield _found(older, newer, kind, section, name, pointer)
    yield from _grants(older, newer)


def _is_said(name: str, why: str) -> bool:
    """Tell whether a text names something: as a word of its own, or several of its kind."""
    plain = re.escape(name.lower()).replace("_", "[_ ]")
    return re.search(rf"(?<![a-z0-9]){plain}s?(?![a-z0-9])", why.lower()) is not None


def _dropped(old: PolicyDocument, new: PolicyDocument) -> Iterator[tuple[str, str, str, str]]:
    """Give kind, section, name and old place of all that is gone by its name."""
    units = {unit for measure in new.units.values() for unit in measure.rates}
    for measure, part in old.units.items():
        for side, names in part.sides:
            for unit in names:
                if unit not in units:
                    yield "unit", "units", unit, pointer_to("units", measure, side, unit)
    named = [name for name, part in old.modifiers.items() if part.hours is None]
    pairs: tuple[tuple[str, str, Collection[str], Collection[str]], ...] = (
        ("model", "models", old.models, new.models),
        ("modifier", "modifiers", named, new.modifiers),
        ("pack", "packs", old.packs, new.packs),
        ("old unit", "conversions", old.conversions, new.conversions),
    )
    for kind, section, before, after in pairs:
        for name in before:
            if name not in after:
                yield kind, section, name, pointer_to(section, name)
    for index, name in enumerate(old.cohorts):
        if name not in new.cohorts:
            yield "cohort", "cohorts", name, pointer_to("cohorts", index)


def _found(
    older: Version, newer: Version, kind: str, section: str, name: str, pointer: str
) -> Diagnostic:
    fate = _FATES[kind]
    taken_over = newer.document.charge.priced_as
    if kind == "model" and taken_over is not None:
        fate = f"requests for it are priced as `{taken_over}`"
    return newer.found(
        "PE416",
        pointer_to(section),
        f"the {kind} `{name}` is gone: {fate}",
        f"keep it, or name `{name}` in `why`, so that the changelog says so",
        older.see(pointer, "it was here", at_key=True),
        at_key=True,
        severity="warning",
    )


def _grants(older: Version, newer: Version) -> Iterator[Diagnostic]:
    """A grant that recurs is gone from a plan whose subscribers this version takes along.

    Where another one that recurs is new, it takes the place of the old one.
    """
    replaces = newer.document.replaces
    if replaces is None or replaces.plans == "new_subscribers_only":
        return
    for plan, now in newer.document.plans.items():
        was = older.document.plans.get(plan)
        if was is None or _is_replaced(was, now):
            continue
        for name, grant in was.grants.items():
            is_gone = grant.given != "once" and name not in now.grants
            if is_gone and not _is_said(name, newer.document.why):
                since = " from their next cycle" if replaces.plans == "at_next_cycle" else ""
                yield newer.found(
                    "PE416",
                    pointer_to("plans", plan, "grants"),
                    f"`{plan}` no longer gives `{name}`: its subscribers get it no more{since}",
                    f"keep it, or name `{name}` in `why`, so that the changelog says so",
                    older.see(pointer_to("plans", plan, "grants", name), "given", at_key=True),
                    at_key=True,
                    severity="warning",
                )


def _is_replaced(was: Plan, now: Plan) -> bool:
    return any(each.given != "once" and name not in was.grants for name, each in now.grants.items())
