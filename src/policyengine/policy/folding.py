"""Folding: a price that is linear in the counts becomes one function over whole numbers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from policyengine.values.amounts import Micro, RoundingMode, round_ratio

CountPairs: TypeAlias = Iterable[tuple[str, int]]
Total: TypeAlias = Callable[[CountPairs], Micro]


@dataclass(frozen=True, slots=True)
class Rounding:
    """How exact prices become whole multiples of a quantum, at least a minimum if above 0."""

    quantum_micro: Micro
    mode: RoundingMode
    each_line: bool
    minimum_micro: Micro


def folded(
    weights: Mapping[str, int], constant: int, denominator: int, rounding: Rounding
) -> Total:
    """Give the function from counts to a rounded price.

    Takes: whole numbers such that the exact price in micro-credits is
    (constant + sum of count x weight) / denominator.
    Gives: a function that raises KeyError for a unit without a weight. It is the innermost step
    of every charge, so it closes over plain numbers and does nothing else.
    """
    own = dict(weights)
    if rounding.each_line:
        return _each_line(own, constant, denominator, rounding)
    if rounding.mode == "up":
        return _up(own, constant, denominator, rounding)
    quantum, mode, minimum = rounding.quantum_micro, rounding.mode, rounding.minimum_micro

    def total(counts: CountPairs) -> Micro:
        exact = 0
        for unit, count in counts:
            exact += own[unit] * count
        if counts:
            exact += constant
        price = round_ratio(exact, denominator, quantum, mode)
        return price if price >= minimum or not exact else minimum

    return total


def _up(own: dict[str, int], constant: int, denominator: int, rounding: Rounding) -> Total:
    quantum, minimum = rounding.quantum_micro, rounding.minimum_micro
    step = denominator * quantum

    def total(counts: CountPairs) -> Micro:
        exact = constant if counts else 0
        for unit, count in counts:
            exact += own[unit] * count
        price = -(-exact // step) * quantum
        return price if price >= minimum or not exact else minimum

    return total


def _each_line(own: dict[str, int], constant: int, denominator: int, rounding: Rounding) -> Total:
    quantum, mode, minimum = rounding.quantum_micro, rounding.mode, rounding.minimum_micro

    def total(counts: CountPairs) -> Micro:
        lines = [own[unit] * count for unit, count in counts]
        if lines and constant:
            lines.append(constant)
        price = sum(round_ratio(line, denominator, quantum, mode) for line in lines)
        return price if price >= minimum or not any(lines) else minimum

    return total


def graduated(
    weights: Mapping[str, int],
    parts: Mapping[str, tuple[tuple[int, int], ...]],
    constant: int,
    denominator: int,
    rounding: Rounding,
) -> Total:
    """Give the function from counts to a rounded price where some units cost more or less above.

    Takes: `parts` gives for such a unit its bounds, ascending, each with the weight of the counts
    above it; below the first bound the unit's own weight holds. The rest is as for `folded`.
    Gives: a function that raises KeyError for a unit without a weight. With `each_line` each part
    is a line.
    """
    steps = {unit: ((0, weight), *parts.get(unit, ())) for unit, weight in weights.items()}
    quantum, mode, minimum = rounding.quantum_micro, rounding.mode, rounding.minimum_micro
    each_line = rounding.each_line

    def total(counts: CountPairs) -> Micro:
        lines = [
            weight * (part_end - above)
            for unit, count in counts
            for above, weight, part_end in _parted(steps[unit], count)
        ]
        if counts and constant:
            lines.append(constant)
        if not each_line:
            lines = [sum(lines)]
        price = sum(round_ratio(line, denominator, quantum, mode) for line in lines)
        return price if price >= minimum or not any(lines) else minimum

    return total


def _parted(steps: tuple[tuple[int, int], ...], count: int) -> list[tuple[int, int, int]]:
    """Cut a count at its bounds: where each part begins, its weight, where it ends."""
    ends = [above for above, _ in steps[1:]] + [count]
    return [
        (above, weight, min(end, count))
        for (above, weight), end in zip(steps, ends, strict=True)
        if above < min(end, count)
    ]
