"""Letters of other scripts that look like Latin ones: names with them read right and are wrong."""

from typing import Final
from unicodedata import name

_CYRILLIC: Final = dict(
    zip(
        "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0458\u0455\u0501\u051b\u051d\u04bb",
        "aceopxyijsdqwh",
        strict=True,
    )
)
_GREEK: Final = dict(zip("\u03bf\u03b1\u03bd\u03c1\u03b9", "oavpi", strict=True))
_LATIN_OF: Final = str.maketrans({**_CYRILLIC, **_GREEK})


def in_latin(text: str) -> str:
    """Write a text in the Latin letters that it looks like; nothing where it has them already."""
    plain = text.translate(_LATIN_OF)
    return plain if plain != text and plain.isascii() else ""


def lookalike_help(text: str, meant: str) -> str:
    """Say which letter of a text is of another script, and how the text is written without it."""
    sign = next(each for each in text if not each.isascii())
    words = name(sign).lower().replace(" small letter ", " ")
    return f"write `{meant}` in Latin letters: the `{sign}` here is U+{ord(sign):04X}, {words}"
