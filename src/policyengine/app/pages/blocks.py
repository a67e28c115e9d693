"""The blocks that pages are made of, without a language, and their Markdown in one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from policyengine.wording.rendering import Language, rendered, written
from policyengine.wording.words import Sentence, Value

_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|])")


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 is that of the page."""

    title: Sentence
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One sentence that stands alone."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that somebody else says."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences below each other."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Other pages, by file and title."""

    pages: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: titles, and rows of values; numbers are aligned to the right."""

    columns: tuple[Sentence, ...]
    rows: tuple[tuple[Value, ...], ...]
    right: frozenset[int] = frozenset()


Block: TypeAlias = Heading | Paragraph | Quote | Bullets | Links | Grid


def markdown(blocks: Iterable[Block], language: Language) -> str:
    """Write blocks as Markdown."""
    return "\n\n".join(_written(each, language) for each in blocks) + "\n"


def _written(block: Block, language: Language) -> str:
    match block:
        case Heading(title, level):
            return f"{'#' * level} {_text(title, language)}"
        case Paragraph(sentence):
            return _text(sentence, language)
        case Quote(sentence):
            return f"> {_text(sentence, language)}"
        case Bullets(sentences):
            return "\n".join(f"- {_text(each, language)}" for each in sentences)
        case Links(pages):
            return "\n".join(f"- [{_text(title, language)}]({file})" for file, title in pages)
        case Grid():
            return _grid(block, language)
        case _:
            assert_never(block)


def _grid(block: Grid, language: Language) -> str:
    places = range(len(block.columns))
    rules = ("---:" if place in block.right else "---" for place in places)
    rows = [
        [_text(each, language) for each in block.columns],
        list(rules),
        *(
            [_escaped(language.spaced(written(each, language))) for each in row]
            for row in block.rows
        ),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _text(sentence: Sentence, language: Language) -> str:
    return _escaped(rendered(sentence, language))


def _escaped(text: str) -> str:
    """Write signs of Markdown so that they stand for themselves."""
    return _SIGNS.sub(r"\\\1", text)
