"""Exact rational arithmetic for a solver: whole numbers over constant denominators, no reals.

An expression of the house becomes a term of whole numbers that is equal to it for all values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import lcm
from typing import Any, Final, TypeAlias, assert_never

import z3

from policyengine.policy.expressions.tree import (
    Arithmetic,
    Choice,
    Comparison,
    Extreme,
    Logic,
    Name,
    Negative,
    Node,
    Number,
    Opposite,
    Quotient,
    Rounding,
)
from policyengine.values.amounts import RoundingMode

Term: TypeAlias = Any
"""A whole number or a condition: Python's own where it is constant, else the solver's."""

_COMPARES: Final = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """`number / over`, where `over` is a constant above 0."""

    number: Term
    over: int = 1

    def times(self, factor: Fraction) -> "Ratio":
        """Multiply by a constant."""
        return Ratio(self.number * factor.numerator, self.over * factor.denominator)


def constant(value: Fraction) -> Ratio:
    """Give a constant."""
    return Ratio(value.numerator, value.denominator)


def total(ratios: Sequence[Ratio]) -> Ratio:
    """Add ratios up."""
    numbers, over = _aligned(ratios)
    return Ratio(sum(numbers), over)


def chosen(condition: Term, one: Term, other: Term) -> Term:
    """Give one term where a condition holds, and the other one where it does not."""
    if isinstance(condition, bool):
        return one if condition else other
    return z3.If(
        condition, *(z3.IntVal(each) if isinstance(each, int) else each for each in (one, other))
    )


def all_of(conditions: Sequence[Term]) -> Term:
    """Tell whether all conditions hold."""
    open_ones = [each for each in conditions if each is not True]
    if any(each is False for each in open_ones):
        return False
    return z3.And(*open_ones) if open_ones else True


def opposite(condition: Term) -> Term:
    """Tell whether a condition does not hold."""
    return not condition if isinstance(condition, bool) else z3.Not(condition)


def any_of(conditions: Sequence[Term]) -> Term:
    """Tell whether any condition holds."""
    return opposite(all_of([opposite(each) for each in conditions]))


def floored(number: Term, step: int) -> Term:
    """Count the whole steps in a number; down to the next one where it is negative."""
    return number // step if isinstance(number, int) else number / step


def rounded(ratio: Ratio, quantum: int, mode: RoundingMode) -> Term:
    """Round as `round_ratio` does: to a whole number of `quantum`.

    Takes: a ratio that is never below 0.
    """
    number, step = ratio.number, ratio.over * quantum
    match mode:
        case "up":
            return -floored(-number, step) * quantum
        case "down":
            return floored(number, step) * quantum
        case "half_up":
            return floored(2 * number + step, 2 * step) * quantum
        case "half_even":
            whole = floored(number, step)
            rest = number - whole * step
            goes_up = any_of([2 * rest > step, all_of([2 * rest == step, whole % 2 == 1])])
            return chosen(goes_up, whole + 1, whole) * quantum
        case _:
            assert_never(mode)


def valued(  # noqa: PLR0911  # one case per kind of node
    node: Node, names: Mapping[str, Ratio]
) -> Ratio:
    """Translate an expression that gives a quantity."""
    match node:
        case Number(value):
            return constant(value)
        case Name(name):
            return names[name]
        case Negative(operand):
            return valued(operand, names).times(Fraction(-1))
        case Quotient(operand, divisor):
            return valued(operand, names).times(1 / divisor)
        case Arithmetic(sign, left, right):
            return _computed(sign, valued(left, names), valued(right, names))
        case Extreme(function, operands):
            return reduce(
                lambda one, other: _extreme(function, one, other),
                (valued(each, names) for each in operands),
            )
        case Rounding(function, operand, step):
            return _stepped(function, valued(operand, names), step)
        case Choice(body, test, orelse):
            (one, other), over = _aligned([valued(body, names), valued(orelse, names)])
            return Ratio(chosen(held(test, names), one, other), over)
        case Comparison() | Logic() | Opposite():
            raise TypeError("a condition is no quantity")
        case _:
            assert_never(node)


def held(node: Node, names: Mapping[str, Ratio]) -> Term:
    """Translate an expression that is yes or no."""
    match node:
        case Comparison(signs, operands):
            pairs = pairwise([valued(each, names) for each in operands])
            return all_of([_compared(sign, *pair) for sign, pair in zip(signs, pairs, strict=True)])
        case Logic(word, operands):
            conditions = [held(each, names) for each in operands]
            return all_of(conditions) if word == "and" else any_of(conditions)
        case Opposite(operand):
            return opposite(held(operand, names))
        case Choice(body, test, orelse):
            condition = held(test, names)
            return any_of(
                [
                    all_of([condition, held(body, names)]),
                    all_of([opposite(condition), held(orelse, names)]),
                ]
            )
        case _:
            raise TypeError("a quantity is no condition")


def _aligned(ratios: Sequence[Ratio]) -> tuple[list[Term], int]:
    over = lcm(*(each.over for each in ratios))
    return [each.number * (over // each.over) for each in ratios], over


def _computed(sign: str, left: Ratio, right: Ratio) -> Ratio:
    if sign == "*":
        return Ratio(left.number * right.number, left.over * right.over)
    return total([left, right if sign == "+" else right.times(Fraction(-1))])


def _extreme(function: str, one: Ratio, other: Ratio) -> Ratio:
    (mine, theirs), over = _aligned([one, other])
    takes_mine = mine <= theirs if function == "min" else mine >= theirs
    return Ratio(chosen(takes_mine, mine, theirs), over)


def _stepped(function: str, value: Ratio, step: Fraction) -> Ratio:
    number, over = value.number * step.denominator, value.over * step.numerator
    steps = floored(number, over) if function == "floor" else -floored(-number, over)
    return Ratio(steps * step.numerator, step.denominator)


def _compared(sign: str, one: Ratio, other: Ratio) -> Term:
    (mine, theirs), _ = _aligned([one, other])
    return _COMPARES[sign](mine, theirs)
