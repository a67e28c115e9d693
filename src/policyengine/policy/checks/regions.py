"""Decides about conditions by trying one request of each region in which none of them changes."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import floor, prod
from typing import Final, TypeAlias

from policyengine.policy.expressions import (
    Dimension,
    Expression,
    LinearForm,
    linear_form,
    parse_expression,
)
from policyengine.policy.expressions.tree import Comparison, Node, names_in, walked

ROWS_MAX: Final = 4_096
"""Requests that are tried, at most."""


Row: TypeAlias = tuple[bool, ...]
"""For each condition whether it holds."""


def outcomes_of(
    conditions: Sequence[Expression], names: Mapping[str, Dimension]
) -> tuple[Row, ...]:
    """Give the rows of conditions that may hold together; every real request is in one of them.

    Names are taken as independent of each other, though a sum of counts is at least as large as its
    parts, and a comparison that weighs several names may turn out either way: so some rows may
    belong to no real request.

    Takes: conditions over whole counts from 0; the units of their names.
    Gives: no rows where there are more than `ROWS_MAX` to try.
    """
    borders: dict[str, set[Fraction]] = {
        name: set() for condition in conditions for name in condition.names_used
    }
    for condition in conditions:
        found = _borders(condition, names)
        if found is None:
            return _all_combinations(conditions)
        for name, border in found:
            borders[name].add(border)
    points = {name: _points(each) for name, each in borders.items()}
    if prod(map(len, points.values())) > ROWS_MAX:
        return _all_combinations(conditions)
    rows: dict[Row, None] = {}
    for chosen in product(*points.values()):
        counts = dict(zip(points, chosen, strict=True))
        rows[tuple(_holds(condition, counts) for condition in conditions)] = None
    return tuple(rows)


def _all_combinations(conditions: Sequence[Expression]) -> tuple[Row, ...]:
    """Let each condition hold or not; equal ones hold together."""
    texts = list(dict.fromkeys(each.text for each in conditions))
    if 2 ** len(texts) > ROWS_MAX:
        return ()
    choices = product((False, True), repeat=len(texts))
    return tuple(tuple(row[texts.index(each.text)] for each in conditions) for row in choices)


def _holds(condition: Expression, counts: Mapping[str, int]) -> bool:
    return bool(condition.compiled(*(counts[name] for name in condition.names_used)))


def _points(borders: Iterable[Fraction]) -> list[int]:
    """Give whole numbers from 0 with one before, on and behind each border."""
    near = (max(0, floor(border) + step) for border in borders for step in (-1, 0, 1))
    return sorted({0, *near})


def _borders(
    condition: Expression, names: Mapping[str, Dimension]
) -> list[tuple[str, Fraction]] | None:
    """Find where the comparisons of a condition change their answer."""
    found: list[tuple[str, Fraction]] = []
    for node in walked(condition.root):
        if not isinstance(node, Comparison):
            continue
        for left, right in pairwise(node.operands):
            form = _difference(condition, left, right, names)
            if form is None or len(form.terms) > 1:
                return None
            found += [(name, -form.constant / factor) for name, factor in form.terms]
    return found


def _difference(
    condition: Expression, left: Node, right: Node, names: Mapping[str, Dimension]
) -> LinearForm | None:
    """Read what one side has more than the other as a sum."""
    used = (*names_in(left), *names_in(right))
    if not used:
        return LinearForm(Fraction(0))
    text = condition.text
    difference = f"({text[left.start : left.end]}) - ({text[right.start : right.end]})"
    parsed = parse_expression(difference, names, names[used[0]])
    # Too long or too deep for an expression of its own, if it is a fault.
    return linear_form(parsed, {}) if isinstance(parsed, Expression) else None
