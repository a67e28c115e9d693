"""A plan: what a change of policies does, of all that can be known before it is merged."""

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from policyengine.app.checking import Checked
from policyengine.app.diffing import Diff, Gone, diff_of
from policyengine.app.editions import Edition, lock_changes
from policyengine.app.file_kinds import GUARDS_NAME
from policyengine.app.planning.against import Base
from policyengine.app.planning.guards.load import Guards, load_guards
from policyengine.app.planning.judging import Judged, Verdict, judge, worst_of
from policyengine.app.planning.measuring import Known
from policyengine.app.planning.trees import Scenarios, scenarios_of
from policyengine.app.policies import PolicyError
from policyengine.app.simulation.about import Report
from policyengine.app.simulation.sides import Side
from policyengine.app.starter import near
from policyengine.policy.policy import Policy
from policyengine.values.calendar import Instant

GUARDS_FOLDERS_MAX: Final = 3
"""Guards lie beside the policies, or in one of the folders above, up to the current one."""


@dataclass(frozen=True, slots=True)
class Change:
    """Two editions of policies, and all that differs; `pairs` are the newest of what changed."""

    place: Path
    base: Base
    edition: Edition
    diff: Diff

    @property
    def pairs(self) -> tuple[tuple[Policy, Policy], ...]:
        """Give, of each policy that changes, the newest version that does, with the one before."""
        newest: dict[str, tuple[Policy, Policy]] = {}
        for one in self.diff.compared:
            known = newest.get(one.new.name)
            if known is None or known[1].version < one.new.version:
                newest[one.new.name] = one.old, one.new
        return tuple(newest.values())

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Give the versions whose figures count: those that change, or else all newest ones."""
        if self.diff.compared:
            return tuple(each.new for each in self.diff.compared)
        return tuple(each[max(each)] for each in self.edition.policies.values())

    @property
    def every(self) -> tuple[Policy, ...]:
        """Give all versions of both editions: what guards may name."""
        sides = self.edition.policies, self.base.edition.policies
        named = [versions for side in sides for versions in side.values()]
        return tuple(each for versions in named for each in versions.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is known of a change, and the verdict on it.

    `simulated` is None where no usage was given. `guards_changed` tells that the guards themselves
    are part of the change.
    """

    change: Change
    checked: Checked
    scenarios: Scenarios
    simulated: Report | None
    guards_file: str | None
    guards_changed: bool
    judged: tuple[Judged, ...]

    @property
    def verdict(self) -> Verdict:
        """Give the gravest verdict; altered guards and unmet scenarios are a warning."""
        own: Verdict = "warn" if self.guards_changed or self.scenarios.unmet else "allow"
        return worst_of([own, *(each.verdict for each in self.judged)])

    @property
    def is_different(self) -> bool:
        """Tell whether anything differs: a fact about policies, or a scenario."""
        return bool(self.change.diff.kinds or self.scenarios.edited or self.guards_changed)


def change_of(place: Path, base: Base, edition: Edition, now: Instant) -> Change:
    """Compare what is here with what it was.

    Takes: the folder of policies, read already; the present, to tell what reaches into the
    past.
    """
    found = diff_of(base.edition, edition, now)
    if base.is_commit:
        lost = lock_changes(base.exactly, place)
        gone = tuple(Gone(each, "structural", is_past=True) for each in lost)
        found = replace(found, notes=(*found.notes, *gone))
    return Change(place, base, edition, found)


def plan_of(
    change: Change, checked: Checked, simulated: Report | None, guards: Guards | None
) -> Plan:
    """Play the scenarios, and hold the change to its guards."""
    scenarios = scenarios_of(change.place, change.base.scenarios, change.pairs)
    file = None if guards is None else guards.file
    judged: tuple[Judged, ...] = ()
    if guards is not None:
        known = Known(
            tuple((each.old, each.new) for each in change.diff.compared),
            change.policies,
            scenarios.played,
            simulated,
            change.diff,
            guards.costs,
        )
        judged = tuple(judge(*each, known) for each in guards.guards)
    is_changed = _guards_changed(change, file)
    return Plan(change, checked, scenarios, simulated, file, is_changed, judged)


def guards_place(place: Path) -> Path | None:
    """Find the guards that are nearest to policies; None where there are none."""
    return next((each for each in _guards_places(place) if each.is_file()), None)


def _guards_places(place: Path) -> list[Path]:
    folders = [place.absolute(), *place.absolute().parents][:GUARDS_FOLDERS_MAX]
    here = Path.cwd()
    if place.absolute().is_relative_to(here):
        # What lies above the current folder is not the caller's.
        folders = [each for each in folders if each.is_relative_to(here)]
    return [near(each / GUARDS_NAME) for each in folders]


def _guards_changed(change: Change, file: str | None) -> bool:
    """Tell whether a change alters, or takes away, the guards that it is held to."""
    top = change.base.repository
    if top is None:
        return False
    places = _guards_places(change.place) if file is None else [Path(file)]
    inside = [each.resolve() for each in places]
    was = [
        change.base.guards[PurePosixPath(each.relative_to(top).as_posix())]
        for each in inside
        if each.is_relative_to(top)
        and PurePosixPath(each.relative_to(top).as_posix()) in change.base.guards
    ]
    if not was:
        return False
    if file is None:
        return True
    before, after = (load_guards(each, file) for each in (was[0], Path(file).read_bytes()))
    return before.document != after.document


def sides_of(change: Change) -> tuple[Side, Side] | None:
    """Give what is simulated: the one pair of versions that differ, each as always in force.

    Gives: None where no version differs.
    Raises: PolicyError where several policies do.
    """
    pairs = change.pairs
    if len(pairs) > 1:
        names = ", ".join(f"`{new.name}`" for _, new in pairs)
        raise PolicyError(f"usage is of one policy, and several change: {names}; name one folder")
    if not pairs:
        return None
    old, new = (Side(each.file, ((each.file, each.source.encode()),), True) for each in pairs[0])
    return old, new
