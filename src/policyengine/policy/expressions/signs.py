"""The signs and words of the language, and what to write instead of those it does not have."""

import keyword
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SIGNS: Final = frozenset(["+", "-", "*", "/", "(", ")", ",", "<", "<=", ">", ">=", "==", "!="])
WORDS: Final = frozenset(["and", "or", "not", "if", "else"])
SIGN_LENGTH_MAX: Final = 3
EXCERPT_MAX: Final = 40

_NO_POWER = "write a power out as a product, such as `2 * 2`"
_NO_TEXT = "leave the quotes out: expressions compare numbers and names, not texts"
_ROUND_BRACKETS = "use round brackets, `(` and `)`"
_CHOICE = "write `a if condition else b`"

FOREIGN_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "**": _NO_POWER,
        "^": _NO_POWER,
        "²": _NO_POWER,
        "³": _NO_POWER,
        "//": "write `floor(x / 2)` for a whole quotient",
        "%": "write a share as a decimal, such as `0.2` for 20 %",
        "=": "write `==` to compare",
        "===": "write `==`",
        "!==": "write `!=`",
        "=>": "write `>=`",
        "=<": "write `<=`",
        "<>": "write `!=`",
        ":=": "leave `:=` out: an expression stores nothing",
        "->": "leave `->` out",
        "&&": "write `and`",
        "&": "write `and`",
        "||": "write `or`",
        "|": "write `or`",
        "!": "write `not`",
        "~": "write `not`",
        "<<": "write a product, such as `x * 2`",
        ">>": "write a quotient, such as `x / 2`",
        "?": _CHOICE,
        ":": _CHOICE,
        ";": "write one expression only",
        ".": "use one flat name: names have no parts",
        "[": _ROUND_BRACKETS,
        "]": _ROUND_BRACKETS,
        "{": _ROUND_BRACKETS,
        "}": _ROUND_BRACKETS,
        "'": _NO_TEXT,
        '"': _NO_TEXT,
        "`": _NO_TEXT,
        "‘": _NO_TEXT,
        "’": _NO_TEXT,
        "“": _NO_TEXT,
        "”": _NO_TEXT,
        "#": "put the comment outside, after the value in the YAML",
        "\\": "write the expression on one line, without `\\`",
        "$": "leave `$` out: amounts are in credits",
        "@": "leave `@` out",
        "\n": "write the expression on one line",
        "\r": "write the expression on one line",
        "\t": "write a space instead of the tab",
        "×": "write `*`",
        "✕": "write `*`",
        "✖": "write `*`",
        "·": "write `*`",
        "⋅": "write `*`",
        "∙": "write `*`",
        "÷": "write `/`",
        "∕": "write `/`",
        "⁄": "write `/`",
        "−": "write `-`",
        "–": "write `-`",
        "—": "write `-`",
        "‐": "write `-`",
        "≤": "write `<=`",
        "⩽": "write `<=`",
        "≥": "write `>=`",
        "⩾": "write `>=`",
        "≠": "write `!=`",
        "…": "leave it out",
    }
)

_UNPRINTED: Final[Mapping[str, str]] = MappingProxyType(
    {"\n": "a line break", "\r": "a line break", "\t": "a tab", "`": "a backtick"}
)
_FOREIGN_WORDS = frozenset(keyword.kwlist) - WORDS


def shown(text: str) -> str:
    """Give the author's text in backticks, or its code points where it cannot be printed."""
    if text in _UNPRINTED:
        return _UNPRINTED[text]
    if text.isprintable() and "`" not in text:
        return f"`{text}`"
    return " ".join(f"U+{ord(character):04X}" for character in text)


def excerpt(text: str) -> str:
    """Give a stretch of the author's text in backticks, shortened where it is long."""
    return shown(text if len(text) <= EXCERPT_MAX else f"{text[: EXCERPT_MAX - 1]}…")


def sign_help(sign: str) -> str:
    """Say what to write instead of a sign that the language does not have."""
    if sign in FOREIGN_SIGNS:
        return FOREIGN_SIGNS[sign]
    plain = unicodedata.normalize("NFKC", sign)
    if plain != sign and plain.isascii():
        return "write a plain space" if plain == " " else f"write {shown(plain)}"
    return "leave it out"


def letters_help(run: str) -> str:
    """Say what to write instead of a run of letters and digits that are not all plain ones."""
    for character in run:
        if character in FOREIGN_SIGNS:
            return FOREIGN_SIGNS[character]
    plain = unicodedata.normalize("NFKC", run)
    if plain.isascii():
        return f"write {shown(plain)}"
    strange = next(character for character in run if not character.isascii())
    return f"use the letters a to z, digits and `_`: this holds U+{ord(strange):04X}"


def word_help(word: str) -> str | None:
    """Say what to write instead of a word that is not in the language; None for other words."""
    if word.lower() in WORDS and word not in WORDS:
        return f"write `{word.lower()}` in small letters"
    if word in _FOREIGN_WORDS:
        return "use only `and`, `or`, `not`, `if` and `else` between names and numbers"
    return None
