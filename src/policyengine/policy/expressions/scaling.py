"""Recognises conditions that hold alike whatever unit their names are counted in.

`charge > 10 * usual_charge` says the same of credits and of micro-credits, so that whole numbers of
the latter will do. `charge > 50` does not.
"""

from policyengine.policy.expressions.expression import Expression
from policyengine.policy.expressions.tree import (
    Arithmetic,
    Choice,
    Comparison,
    Name,
    Node,
    Number,
    Rounding,
    operands_of,
)


def is_scale_free(expression: Expression) -> bool:
    """Tell whether a condition stays as it is when all names grow by one positive factor."""
    return _degree(expression.root) == 0


def _degree(node: Node) -> int | None:
    """Give the power of the factor by which a value grows, 0 for a condition that stays as it is.

    Gives: None where that cannot be said.
    """
    match node:
        case Number():
            return 0
        case Name():
            return 1
        case Choice() | Rounding():
            return None
    degrees = [_degree(each) for each in operands_of(node)]
    if isinstance(node, Arithmetic) and node.sign == "*":
        # One side of a product is a number without names: two amounts are never multiplied.
        return None if None in degrees else max(each or 0 for each in degrees)
    if len(set(degrees)) > 1 or None in degrees:
        return None
    return 0 if isinstance(node, Comparison) else degrees[0]
