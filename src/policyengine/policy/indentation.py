"""Which line of a block is the one that is indented otherwise than those beside it."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from policyengine.policy.stop import indent_of

INDENT: Final = 2
"""How much further than its key a block is indented in house style."""

_OPENS_BLOCK: Final = re.compile(r":\s*(#.*)?$")


def odd_first_line(lines: Sequence[str], at: int) -> int | None:
    """Find the first line of a block that does not line up with a later one, if it is to blame.

    Takes: the lines of a file, and the index of the line at which a parser stopped.
    Gives: the index of the first line of that block, where the line at `at` has the indentation
    of house style and the first one has not; otherwise None.
    """
    wanted = indent_of(lines[at])
    least = None
    for first in _content_above(lines, at):
        indent = indent_of(lines[first])
        if indent != wanted and (least is None or indent < least):
            above = next(_content_above(lines, first), None)
            if above is not None and _is_parent(lines[above], indent, wanted):
                return first
        least = indent if least is None else min(least, indent)
        if least <= wanted - INDENT:
            return None
    return None


def _is_parent(text: str, indent: int, wanted: int) -> bool:
    """Tell whether a line opens a block that both indentations may belong to."""
    own = indent_of(text)
    return bool(_OPENS_BLOCK.search(text)) and own < indent and own + INDENT == wanted


def _content_above(lines: Sequence[str], at: int) -> Iterator[int]:
    """Give the lines above one, nearest first, without blank lines and comments."""
    for line in range(at - 1, -1, -1):
        text = lines[line].strip()
        if text and not text.startswith("#"):
            yield line
