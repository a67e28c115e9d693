"""Checks that values and operators alternate, and that brackets, commas, `if` and `else` pair up.

Python's own parser has the last word; this pass exists because its messages do not help an author.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from policyengine.policy.expressions.bounds import DEPTH_MAX
from policyengine.policy.expressions.faults import ExpressionFault
from policyengine.policy.expressions.lexer import Piece

_CHOICE = "write `a if condition else b`"
_BINDS_TIGHTER_THAN_NOT = frozenset(["+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="])


@dataclass(slots=True)
class _Level:
    """What is open between two brackets, or at the top: a call or not, and the waiting `if`s."""

    opened_by: Piece | None = None
    is_call: bool = False
    ifs: list[Piece] = field(default_factory=list)


def misplaced(pieces: Sequence[Piece]) -> ExpressionFault | None:
    """Find the first piece that cannot stand where it stands.

    Takes: at least one piece.
    """
    levels = [_Level()]
    before: Piece | None = None
    for piece in pieces:
        if before is not None and _ends_a_value(before):
            fault = _behind_a_value(before, piece, levels)
        else:
            fault = _before_a_value(before, piece, levels)
        if fault is not None:
            return fault
        before = piece
    return _at_the_end(pieces[-1], levels)


def _ends_a_value(piece: Piece) -> bool:
    return piece.kind in ("number", "name") or piece.text == ")"


def _fault(piece: Piece, message: str, help_: str) -> ExpressionFault:
    return ExpressionFault("PE307", message, piece.start, piece.end, help_)


def _before_a_value(  # noqa: PLR0911 one case per kind of piece
    before: Piece | None, piece: Piece, levels: list[_Level]
) -> ExpressionFault | None:
    if piece.kind in ("number", "name") or piece.text == "-":
        return None
    if piece.text == "(":
        return _opened(piece, levels, is_call=False)
    if piece.text == "not":
        if before is None or before.text not in _BINDS_TIGHTER_THAN_NOT:
            return None
        message = f"`not` cannot follow `{before.text}`"
        return _fault(piece, message, "put brackets around the `not` and what it negates")
    if piece.text == ")" and before is not None and before.text == "(" and levels[-1].is_call:
        levels.pop()  # a call without inputs: the gate says how many the function takes
        return None
    if piece.text in ("if", "else"):
        return _fault(piece, f"a value is missing before `{piece.text}`", _CHOICE)
    message = f"a value is missing before `{piece.text}`"
    return _fault(piece, message, f"write a name or a number before `{piece.text}`")


def _behind_a_value(before: Piece, piece: Piece, levels: list[_Level]) -> ExpressionFault | None:
    if piece.text == "(" and before.kind == "name":
        return _opened(piece, levels, is_call=True)
    if piece.kind in ("number", "name") or piece.text in ("(", "not"):
        message = f"a sign is missing between `{before.text}` and `{piece.text}`"
        help_ = "write `*` for times" if piece.text != "not" else "write `and not`"
        return ExpressionFault("PE307", message, before.start, piece.end, help_)
    if piece.text == ")":
        return _closed(piece, levels)
    if piece.text == ",":
        return _comma(before, piece, levels[-1])
    if piece.text == "if":
        levels[-1].ifs.append(piece)
    elif piece.text == "else":
        if not levels[-1].ifs:
            return _fault(piece, "this `else` has no `if`", _CHOICE)
        levels[-1].ifs.pop()
    return None


def _opened(piece: Piece, levels: list[_Level], *, is_call: bool) -> ExpressionFault | None:
    if len(levels) > DEPTH_MAX:
        message = f"brackets are nested more than {DEPTH_MAX} deep"
        return ExpressionFault("PE308", message, piece.start, piece.end, "take some brackets out")
    levels.append(_Level(piece, is_call))
    return None


def _closed(piece: Piece, levels: list[_Level]) -> ExpressionFault | None:
    if len(levels) == 1:
        return _fault(piece, "this `)` closes nothing", "leave it out, or write the `(` it closes")
    return _without_else(levels.pop())


def _comma(before: Piece, piece: Piece, level: _Level) -> ExpressionFault | None:
    if level.is_call:
        return _without_else(level)
    if before.kind == "number":
        message = f"`{before.text},` is not a plain number"
        help_ = "write a point for decimals, `1.5`, and nothing between thousands, `200000`"
        return ExpressionFault("PE305", message, before.start, piece.end, help_)
    message = "a comma stands only between the inputs of a function"
    return _fault(piece, message, "write one value, or call `min` or `max`")


def _without_else(level: _Level) -> ExpressionFault | None:
    if not level.ifs:
        return None
    return _fault(level.ifs[-1], "this `if` has no `else`", _CHOICE)


def _at_the_end(last: Piece, levels: Sequence[_Level]) -> ExpressionFault | None:
    if not _ends_a_value(last):
        message = f"a value is missing after `{last.text}`"
        return _fault(last, message, f"write a name or a number after `{last.text}`")
    opened_by = levels[-1].opened_by
    if opened_by is not None:
        return _fault(opened_by, "this `(` is never closed", "write the `)` that closes it")
    return _without_else(levels[-1])
