"""Two editions of policies side by side: which versions are compared, and all that differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from policyengine.app.editions import Edition
from policyengine.app.policies import PolicyError
from policyengine.policy.policy import Policy
from policyengine.review.compare import Compared, compare
from policyengine.review.difference import KINDS, Difference, Kind, severity
from policyengine.values.calendar import Instant

Bar: TypeAlias = Literal["text", "additive", "dearer", "structural", "past"]
"""A class of differences from which on somebody does not accept them; the past is the gravest."""

PAST: Final = "past"


@dataclass(frozen=True, slots=True)
class Gone:
    """A policy or version that the newer edition lacks, or a policy that the older one lacked."""

    sentence: str
    kind: Kind
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """All comparisons of two editions, and what has no counterpart to be compared with."""

    old: str
    new: str
    compared: tuple[Compared, ...]
    notes: tuple[Gone, ...] = ()

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Give the differences of all comparisons."""
        return tuple(each for one in self.compared for each in one.differences)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Give the class of every fact."""
        return (*(each.kind for each in self.differences), *(each.kind for each in self.notes))

    @property
    def gravest(self) -> Kind | None:
        """Give the gravest class; None where nothing differs."""
        return max(self.kinds, key=severity, default=None)

    @property
    def is_past(self) -> bool:
        """Tell whether something reaches into the past."""
        found: tuple[Difference | Gone, ...] = (*self.differences, *self.notes)
        return any(each.is_past for each in found)

    def count(self, kind: Kind) -> int:
        """Count the facts of a class."""
        return self.kinds.count(kind)

    def reaches(self, bar: Bar) -> bool:
        """Tell whether a fact is as grave as that, or graver."""
        if self.is_past:
            return True
        gravest = self.gravest
        return bar != PAST and gravest is not None and severity(gravest) >= KINDS.index(bar)


def diff_of(old: Edition, new: Edition, now: Instant) -> Diff:
    """Compare two editions.

    One version is compared with one version. Of folders, each version of the newer one is compared
    with itself in the older one, and a version that is new with the one before it.
    """
    if old.is_single or new.is_single or old.policies.keys().isdisjoint(new.policies):
        was, is_ = old.only, new.only
        if was is not None and is_ is not None:
            found = compare(was, is_, now=now)
            return Diff(old.label, new.label, (found,) if found.differences else ())
        if old.is_single or new.is_single:
            several = old if was is None else new
            raise PolicyError(
                f"`{several.label}` has several policies, and the other one is a single file"
            )
    compared: list[Compared] = []
    notes: list[Gone] = []
    for name in dict.fromkeys((*old.policies, *new.policies)):
        before, after = old.policies.get(name, {}), new.policies.get(name, {})
        compared += _versions(before, after, now)
        notes += _notes(name, before, after)
    return Diff(old.label, new.label, tuple(compared), tuple(notes))


def latest_of(edition: Edition, now: Instant) -> Diff:
    """Compare the newest version of each policy with the one before it."""
    compared: list[Compared] = []
    for versions in edition.policies.values():
        numbers = sorted(versions)
        if len(numbers) > 1:
            one, other = versions[numbers[-2]], versions[numbers[-1]]
            compared.append(compare(one, other, now=now))
    return Diff(edition.label, edition.label, tuple(compared))


def _versions(
    before: Mapping[int, Policy], after: Mapping[int, Policy], now: Instant
) -> Iterator[Compared]:
    for number in sorted(after) if before else ():
        one = before.get(number)
        other = after[number]
        if one is None:
            earlier = [each for each in after if each < number] or [
                each for each in before if each < number
            ]
            if not earlier:
                continue
            one = after.get(max(earlier)) or before[max(earlier)]
            found = compare(one, other, now=now, is_new=True)
        else:
            found = compare(one, other, now=now)
        if found.differences:
            yield found


def _notes(name: str, before: Mapping[int, Policy], after: Mapping[int, Policy]) -> Iterator[Gone]:
    if not before:
        numbers = ", ".join(str(each) for each in sorted(after))
        yield Gone(f"a new policy {name}, version {numbers}", "additive")
        return
    for number in sorted(set(before) - set(after)):
        if before[number].document.status == "published":
            sentence = (
                f"{name} version {number} is gone; it is published, and the ledger may name it"
            )
            yield Gone(sentence, "structural", is_past=True)
        else:
            yield Gone(f"{name} version {number}, a draft, is gone", "text")
