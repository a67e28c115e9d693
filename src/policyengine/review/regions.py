"""The ranges of counts in which a model's price is one and the same, for two versions at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, prod
from typing import Final, TypeAlias

from policyengine.policy.expressions.expression import Expression
from policyengine.policy.expressions.linear import constant_of
from policyengine.policy.expressions.tree import Comparison, Logic, Name, Node, Opposite

REGIONS_MAX: Final = 256
"""More ranges than this are not looked at one by one."""

_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}

Units: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """Counts from `low` up to `high`, which is None for no end."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Region:
    """A range of each name that matters, and which of the other conditions hold."""

    ranges: tuple[tuple[str, Range], ...]
    holding: tuple[tuple[str, bool], ...] = ()

    def low(self, name: str) -> int:
        """Give the least count of a name in the region."""
        return dict(self.ranges)[name].low

    def holds(self, condition: Expression) -> bool:
        """Tell whether a condition holds in the region; it is one that made the region."""
        opaque = dict(self.holding)
        if condition.text in opaque:
            return opaque[condition.text]
        counts = dict(self.ranges)
        return bool(condition.compiled(*(counts[name].low for name in condition.names_used)))


def bounds_of(condition: Expression) -> dict[str, set[int]] | None:
    """Find the last counts below each step of a condition: it is constant between them.

    Gives: None for a condition that compares something else than a name with a number.
    """
    found: dict[str, set[int]] = {}
    return found if _collect(condition.root, found) else None


def _collect(node: Node, found: dict[str, set[int]]) -> bool:
    if isinstance(node, Logic):
        return all(_collect(each, found) for each in node.operands)
    if isinstance(node, Opposite):
        return _collect(node.operand, found)
    if not isinstance(node, Comparison):
        return False
    pairs = zip(node.signs, pairwise(node.operands), strict=True)
    return all(_collect_pair(sign, left, right, found) for sign, (left, right) in pairs)


def _collect_pair(sign: str, left: Node, right: Node, found: dict[str, set[int]]) -> bool:
    if isinstance(left, Name):
        value = constant_of(right)
        name = left.name
    elif isinstance(right, Name):
        value, name, sign = constant_of(left), right.name, _MIRRORED[sign]
    else:
        return False
    if value is None:
        return False
    steps = found.setdefault(name, set())
    steps.update(each for each in _steps(sign, value) if each >= 0)
    return True


def _steps(sign: str, value: Fraction) -> Iterator[int]:
    """Give the last counts before a comparison with a value may change."""
    if sign in {">", "<=", "==", "!="}:
        yield floor(value)
    if sign in {">=", "<", "==", "!="}:
        yield ceil(value) - 1


def regions_of(
    bounds: Mapping[str, set[int]], opaque: Sequence[str], units: Callable[[str], Units]
) -> tuple[Region, ...] | None:
    """Split all counts at the bounds of each name.

    Takes: conditions that are not of names and numbers, which may hold or not; the units that each
    name adds up, so that ranges that exclude each other are left out.
    Gives: None where there are too many.
    """
    sizes = [len(each) + 1 for each in bounds.values()]
    if prod(sizes) * 2 ** len(opaque) > REGIONS_MAX:
        return None
    ranges = [[(name, each) for each in _ranges(steps)] for name, steps in bounds.items()]
    truths = list(product((False, True), repeat=len(opaque)))
    return tuple(
        Region(each, tuple(zip(opaque, truth, strict=True)))
        for each in product(*ranges)
        if _is_possible(each, units)
        for truth in truths
    )


def _ranges(steps: set[int]) -> Iterator[Range]:
    low = 0
    for step in sorted(steps):
        yield Range(low, step)
        low = step + 1
    yield Range(low, None)


def _is_possible(ranges: Sequence[tuple[str, Range]], units: Callable[[str], Units]) -> bool:
    """Tell whether the ranges leave a count: a part is never more than its sum."""
    for part, of_part in ranges:
        for whole, of_whole in ranges:
            inside = units(part) < units(whole)
            if inside and of_whole.high is not None and of_part.low > of_whole.high:
                return False
    return True


def region_text(region: Region, last: Region | None = None) -> str:
    """Say where a region is: `above 200,000 input tokens`; empty where it is everywhere.

    Takes: another region that it reaches to, where several neighbours are meant.
    """
    words = []
    ends = dict((last or region).ranges)
    for name, each in region.ranges:
        low, high = each.low, ends[name].high
        noun = noun_of(name)
        if low and high is None:
            words.append(f"above {low - 1:,} {noun}")
        elif not low and high is not None:
            words.append(f"up to {high:,} {noun}")
        elif high is not None:
            words.append(f"from {low:,} to {high:,} {noun}")
    words += [f"where `{text}`" if holds else f"unless `{text}`" for text, holds in region.holding]
    return " and ".join(words)


def noun_of(name: str) -> str:
    """Say what a name counts: `all_input` is input tokens."""
    known = {"all_input": "input tokens", "all_output": "output tokens"}
    return known.get(name, name.removeprefix("all_"))
