"""The allow-list: turns Python's syntax tree of a text into our nodes, and refuses all else.

Nothing that this module does not name can pass, whatever Python's grammar learns in the future.
"""

import ast
import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from policyengine.policy.expressions.bounds import DEPTH_MAX, NODES_MAX, is_plain_number
from policyengine.policy.expressions.faults import ExpressionFault, FaultCode
from policyengine.policy.expressions.signs import excerpt
from policyengine.policy.expressions.tree import (
    Arithmetic,
    ArithmeticSign,
    Choice,
    Comparison,
    ComparisonSign,
    Extreme,
    ExtremeName,
    Logic,
    Name,
    Negative,
    Node,
    Number,
    Opposite,
    Quotient,
    Rounding,
    RoundingName,
    depth,
    size,
)

_ARITHMETIC: Final[Mapping[type[ast.operator], ArithmeticSign]] = MappingProxyType(
    {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
)
_COMPARISONS: Final[Mapping[type[ast.cmpop], ComparisonSign]] = MappingProxyType(
    {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
)
_EXTREMES: Final[Mapping[str, ExtremeName]] = MappingProxyType({"min": "min", "max": "max"})
_ROUNDING: Final[Mapping[str, RoundingName]] = MappingProxyType({"ceil": "ceil", "floor": "floor"})
_FUNCTIONS: Final = (*_EXTREMES, *_ROUNDING)
_ROUNDING_INPUTS_MAX: Final = 2
_CHOOSING_INPUTS_MIN: Final = 2
_NAMES_LISTED_MAX: Final = 8
_PLAIN_LINE: Final = re.compile(r"[ -~]*")


def gated(tree: ast.expr, text: str, names: Collection[str]) -> Node | ExpressionFault:
    """Turn a syntax tree into nodes, or refuse it with its leftmost fault.

    Takes: the tree of exactly this text, and the names that the place offers.
    """
    if not _PLAIN_LINE.fullmatch(text):
        message = "the expression is not one line of plain characters"
        return ExpressionFault("PE303", message, 0, len(text), "write it on one line, in ASCII")
    fault = _leftmost_fault(tree, text, names)
    if fault is not None:
        return fault
    root = _node(tree, text)
    if size(root) > NODES_MAX:
        message = f"the expression has {size(root)} parts, and {NODES_MAX} are the most"
        return ExpressionFault("PE308", message, root.start, root.end, "move a part into tiers")
    if depth(root) > DEPTH_MAX:
        message = f"the expression is nested {depth(root)} levels deep, {DEPTH_MAX} are the most"
        return ExpressionFault("PE308", message, root.start, root.end, "move a part into tiers")
    return root


def _leftmost_fault(tree: ast.expr, text: str, names: Collection[str]) -> ExpressionFault | None:
    faults: list[ExpressionFault] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        fault = _fault_of(node, text, names)
        if fault is None:
            waiting.extend(_parts(node))
        else:
            faults.append(fault)
    return min(faults, key=lambda each: (each.start, each.end), default=None)


def _parts(node: ast.expr) -> Iterable[ast.expr]:
    # The name of a called function is not a part: it is judged together with the call.
    if isinstance(node, ast.Call):
        return node.args
    return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]


def _fault_of(  # noqa: PLR0911 one case per kind of node
    node: ast.expr, text: str, names: Collection[str]
) -> ExpressionFault | None:
    match node:
        case ast.Constant():
            return _constant_fault(node, text)
        case ast.Name(id=name):
            return None if name in names else _unknown_name(node, name, names)
        case ast.BinOp(op=ast.Div(), right=right):
            return _division_fault(right, text)
        case ast.BinOp(op=operator) if type(operator) in _ARITHMETIC:
            return None
        case ast.UnaryOp(op=ast.USub() | ast.Not()) | ast.BoolOp() | ast.IfExp():
            return None
        case ast.UnaryOp(op=ast.UAdd()):
            return _at(node, "PE309", "a `+` before a value has no meaning", "leave it out")
        case ast.Compare(ops=operators) if all(type(each) in _COMPARISONS for each in operators):
            return None
        case ast.Call():
            return _call_fault(node, text, names)
        case _:
            help_ = "use numbers, names, `+ - * /`, comparisons, `and or not`, `if` and `else`"
            return _at(node, "PE309", f"{_cut(node, text)} is not in the language", help_)


def _at(node: ast.expr, code: FaultCode, message: str, help_: str) -> ExpressionFault:
    return ExpressionFault(code, message, node.col_offset, node.end_col_offset or 0, help_)


def _written(node: ast.expr, text: str) -> str:
    return text[node.col_offset : node.end_col_offset]


def _cut(node: ast.expr, text: str) -> str:
    return excerpt(_written(node, text))


def _constant_fault(node: ast.Constant, text: str) -> ExpressionFault | None:
    if type(node.value) in (int, float) and is_plain_number(_written(node, text)):
        return None
    help_ = "write digits with at most one decimal point, such as `1.5`"
    return _at(node, "PE305", f"{_cut(node, text)} is not a plain number", help_)


def _positive(node: ast.expr, text: str) -> bool:
    return (
        isinstance(node, ast.Constant)
        and _constant_fault(node, text) is None
        and _value(node, text) > 0
    )


def _division_fault(divisor: ast.expr, text: str) -> ExpressionFault | None:
    if _positive(divisor, text):
        return None
    if isinstance(divisor, ast.Constant) and _constant_fault(divisor, text) is None:
        return _at(divisor, "PE313", "a division by zero has no result", "divide by another number")
    message = f"{_cut(divisor, text)} divides, and only a written number may divide"
    return _at(divisor, "PE313", message, "divide by a number, such as `/ 1000`, or multiply")


def _call_fault(node: ast.Call, text: str, names: Collection[str]) -> ExpressionFault | None:
    called = node.func
    if not isinstance(called, ast.Name):
        return _at(called, "PE309", f"{_cut(called, text)} cannot be called", "write `*` for times")
    if called.id not in _FUNCTIONS:
        return _unknown_function(called, names)
    if node.keywords:
        return _at(node, "PE309", "an input of a function has no name", "write the values alone")
    if called.id in _ROUNDING:
        return _rounding_fault(node, called.id, text)
    if len(node.args) >= _CHOOSING_INPUTS_MIN:
        return None
    message = f"`{called.id}` takes two or more values, {len(node.args)} given"
    return _at(node, "PE312", message, f"write `{called.id}(a, b)`")


def _rounding_fault(node: ast.Call, function: str, text: str) -> ExpressionFault | None:
    if not 1 <= len(node.args) <= _ROUNDING_INPUTS_MAX:
        message = f"`{function}` takes a value and perhaps a step, {len(node.args)} given"
        return _at(node, "PE312", message, f"write `{function}(a)` or `{function}(a, 0.01)`")
    if len(node.args) == 1 or _positive(node.args[1], text):
        return None
    message = f"the step of `{function}` must be a written number above zero"
    return _at(node.args[1], "PE312", message, f"write a number, such as `{function}(a, 0.01)`")


def _unknown_name(node: ast.Name, name: str, names: Collection[str]) -> ExpressionFault:
    if name in _FUNCTIONS:
        inputs = "a" if name in _ROUNDING else "a, b"
        help_ = f"call it, such as `{name}({inputs})`"
        return _at(node, "PE310", f"`{name}` is a function, not a value", help_)
    return _at(node, "PE310", f"unknown name `{name}`", _nearest(name, names))


_INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "round": "write `ceil(a, 0.01)` or `floor(a, 0.01)`",
        "int": "write `floor(a)`",
        "roundup": "write `ceil(a, 0.01)`",
        "rounddown": "write `floor(a, 0.01)`",
        "sum": "write `a + b`",
        "abs": "write `max(a, -a)`",
    }
)


def _unknown_function(called: ast.Name, names: Collection[str]) -> ExpressionFault:
    if called.id in names:
        message = f"`{called.id}` is a value, not a function"
        return _at(called, "PE311", message, f"write `{called.id} *` to multiply")
    help_ = _INSTEAD.get(called.id.lower()) or _nearest(called.id, _FUNCTIONS)
    return _at(called, "PE311", f"unknown function `{called.id}`", help_)


def _nearest(word: str, known: Collection[str]) -> str:
    lowered = {each.lower(): each for each in sorted(known)}
    close = difflib.get_close_matches(word.lower(), lowered, n=1)
    if close:
        return f"did you mean `{lowered[close[0]]}`?"
    if not known:
        return "use numbers: no names are known here"
    listed = sorted(known)[:_NAMES_LISTED_MAX]
    more = ", …" if len(known) > _NAMES_LISTED_MAX else ""
    return f"use one of {', '.join(f'`{each}`' for each in listed)}{more}"


def _node(  # noqa: C901, PLR0911 one case per kind of node
    node: ast.expr, text: str
) -> Node:
    """Convert a tree in which no fault was found."""
    start, end = node.col_offset, node.end_col_offset or 0
    parts = tuple(_node(part, text) for part in _parts(node))
    match node:
        case ast.Name(id=name):
            return Name(name, start, end)
        case ast.UnaryOp(op=ast.Not()):
            return Opposite(parts[0], start, end)
        case ast.UnaryOp():
            return Negative(parts[0], start, end)
        case ast.BinOp(op=ast.Div(), right=right):
            return Quotient(parts[0], _value(right, text), start, end)
        case ast.BinOp(op=operator):
            return Arithmetic(_ARITHMETIC[type(operator)], parts[0], parts[1], start, end)
        case ast.BoolOp(op=word):
            return Logic("and" if isinstance(word, ast.And) else "or", parts, start, end)
        case ast.Compare(ops=operators):
            signs = tuple(_COMPARISONS[type(each)] for each in operators)
            return Comparison(signs, parts, start, end)
        case ast.Call(func=ast.Name(id=function)) if function in _EXTREMES:
            return Extreme(_EXTREMES[function], parts, start, end)
        case ast.Call(func=ast.Name(id=function), args=[_, *steps]):
            step = _value(steps[0], text) if steps else Fraction(1)
            return Rounding(_ROUNDING[function], parts[0], step, start, end)
        case ast.IfExp():  # Python keeps the test first; we keep the order of writing
            return Choice(parts[1], parts[0], parts[2], start, end)
        case _:
            return Number(_value(node, text), start, end)


def _value(node: ast.expr, text: str) -> Fraction:
    return Fraction(_written(node, text))
