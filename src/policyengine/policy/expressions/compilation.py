"""Turns a gated expression into a Python function, exact over ints and fractions.

The function is built from our own nodes only: its parameters and constants are numbered, so that
no text of the policy's author ever reaches Python's compiler.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final, TypeAlias, assert_never

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
    names_in,
)

Compiled: TypeAlias = Callable[..., int | Fraction]

_ARITHMETIC: Final[Mapping[str, Callable[[], ast.operator]]] = MappingProxyType(
    {"+": ast.Add, "-": ast.Sub, "*": ast.Mult}
)
_COMPARISONS: Final[Mapping[str, Callable[[], ast.cmpop]]] = MappingProxyType(
    {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq}
)


@dataclass(slots=True)
class _Writer:
    """The parameters of the function under way, and the constants that it will read."""

    parameters: Mapping[str, str]
    constants: dict[str, object] = field(default_factory=dict)


def compiled(root: Node) -> Compiled:
    """Build a function of the names used, by position, in the order of `names_in(root)`.

    Gives: a function that returns an int, a Fraction or a bool; it does not check its inputs.
    """
    parameters = {name: f"v{index}" for index, name in enumerate(names_in(root))}
    writer = _Writer(parameters)
    body = _written(root, writer)
    arguments = ast.arguments(
        posonlyargs=[ast.arg(arg=parameter) for parameter in parameters.values()],
        args=[],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    tree = ast.Expression(ast.Lambda(args=arguments, body=body))
    code = compile(ast.fix_missing_locations(tree), "<expression>", "eval")
    scope = {"__builtins__": {}, "least": min, "most": max, **writer.constants}
    function: Compiled = eval(code, scope)  # noqa: S307 built above from our own nodes alone
    return function


def _written(  # noqa: C901, PLR0911, PLR0912 one case per kind of node
    node: Node, writer: _Writer
) -> ast.expr:
    match node:
        case Number(value):
            return _constant(value, writer)
        case Name(name):
            return _read(writer.parameters[name])
        case Negative(operand):
            return ast.UnaryOp(ast.USub(), _written(operand, writer))
        case Opposite(operand):
            return ast.UnaryOp(ast.Not(), _written(operand, writer))
        case Arithmetic(sign, left, right):
            operator = _ARITHMETIC[sign]()
            return ast.BinOp(_written(left, writer), operator, _written(right, writer))
        case Quotient(operand, divisor):
            # Python's `/` on ints is a float; multiplying by the exact reciprocal is not.
            return _times(_written(operand, writer), 1 / divisor, writer)
        case Comparison(signs, operands):
            first, *others = [_written(each, writer) for each in operands]
            return ast.Compare(first, [_COMPARISONS[sign]() for sign in signs], others)
        case Logic(word, operands):
            conditions = [_written(each, writer) for each in operands]
            return ast.BoolOp(ast.And() if word == "and" else ast.Or(), conditions)
        case Extreme(function, operands):
            inputs = [_written(each, writer) for each in operands]
            return ast.Call(_read("least" if function == "min" else "most"), inputs, [])
        case Rounding("floor", operand, step):
            return _floored(_written(operand, writer), step, writer)
        case Rounding(_, operand, step):
            # The ceiling of a value is the negative of the floor of its negative.
            negated = ast.UnaryOp(ast.USub(), _written(operand, writer))
            return ast.UnaryOp(ast.USub(), _floored(negated, step, writer))
        case Choice(body, test, orelse):
            return ast.IfExp(
                test=_written(test, writer),
                body=_written(body, writer),
                orelse=_written(orelse, writer),
            )
        case _:
            assert_never(node)


def _read(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _constant(value: Fraction, writer: _Writer) -> ast.expr:
    if value.denominator == 1:
        return ast.Constant(value.numerator)
    name = f"k{len(writer.constants)}"
    writer.constants[name] = value
    return _read(name)


def _times(value: ast.expr, factor: Fraction, writer: _Writer) -> ast.expr:
    return ast.BinOp(value, ast.Mult(), _constant(factor, writer))


def _floored(value: ast.expr, step: Fraction, writer: _Writer) -> ast.expr:
    steps = ast.BinOp(value, ast.FloorDiv(), _constant(step, writer))
    return steps if step == 1 else _times(steps, step, writer)
