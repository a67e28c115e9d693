"""From what a caller asks to a plan: files checked, read, compared, simulated, judged."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from policyengine.app.checking import Checked, check, files_of
from policyengine.app.editions import edition_of
from policyengine.app.planning.against import base_of
from policyengine.app.planning.guards.load import usable_guards
from policyengine.app.planning.plan import Plan, change_of, guards_place, plan_of, sides_of
from policyengine.app.simulation.about import Report
from policyengine.app.simulation.sides import Side
from policyengine.values.calendar import Instant

Simulating: TypeAlias = Callable[[Side, Side], Report]
"""What runs recorded usage under an old and a new side."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is planned: a folder of policies, against what, with which guards, and when.

    `against` and `guards` are found where they are empty; `now` tells what reaches into the past.
    """

    place: Path
    now: Instant
    against: str = ""
    guards: Path | None = None


def make_plan(asked: Asked, simulating: Simulating | None = None) -> Plan | Checked:
    """Make a plan.

    Takes: what runs usage, or None for no simulation.
    Gives: what was found in the files instead, where one has an error.
    Raises: PolicyError for what cannot be compared; GuardsError for guards with mistakes; what the
    simulation raises.
    """
    place = asked.place
    checked = check(files_of([place]))
    if checked.errors:
        return checked
    edition = edition_of(str(place), place)
    change = change_of(place, base_of(asked.against, place, place), edition, asked.now)
    file = guards_place(place) if asked.guards is None else asked.guards
    guards = None if file is None else usable_guards(file, change.every)
    sides = None if simulating is None else sides_of(change)
    simulated = None if simulating is None or sides is None else simulating(*sides)
    return plan_of(change, checked, simulated, guards)
