"""The gated expression as a closed family of immutable nodes: what the other modules walk."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

ArithmeticSign: TypeAlias = Literal["+", "-", "*"]
ComparisonSign: TypeAlias = Literal["<", "<=", ">", ">=", "==", "!="]
LogicWord: TypeAlias = Literal["and", "or"]
ExtremeName: TypeAlias = Literal["min", "max"]
RoundingName: TypeAlias = Literal["ceil", "floor"]


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, exactly as written."""

    value: Fraction
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """One of the names that the place offers."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Negative:
    """`-operand`."""

    operand: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two amounts joined by a sign."""

    sign: ArithmeticSign
    left: "Node"
    right: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quotient:
    """`operand / divisor`; the divisor is a written number above zero."""

    operand: "Node"
    divisor: Fraction
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain such as `0 < a <= b`: one sign fewer than operands."""

    signs: tuple[ComparisonSign, ...]
    operands: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Logic:
    """Two or more conditions joined by `and` or by `or`."""

    word: LogicWord
    operands: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Opposite:
    """`not operand`."""

    operand: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the most of two or more values."""

    function: ExtremeName
    operands: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rounding:
    """A value rounded up or down to a multiple of a step, a written number above zero."""

    function: RoundingName
    operand: "Node"
    step: Fraction
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Choice:
    """`body if test else orelse`."""

    body: "Node"
    test: "Node"
    orelse: "Node"
    start: int
    end: int


Node: TypeAlias = (
    Number
    | Name
    | Negative
    | Arithmetic
    | Quotient
    | Comparison
    | Logic
    | Opposite
    | Extreme
    | Rounding
    | Choice
)


def operands_of(node: Node) -> tuple[Node, ...]:
    """List the parts of a node in the order in which they are written."""
    match node:
        case Number() | Name():
            return ()
        case Negative() | Opposite() | Quotient() | Rounding():
            return (node.operand,)
        case Arithmetic(_, left, right):
            return (left, right)
        case Choice(body, test, orelse):
            return (body, test, orelse)
        case Comparison() | Logic() | Extreme():
            return node.operands
        case _:
            assert_never(node)


def walked(root: Node) -> Iterator[Node]:
    """Give a node and all below it, from the left."""
    yield root
    for operand in operands_of(root):
        yield from walked(operand)


def size(root: Node) -> int:
    """Count the parts: numbers, names, operations, calls and choices."""
    return sum(1 for _ in walked(root))


def depth(node: Node) -> int:
    """Count the levels of nesting.

    A chain such as `a + b + c` is one level, however long: it is read from left to right.
    """
    below = [depth(operand) for operand in operands_of(node)]
    chain = (Arithmetic, Quotient)
    if isinstance(node, chain) and isinstance(operands_of(node)[0], chain):
        below[0] -= 1
    return 1 + max(below, default=0)


def names_in(root: Node) -> tuple[str, ...]:
    """List the names used, each once, in the order of their first use."""
    return tuple(dict.fromkeys(node.name for node in walked(root) if isinstance(node, Name)))
