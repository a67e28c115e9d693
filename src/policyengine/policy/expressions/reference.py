"""Evaluates expressions with simpleeval: the slow and independent reading that defines the result.

Operators and functions are ours and exact; attributes are closed. What production runs is
`compiled`, which must never disagree with this module.
"""

import ast
import math
import operator
import threading
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final, TypeAlias

from simpleeval import SimpleEval

from policyengine.policy.expressions.dimensions import YES_NO, Dimension

Value: TypeAlias = int | Fraction
"""What a name stands for: an exact number, or a bool where its unit is `yes_no`."""


def _rounded_up(value: Value, step: Value = 1) -> Fraction:
    return math.ceil(Fraction(value) / step) * Fraction(step)


def _rounded_down(value: Value, step: Value = 1) -> Fraction:
    return math.floor(Fraction(value) / step) * Fraction(step)


_OPERATORS: Final[Mapping[type[ast.AST], Callable[..., Value]]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,  # exact: every literal is a Fraction, so the divisor is one
        ast.USub: operator.neg,
        ast.Not: operator.not_,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
    }
)
_FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = MappingProxyType(
    {"min": min, "max": max, "ceil": _rounded_up, "floor": _rounded_down}
)
# simpleeval's constructor swaps the process's warning filters for a moment; two at once could
# leave them swapped.
_CONSTRUCTING: Final = threading.Lock()


def exact_tree(text: str) -> ast.expr:
    """Parse a gated text for simpleeval, its literals as exact fractions of their own digits."""
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            written = text[node.col_offset : node.end_col_offset]
            # typeshed's list of what Python itself can write; simpleeval passes any value on.
            node.value = Fraction(written)  # type: ignore[assignment]
    return tree


def evaluated(
    text: str, tree: ast.expr, units: Mapping[str, Dimension], values: Mapping[str, Value]
) -> Fraction | bool:
    """Evaluate a gated expression.

    Takes: the tree of `exact_tree`; the units of the names used, and a value for each.
    Raises: KeyError for a missing value, TypeError for one that is not exact or not of its unit.
    """
    used = {name: _checked(name, values[name], unit) for name, unit in units.items()}
    with _CONSTRUCTING:
        evaluator = SimpleEval(
            operators=dict(_OPERATORS), functions=dict(_FUNCTIONS), names=used, allowed_attrs={}
        )
    result: Value = evaluator.eval(text, previously_parsed=tree)
    return result if isinstance(result, bool) else Fraction(result)


def _checked(name: str, value: Value, unit: Dimension) -> Value:
    expected = bool if unit == YES_NO else (int, Fraction)
    if not isinstance(value, expected) or isinstance(value, bool) != (unit == YES_NO):
        raise TypeError(f"`{name}` is {unit}, and {value!r} is no exact value of it")
    return value
