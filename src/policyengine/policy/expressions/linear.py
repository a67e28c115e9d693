"""Recognises expressions that are linear in their names, so that a caller may tabulate them."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from types import MappingProxyType
from typing import Final, TypeAlias, assert_never

from policyengine.policy.expressions.dimensions import YES_NO
from policyengine.policy.expressions.expression import Expression
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


@dataclass(frozen=True, slots=True)
class LinearForm:
    """`constant + coefficient * name + ...`: names in alphabetical order, no zero coefficient."""

    constant: Fraction
    terms: tuple[tuple[str, Fraction], ...] = ()

    @property
    def coefficients(self) -> Mapping[str, Fraction]:
        """The coefficient of each name that matters."""
        return MappingProxyType(dict(self.terms))


_Parameters: TypeAlias = Mapping[str, int | Fraction]
_Folded: TypeAlias = LinearForm | bool | None
"""A linear amount, a decided condition, or None for what depends on the names otherwise."""

_DECIDES: Final[Mapping[str, Callable[[Fraction, int], bool]]] = MappingProxyType(
    {
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
        "==": operator.eq,
        "!=": operator.ne,
    }
)


def linear_form(expression: Expression, parameters: _Parameters) -> LinearForm | None:
    """Put values in for some names, and read the rest as a linear form.

    Takes: exact values for any of the names; names that the expression lacks are ignored.
    Gives: a form equal to the expression for all values of the other names, or None where this
    module sees none: it follows decided conditions, and looks no deeper.
    """
    if expression.dimension == YES_NO:
        return None
    folded = _folded(expression.root, parameters)
    return folded if isinstance(folded, LinearForm) else None


def constant_of(node: Node) -> Fraction | None:
    """Compute a node that uses no names; None for others."""
    return _constant(_folded(node, {}))


def _folded(  # noqa: C901, PLR0911 one case per kind of node
    node: Node, parameters: _Parameters
) -> _Folded:
    match node:
        case Number(value):
            return LinearForm(value)
        case Name(name):
            return _named(name, parameters)
        case Negative(operand):
            return _scaled(_folded(operand, parameters), Fraction(-1))
        case Quotient(operand, divisor):
            return _scaled(_folded(operand, parameters), 1 / divisor)
        case Arithmetic(sign, left, right):
            return _arithmetic(sign, _folded(left, parameters), _folded(right, parameters))
        case Comparison(signs, operands):
            return _compared(signs, [_folded(each, parameters) for each in operands])
        case Logic(word, operands):
            return _joined(word, [_folded(each, parameters) for each in operands])
        case Opposite(operand):
            folded = _folded(operand, parameters)
            return not folded if isinstance(folded, bool) else None
        case Extreme(function, operands):
            return _extreme(function, [_constant(_folded(each, parameters)) for each in operands])
        case Rounding(function, operand, step):
            return _rounded(function, _constant(_folded(operand, parameters)), step)
        case Choice():
            return _chosen(node, parameters)
        case _:
            assert_never(node)


def _named(name: str, parameters: _Parameters) -> _Folded:
    if name not in parameters:
        return LinearForm(Fraction(0), ((name, Fraction(1)),))
    value = parameters[name]
    return value if isinstance(value, bool) else LinearForm(Fraction(value))


def _constant(folded: _Folded) -> Fraction | None:
    return folded.constant if isinstance(folded, LinearForm) and not folded.terms else None


def _scaled(folded: _Folded, factor: Fraction) -> LinearForm | None:
    if factor == 0:
        return LinearForm(factor)
    if not isinstance(folded, LinearForm):
        return None
    terms = tuple((name, factor * coefficient) for name, coefficient in folded.terms)
    return LinearForm(factor * folded.constant, terms)


def _sum(left: LinearForm, right: LinearForm) -> LinearForm:
    total = dict(left.terms)
    for name, coefficient in right.terms:
        total[name] = total.get(name, Fraction(0)) + coefficient
    terms = tuple(sorted((name, each) for name, each in total.items() if each))
    return LinearForm(left.constant + right.constant, terms)


def _arithmetic(sign: str, left: _Folded, right: _Folded) -> LinearForm | None:
    if sign == "*":
        factor = _constant(left)
        if factor is not None:
            return _scaled(right, factor)
        factor = _constant(right)
        return None if factor is None else _scaled(left, factor)
    other = right if sign == "+" else _scaled(right, Fraction(-1))
    if isinstance(left, LinearForm) and isinstance(other, LinearForm):
        return _sum(left, other)
    return None


def _compared(signs: Iterable[str], sides: list[_Folded]) -> bool | None:
    pairs = zip(signs, pairwise(sides), strict=True)
    return _all([_pair(sign, left, right) for sign, (left, right) in pairs])


def _pair(sign: str, left: _Folded, right: _Folded) -> bool | None:
    difference = _constant(_arithmetic("-", left, right))
    return None if difference is None else _DECIDES[sign](difference, 0)


def _all(decisions: Iterable[_Folded]) -> bool | None:
    undecided = False
    for decision in decisions:
        if decision is False:
            return False
        undecided = undecided or decision is not True
    return None if undecided else True


def _joined(word: str, decisions: list[_Folded]) -> bool | None:
    if word == "and":
        return _all(decisions)
    # One of them holds unless all of their opposites do.
    opposites = _all([not each if isinstance(each, bool) else None for each in decisions])
    return None if opposites is None else not opposites


def _extreme(function: str, values: list[Fraction | None]) -> LinearForm | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return LinearForm(min(known) if function == "min" else max(known))


def _rounded(function: str, value: Fraction | None, step: Fraction) -> LinearForm | None:
    if value is None:
        return None
    return LinearForm((floor(value / step) if function == "floor" else ceil(value / step)) * step)


def _chosen(node: Choice, parameters: _Parameters) -> _Folded:
    test = _folded(node.test, parameters)
    if isinstance(test, bool):
        return _folded(node.body if test else node.orelse, parameters)
    body = _folded(node.body, parameters)
    return body if body == _folded(node.orelse, parameters) else None
