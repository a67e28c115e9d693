"""Whether a word is one of the known words with a slip of the fingers, and no other of them."""

import re
from collections.abc import Iterable
from typing import Final

LENGTH_MIN: Final = 4
"""Shorter words are too near to one another."""
LENGTH_MAX: Final = 64
"""Longer words are not compared: it takes quadratic time."""
LONG: Final = 9
"""From this length on, a word may have two slips."""
APART: Final = 2
"""How much further away than the nearest word every other one must be."""

_NOT_IN_NAME: Final = re.compile(r"[^a-z0-9]+")


def only_slip(word: str, known: Iterable[str]) -> str:
    """Give the one known word that was meant, or nothing where a second reading is possible.

    A tool may put it in the place of the word: the two have the same digits, differ by a letter
    lost, added, changed or swapped (two of them in a long word), and no other word is near.
    """
    choices = list(known)
    folded = _folded(word)
    alike = [each for each in choices if _folded(each) == folded]
    if alike:
        return alike[0] if len(alike) == 1 else ""
    if not LENGTH_MIN <= len(folded) <= LENGTH_MAX:
        return ""
    ranked = sorted((_distance(folded, each), each) for each in choices)[:2]
    if not ranked:
        return ""
    slips, near = ranked[0]
    is_near = slips <= (2 if min(len(near), len(folded)) >= LONG else 1)
    is_alone = len(ranked) == 1 or ranked[1][0] >= slips + APART
    return near if is_near and is_alone and _digits(near) == _digits(folded) else ""


def _folded(word: str) -> str:
    return _NOT_IN_NAME.sub("_", word.lower()).strip("_")


def _digits(word: str) -> list[str]:
    return re.findall(r"[0-9]+", word)


def _distance(word: str, other: str) -> int:
    """Count the letters that were lost, added or changed, and neighbours that were swapped."""
    if abs(len(word) - len(other)) > LENGTH_MIN:
        return LENGTH_MAX
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, start=1):
        this = [row]
        for column, its in enumerate(other, start=1):
            cost = min(last[column] + 1, this[column - 1] + 1, last[column - 1] + (letter != its))
            if row > 1 < column and (word[row - 2], letter) == (its, other[column - 2]):
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        before, last = last, this
    return last[-1]
