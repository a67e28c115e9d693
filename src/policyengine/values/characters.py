"""Characters that steer whoever shows them: a terminal, or the direction of a line."""

import re
from typing import Final

_TURNING: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BREAKING: Final = "\u0085\u2028\u2029"
_LINES: Final = "\t\n"
_STEERING: Final = re.compile(f"[\x00-\x1f\x7f-\x9f{_BREAKING}{_TURNING}]")
_STEERING_IN_LINES: Final = re.compile(
    f"[^{_LINES}\x20-\x7e\xa0-\U0010ffff]|[{_BREAKING}{_TURNING}]"
)
_REPLACEMENT: Final = "\ufffd"


def steers(text: str) -> bool:
    """Tell whether a text has a control character, or a sign that turns the line around."""
    return not text.isprintable() and _STEERING.search(text) is not None


def unsteered(text: str) -> str:
    """Give a text in which what steers is a sign that says so; lines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return _STEERING_IN_LINES.sub(_REPLACEMENT, text)


def escaped_json(text: str) -> str:
    """Give JSON in which what steers is written as an escape: it says the same."""
    return _STEERING_IN_LINES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
