"""The named bounds of an expression, and the one shape that its numbers have."""

import re
from typing import Final

LENGTH_MAX: Final = 200
NODES_MAX: Final = 40
DEPTH_MAX: Final = 12
DIGITS_MAX: Final = 18

NUMBER: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
"""A number as it must be written: match it in full."""


def is_plain_number(text: str) -> bool:
    """Tell whether a text is a number in the one accepted shape, within `DIGITS_MAX` digits."""
    return bool(NUMBER.fullmatch(text)) and len(text.replace(".", "")) <= DIGITS_MAX
