"""Asking the solver: is there a request that breaks a claim, and which is the smallest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, TypeAlias

import z3

from policyengine.proving.ratios import Term

MILLISECONDS: Final = 1000

Breaks: TypeAlias = Callable[[Mapping[str, Term]], Sequence[Term]]
"""From counts to conditions, all of which hold where a claim is broken."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Counts that break a claim; `is_smallest`: no others have a smaller sum, nor come before.

    Of those with the same sum, the one with the fewest of the first unit comes first, and so on.
    """

    counts: Mapping[str, int]
    is_smallest: bool


@dataclass(frozen=True, slots=True)
class Open:
    """The solver's own answer that it does not know, or that it ran out of time."""

    why: str


def find_broken(
    units: Sequence[str], up_to: int, seconds: float, broken: Breaks
) -> Broken | Open | None:
    """Search all counts from 0 to a bound for a request that breaks a claim.

    Takes: the time for an answer, and again for making an example smaller; a function from counts
    to the conditions under which a claim is broken.
    Gives: the smallest one; None if there is none, which is a proof.
    """
    variables = {unit: z3.Int(f"count of {unit}") for unit in units}
    solver = z3.Solver()
    _allow(solver, seconds)
    for variable in variables.values():
        solver.add(variable >= 0, variable <= up_to)
    for condition in broken(variables):
        if condition is False:
            return None
        if condition is not True:
            solver.add(condition)
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        return Open(f"the solver gave up: {solver.reason_unknown()}")
    return _smallest(solver, variables, monotonic() + seconds)


def _allow(solver: Any, seconds: float) -> None:
    """Give the solver so much time for its next answer."""
    solver.set("timeout", max(1, int(seconds * MILLISECONDS)))


def _smallest(solver: Any, variables: Mapping[str, Any], until: float) -> Broken:
    counts = _counts(solver, variables)
    whole = z3.Sum([*variables.values()])
    is_smallest = True
    for goal in (whole, *variables.values()):
        found, sure = _least(solver, variables, goal, counts, until)
        is_smallest, counts = is_smallest and sure, found
        solver.add(goal == _value(goal, whole, variables, counts))
    return Broken(counts, is_smallest)


def _least(
    solver: Any, variables: Mapping[str, Any], goal: Any, counts: dict[str, int], until: float
) -> tuple[dict[str, int], bool]:
    """Make a sum or a count as small as it can be, by halving; False where the solver gave up."""
    whole = z3.Sum([*variables.values()])
    low, high = 0, _value(goal, whole, variables, counts)
    while low < high:
        middle = (low + high) // 2
        left = until - monotonic()
        if left <= 0:
            return counts, False
        _allow(solver, left)
        solver.push()
        solver.add(goal <= middle)
        answer = solver.check()
        if answer == z3.sat:
            counts = _counts(solver, variables)
            high = _value(goal, whole, variables, counts)
        solver.pop()
        if answer == z3.unsat:
            low = middle + 1
        elif answer != z3.sat:
            return counts, False
    return counts, True


def _value(goal: Any, whole: Any, variables: Mapping[str, Any], counts: dict[str, int]) -> int:
    if goal.eq(whole):
        return sum(counts.values())
    return next(counts[unit] for unit, each in variables.items() if each.eq(goal))


def _counts(solver: Any, variables: Mapping[str, Any]) -> dict[str, int]:
    model = solver.model()
    return {
        unit: model.eval(variable, model_completion=True).as_long()
        for unit, variable in variables.items()
    }
