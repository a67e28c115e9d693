"""Infers the unit of an expression, and refuses sums, products and comparisons that mean nothing.

A unit is a word: `credits`, `number` (a plain factor), `yes_no`, or any other word for a count,
such as `tokens`, `seconds` or `requests`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, assert_never

from policyengine.policy.expressions.faults import ExpressionFault, FaultCode
from policyengine.policy.expressions.signs import excerpt
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
    operands_of,
)

Dimension: TypeAlias = str

CREDITS: Final = "credits"
NUMBER: Final = "number"
YES_NO: Final = "yes_no"
_BARE: Final = ""
"""The unit of literals alone: they take the unit of what they meet."""

_SHOWN: Final = {NUMBER: "a plain number", YES_NO: "yes or no", _BARE: "a plain number"}
_SUMS: Final = frozenset(["be added", "be subtracted"])

_Kinds: TypeAlias = Sequence[Dimension]


def dimension_of(
    root: Node, text: str, names: Mapping[str, Dimension], wants: Dimension
) -> Dimension | ExpressionFault:
    """Infer the unit of a gated expression and check that it is the wanted one.

    Takes: the units of all names used; the unit that the place demands.
    Gives: `wants`, or the fault; an expression of literals alone takes the wanted unit.
    """
    kind = _inferred(root, text, names)
    if isinstance(kind, ExpressionFault) or kind == wants:
        return kind
    if kind == _BARE and wants != YES_NO:
        return wants
    message = f"this place needs {_plain(wants)}, and {_written(root, text)} is {_plain(kind)}"
    return _at(root, "PE315", message, _way_to(wants, kind, names))


def _way_to(wants: Dimension, kind: Dimension, names: Mapping[str, Dimension]) -> str:
    if wants == YES_NO:
        return "compare it, such as `… > 0`"
    if kind == YES_NO:
        return "choose between two values: `… if condition else …`"
    fitting = [name for name in names if names[name] == wants]
    if not fitting:
        return f"no name here is {_plain(wants)}: write a number"
    return f"compute with {_plain(wants)}, such as `{fitting[0]}`"


def _inferred(  # noqa: C901, PLR0911, PLR0912 one case per kind of node
    node: Node, text: str, names: Mapping[str, Dimension]
) -> Dimension | ExpressionFault:
    kinds: list[Dimension] = []
    for operand in operands_of(node):
        kind = _inferred(operand, text, names)
        if isinstance(kind, ExpressionFault):
            return kind
        kinds.append(kind)
    match node:
        case Number():
            return _BARE
        case Name(name):
            return names[name]
        case Negative():
            return _same(node, kinds, text, "be negative")
        case Arithmetic(sign="*"):
            return _product(node, kinds, text)
        case Arithmetic(sign=sign):
            return _same(node, kinds, text, "be added" if sign == "+" else "be subtracted")
        case Quotient():
            return _same(node, kinds, text, "be divided")
        case Comparison():
            kind = _same(node, kinds, text, "be compared")
            return kind if isinstance(kind, ExpressionFault) else YES_NO
        case Logic(word):
            return _conditions(node, kinds, text, word)
        case Opposite():
            return _conditions(node, kinds, text, "not")
        case Extreme(function):
            return _same(node, kinds, text, f"be inputs of `{function}`")
        case Rounding():
            return _same(node, kinds, text, "be rounded")
        case Choice():
            return _choice(node, kinds, text)
        case _:
            assert_never(node)


def _product(node: Arithmetic, kinds: _Kinds, text: str) -> Dimension | ExpressionFault:
    left, right = kinds
    if YES_NO in kinds:
        return _yes_no(operands_of(node)[kinds.index(YES_NO)], text, "be multiplied")
    if left in (_BARE, NUMBER) and right in (_BARE, NUMBER):
        return max(left, right)  # a named number makes the product one; literals alone stay bare
    if left in (_BARE, NUMBER):
        return right
    if right in (_BARE, NUMBER):
        return left
    message = f"{_plain(left)} times {_plain(right)} is no quantity"
    return _at(node, "PE314", message, "multiply by a plain number, such as a multiplier")


def _same(node: Node, kinds: _Kinds, text: str, act: str) -> Dimension | ExpressionFault:
    """Demand one unit of all operands that are not literals, and never yes or no."""
    operands = operands_of(node)
    first: int | None = None
    for index, kind in enumerate(kinds):
        if kind == YES_NO:
            return _yes_no(operands[index], text, act)
        if kind == _BARE:
            continue
        if first is None:
            first = index
        elif kind != kinds[first]:
            return _mixed(node, first, index, kinds, text, act)
    return _BARE if first is None else kinds[first]


def _yes_no(operand: Node, text: str, act: str) -> ExpressionFault:
    message = f"{_written(operand, text)} is yes or no and cannot {act}"
    if act == "be compared":
        return _at(operand, "PE314", message, "join conditions with `and`, `or` and `not`")
    return _at(operand, "PE314", message, "choose between two values: `… if condition else …`")


def _mixed(
    node: Node, first: int, other: int, kinds: _Kinds, text: str, act: str
) -> ExpressionFault:
    operands = operands_of(node)
    message = (
        f"{_written(operands[first], text)} is {_plain(kinds[first])} and "
        f"{_written(operands[other], text)} is {_plain(kinds[other])}: they cannot {act}"
    )
    if NUMBER in (kinds[first], kinds[other]) and act in _SUMS:
        help_ = "multiply by the plain number instead"
    else:
        help_ = "use values of one unit: a price turns counts into credits"
    return _at(node, "PE314", message, help_)


def _conditions(node: Node, kinds: _Kinds, text: str, word: str) -> Dimension | ExpressionFault:
    for operand, kind in zip(operands_of(node), kinds, strict=True):
        if kind != YES_NO:
            return _not_a_condition(operand, kind, text, word)
    return YES_NO


def _not_a_condition(operand: Node, kind: Dimension, text: str, word: str) -> ExpressionFault:
    written = _written(operand, text)
    message = f"{written} is {_plain(kind)}, and `{word}` needs yes or no"
    return _at(operand, "PE314", message, "compare it, such as `… > 0`")


def _choice(node: Choice, kinds: _Kinds, text: str) -> Dimension | ExpressionFault:
    body, test, orelse = kinds
    if test != YES_NO:
        return _not_a_condition(node.test, test, text, "if")
    if body == orelse:
        return body
    if YES_NO not in (body, orelse) and _BARE in (body, orelse):
        return max(body, orelse)  # the one that is not bare
    message = (
        f"{_written(node.body, text)} is {_plain(body)} and "
        f"{_written(node.orelse, text)} is {_plain(orelse)}: a choice needs one unit"
    )
    return _at(node, "PE314", message, "give both branches the same unit")


def _at(node: Node, code: FaultCode, message: str, help_: str) -> ExpressionFault:
    return ExpressionFault(code, message, node.start, node.end, help_)


def _written(node: Node, text: str) -> str:
    return excerpt(text[node.start : node.end])


def _plain(kind: Dimension) -> str:
    return _SHOWN.get(kind, kind)
