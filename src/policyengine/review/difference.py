"""What a comparison finds: one fact in plain words, its class, and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["text", "additive", "dearer", "structural"]
"""The classes of a difference, mildest first.

- `text`: nothing that is charged, given, allowed or named changes: titles, reasons, sources, the
  version's own data.
- `additive`: something new, or more for the same. Nobody pays more, gets less or may do less.
- `dearer`: dearer or smaller. Somebody pays more, gets less or for less long, or may do less.
- `structural`: a name that requests or wallets use is gone, or a rule works in another way, so that
  it depends on the wallet who gains and who loses.
"""

KINDS: Final[tuple[Kind, ...]] = ("text", "additive", "dearer", "structural")

TITLES: Final[dict[Kind, str]] = {
    "text": "text",
    "additive": "additive",
    "dearer": "dearer or smaller",
    "structural": "structural",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact about two versions.

    `pointer` is a place in the newer one, or in the older one where it `is_gone`. The lines are
    those of either file, None where it has no such place. `is_past` tells that it concerns what has
    been decided already.
    """

    kind: Kind
    pointer: str
    sentence: str
    is_gone: bool = False
    is_past: bool = False
    old_line: int | None = None
    new_line: int | None = None


Differences: TypeAlias = Iterable[Difference]


def said(kind: Kind, pointer: str, sentence: str) -> Difference:
    """Say a fact about a place of the newer version."""
    return Difference(kind, pointer, sentence)


def gone(kind: Kind, pointer: str, sentence: str) -> Difference:
    """Say a fact about a place that only the older version has."""
    return Difference(kind, pointer, sentence, is_gone=True)


def severity(kind: Kind) -> int:
    """Give the rank of a class: the mildest is 0."""
    return KINDS.index(kind)
