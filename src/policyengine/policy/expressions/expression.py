"""The one door: from a text and the names of its place to an expression that can be evaluated."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from policyengine.policy.expressions.compilation import Compiled, compiled
from policyengine.policy.expressions.dimensions import Dimension, dimension_of
from policyengine.policy.expressions.faults import ExpressionFault
from policyengine.policy.expressions.gate import gated
from policyengine.policy.expressions.grammar import misplaced
from policyengine.policy.expressions.lexer import pieces_of
from policyengine.policy.expressions.reference import Value, evaluated, exact_tree
from policyengine.policy.expressions.tree import Node, names_in

_Units: TypeAlias = tuple[tuple[str, Dimension], ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A gated expression: what it needs, what it gives, and two ways to compute it.

    `compiled` takes the values of `names_used` by position and is what production calls: exact
    over ints and fractions, unchecked. `evaluate` is the reference it is held against.
    """

    text: str
    dimension: Dimension
    root: Node
    units: _Units
    compiled: Compiled = field(compare=False, repr=False)
    _tree: ast.expr = field(compare=False, repr=False)

    @property
    def names_used(self) -> tuple[str, ...]:
        """The names in the expression, each once, in the order of their first use."""
        return tuple(name for name, _ in self.units)

    def evaluate(self, values: Mapping[str, Value]) -> Fraction | bool:
        """Compute the result with simpleeval, exactly; safe to call from several threads.

        Takes: a value for each name used; others are ignored.
        Raises: KeyError for a missing value, TypeError for one that is not exact.
        """
        return evaluated(self.text, self._tree, dict(self.units), values)

    def __reduce__(self) -> tuple[Callable[..., "Expression"], tuple[object, ...]]:
        # A compiled function cannot be pickled, so a copy in another process compiles its own.
        return _built, (self.text, self.dimension, self.root, self.units)


def parse_expression(
    text: str, names: Mapping[str, Dimension], wants: Dimension
) -> Expression | ExpressionFault:
    """Read, gate and check an expression; never raises, whatever the text.

    Takes: the text; the units of the names that its place offers; the unit that the place needs.
    Gives: the expression, or its first fault with offsets into `text`.
    """
    plain = text.strip(" ")
    parsed = _parsed(plain, names, wants)
    if isinstance(parsed, ExpressionFault):
        shift = len(text) - len(text.lstrip(" ")) if plain else 0
        return replace(parsed, start=parsed.start + shift, end=parsed.end + shift)
    return parsed


def _parsed(
    text: str, names: Mapping[str, Dimension], wants: Dimension
) -> Expression | ExpressionFault:
    pieces = pieces_of(text)
    if isinstance(pieces, ExpressionFault):
        return pieces
    fault = misplaced(pieces)
    if fault is not None:
        return fault
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        message = "the expression does not read"
        help_ = "put brackets around each `if … else …` and each part in doubt"
        return ExpressionFault("PE307", message, 0, len(text), help_)
    root = gated(tree, text, names)
    if isinstance(root, ExpressionFault):
        return root
    dimension = dimension_of(root, text, names, wants)
    if isinstance(dimension, ExpressionFault):
        return dimension
    return _built(text, dimension, root, tuple((name, names[name]) for name in names_in(root)))


def _built(text: str, dimension: Dimension, root: Node, units: _Units) -> Expression:
    return Expression(text, dimension, root, units, compiled(root), exact_tree(text))
