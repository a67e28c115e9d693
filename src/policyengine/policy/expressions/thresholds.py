"""Recognises conditions of one name and one number, so that a caller may order them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from policyengine.policy.expressions.expression import Expression
from policyengine.policy.expressions.linear import constant_of
from policyengine.policy.expressions.tree import Comparison, Name

_ABOVE: Final = frozenset([">", ">="])
_BELOW: Final = frozenset(["<", "<="])


@dataclass(frozen=True, slots=True)
class Threshold:
    """The condition `name > value`, or `name >= value` when inclusive."""

    name: str
    value: Fraction
    inclusive: bool


def lower_bound(expression: Expression) -> Threshold | None:
    """Read a condition as `name > N` or `name >= N`, written from either side.

    Gives: None for every other condition. N may be computed, such as `200 * 1000`.
    """
    match expression.root:
        case Comparison(signs=(sign,), operands=(Name(name), bound)) if sign in _ABOVE:
            value = constant_of(bound)
        case Comparison(signs=(sign,), operands=(bound, Name(name))) if sign in _BELOW:
            value = constant_of(bound)
        case _:
            return None
    return None if value is None else Threshold(name, value, inclusive=sign.endswith("="))
