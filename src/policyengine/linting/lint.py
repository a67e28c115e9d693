"""The linter: every search for an economic fault, in one tuple, over every version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from policyengine.linting.changing import (
    downgrades_that_pay,
    gifts_that_come_again,
    upgrades_in_steps,
)
from policyengine.linting.faults import Fault, Search, Subject
from policyengine.linting.granting import bought_before_free, unspendable_grants
from policyengine.linting.past import dearer_afterwards, dearer_for_the_past
from policyengine.linting.prices import cheap_packs, cheaper_for_more, work_for_nothing
from policyengine.policy.load import Loaded
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import Instant
from policyengine.values.diagnostics import Diagnostic

SEARCHES: Final[tuple[Search, ...]] = (
    upgrades_in_steps,
    gifts_that_come_again,
    downgrades_that_pay,
    unspendable_grants,
    bought_before_free,
    cheap_packs,
    cheaper_for_more,
    work_for_nothing,
    dearer_for_the_past,
    dearer_afterwards,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A fault with its finding on the file, and the timeline on which its story runs."""

    fault: Fault
    finding: Diagnostic
    timeline: Timeline


def faults_of(subject: Subject) -> tuple[Fault, ...]:
    """Search one version for every fault, in the order of the searches.

    Gives: of several of one kind at one place, the first; the others have the same cure.
    """
    found: dict[tuple[str, str], Fault] = {}
    for search in SEARCHES:
        for fault in search(subject):
            found.setdefault((fault.code, fault.pointer), fault)
    return tuple(found.values())


def lint(loaded: Sequence[Loaded], now: Instant | None = None) -> tuple[Found, ...]:
    """Search the versions of policies, drafts included.

    Takes: files that were read, of which those with errors are left out; the time, for drafts.
    Gives: the faults by policy, version, search; each version in a timeline that ends with it.
    """
    versions: dict[str, list[tuple[Policy, Loaded]]] = {}
    for each in loaded:
        if each.policy is not None:
            versions.setdefault(each.policy.name, []).append((each.policy, each))
    found: list[Found] = []
    for _, files in sorted(versions.items()):
        files.sort(key=lambda pair: pair[0].effective_at)
        for number, (policy, file) in enumerate(files):
            timeline = Timeline.of(*(each for each, _ in files[: number + 1]))
            faults = faults_of(Subject(policy, timeline, now))
            found += [Found(fault, _finding(fault, file), timeline) for fault in faults]
    return tuple(found)


def _finding(fault: Fault, file: Loaded) -> Diagnostic:
    source = file.source
    return Diagnostic(
        fault.code,
        fault.message,
        source.name,
        source.key_span(fault.pointer),
        "warning",
        fault.pointer,
        fault.help,
    )
