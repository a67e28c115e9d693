"""Writing one value of a file anew: nothing else in the text changes, not even a space."""

import re
from typing import Final

from policyengine.policy.nodes import ScalarNode, Value
from policyengine.policy.scalars import LookAlike, typed
from policyengine.values.diagnostics import Span

_PLAIN: Final = re.compile(r"[0-9A-Za-z_]([^\n\"'#,:\[\]{}]|:(?=[^\s,\[\]{}]))*(?<! )")
"""Text that means itself without quotes, also within braces."""
_MARK: Final = "\ufeff"
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def replaced(text: str, span: Span, new: str) -> str:
    """Put text in the place of a span.

    Takes: a file's text as it is, with whatever line ends and mark it has; a span that was found
    in it; what to write there, on one line.
    """
    lines = text.split("\n")
    first, last = lines[span.line - 1], lines[span.end_line - 1]
    begins = span.column - 1 + _shift(first, span.line)
    ends = span.end_column - 1 + _shift(last, span.end_line)
    lines[span.line - 1 : span.end_line] = [first[:begins] + new + last[ends:]]
    return "\n".join(lines)


def written(value: Value, old: ScalarNode) -> str:
    """Write a value in the place of another one: in its quotes, or without any where that does.

    A text of several lines is written in quotes.
    """
    if not isinstance(value, str):
        return "true" if value is True else "false" if value is False else str(value)
    if old.style == "plain" and is_plain(value):
        return value
    quoted = "".join(_ESCAPES.get(each, each) for each in value)
    return f'"{quoted}"'


def is_plain(text: str) -> bool:
    """Tell whether a text means itself when it is written without quotes."""
    meaning = typed(text)
    return not isinstance(meaning, LookAlike) and meaning == text and bool(_PLAIN.fullmatch(text))


def _shift(line: str, number: int) -> int:
    """Give how much further right the first line's columns are: a mark has none of its own."""
    return int(number == 1 and line.startswith(_MARK))
