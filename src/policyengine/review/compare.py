"""The one door: two versions of a policy in, every difference out, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from policyengine.policy.policy import Policy
from policyengine.review.changing import changing_differences
from policyengine.review.charging import charging_differences
from policyengine.review.conduct import conduct_differences
from policyengine.review.difference import Difference, Kind, said, severity
from policyengine.review.limits import limit_differences
from policyengine.review.packs import pack_differences
from policyengine.review.plans import plan_differences
from policyengine.review.prices import price_differences
from policyengine.review.version import version_differences
from policyengine.review.words import instant
from policyengine.values.calendar import Instant

_SECTIONS: Final = (
    version_differences,
    charging_differences,
    plan_differences,
    pack_differences,
    changing_differences,
    conduct_differences,
    limit_differences,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions and what differs, gravest class first, then in the order of the file."""

    old: Policy
    new: Policy
    differences: tuple[Difference, ...]

    def of(self, kind: Kind) -> tuple[Difference, ...]:
        """Give the differences of a class."""
        return tuple(each for each in self.differences if each.kind == kind)

    @property
    def past(self) -> tuple[Difference, ...]:
        """Give the differences that reach into the past."""
        return tuple(each for each in self.differences if each.is_past)


def compare(old: Policy, new: Policy, *, now: Instant, is_new: bool = False) -> Compared:
    """Say everything that differs between two versions, one fact at a time.

    Takes: two compiled policies; the present, to tell what reaches into the past; whether the newer
    one is a version that nobody has seen yet.
    Gives: no difference for two files that say the same, however they are written.
    """
    found = [each for section in _SECTIONS for each in section(old.document, new.document)]
    found += price_differences(old, new)
    if not found and old.sha256 != new.sha256:
        found = list(_otherwise(old, new))
    found = list(_marked(found, old, new, now=now, is_new=is_new))
    placed = [_placed(each, old, new) for each in dict.fromkeys(found)]
    placed.sort(key=lambda each: (-severity(each.kind), each.new_line or each.old_line or 0))
    return Compared(old, new, tuple(placed))


def _otherwise(old: Policy, new: Policy) -> Iterator[Difference]:
    """Say that a file is written in another way, or name what no section knows of."""
    before, after = (each.document.model_dump(by_alias=True) for each in (old, new))
    unknown = [key for key in after if before[key] != after[key] and key not in _BY_EFFECT]
    if unknown:
        keys = ", ".join(f"`{each}`" for each in unknown)
        yield said("structural", f"/{unknown[0]}", f"{keys} says something else")
    else:
        yield said("text", "", "the file says the same in another way")


_BY_EFFECT: Final = frozenset({"units", "models", "charge", "changes", "modifiers", "cohorts"})
"""Keys that are compared by what they do: another text may do the same."""


def _marked(
    found: list[Difference], old: Policy, new: Policy, *, now: Instant, is_new: bool
) -> Iterator[Difference]:
    """Mark what reaches into the past, and say why."""
    is_same = (old.name, old.version) == (new.name, new.version)
    if is_same and old.document.status == "published" and found:
        since = instant(old.document.effective)
        begun = old.effective_at <= now
        sentence = f"version {new.version} is published and was edited: " + (
            f"what it has decided since {since} would be decided otherwise"
            if begun
            else f"it is locked, though it is in force only from {since}"
        )
        yield replace(said("structural", "/status", sentence), is_past=begun)
        for each in found:
            yield replace(each, is_past=begun and each.kind != "text")
        return
    seen = not is_new and new.document.status == "published"
    if not is_same and not seen and new.effective_at < now:
        since = instant(new.document.effective)
        sentence = (
            f"version {new.version} reaches into the past: it counts from {since}, and requests "
            f"since then were priced by version {old.version}"
        )
        yield replace(said("structural", "/effective", sentence), is_past=True)
    yield from found


def _placed(each: Difference, old: Policy, new: Policy) -> Difference:
    """Find the lines of a difference; a place that one file lacks has none there."""
    return replace(
        each,
        old_line=_line(old, each.pointer),
        new_line=None if each.is_gone else _line(new, each.pointer) or new.line(each.pointer),
    )


def _line(policy: Policy, pointer: str) -> int | None:
    return policy.lines.get(pointer)
