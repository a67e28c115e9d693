"""From a sentence to text in a language: the catalogue's text with each gap written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, assert_never

from policyengine.values.amounts import MICRO_PER_CREDIT, credits_text, decimal_text
from policyengine.values.calendar import SECOND, CalendarSpan, Instant, datetime_of
from policyengine.wording.words import (
    Amount,
    Count,
    Figure,
    Listing,
    Measured,
    Number,
    Sentence,
    Share,
    Span,
    Term,
    Value,
    Verbatim,
    When,
)

_MINUTE: Final = 60 * SECOND
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its catalogue, and how it counts, lists and writes spans of time.

    `counted` takes a number's text, whether it is one, and the noun's entry. `joined` takes at
    least two texts and how they are joined. `spaced` sets the blanks of a whole sentence.
    """

    code: str
    texts: Mapping[str, str]
    counted: Callable[[str, bool, str], str]
    joined: Callable[[tuple[str, ...], str], str]
    span: Callable[[CalendarSpan, bool], str]
    spaced: Callable[[str], str]


def rendered(sentence: Sentence, language: Language) -> str:
    """Write a sentence.

    Raises: KeyError where the catalogue lacks its text, or the sentence a value for a gap.
    """
    values = {name: written(value, language) for name, value in sentence.values.items()}
    return language.spaced(language.texts[sentence.key].format_map(values))


def written(value: Value, language: Language) -> str:  # noqa: C901, PLR0911, PLR0912  # one case per kind
    """Write what stands in a gap."""
    match value:
        case Amount(micro):
            return _counted(Fraction(micro, MICRO_PER_CREDIT), "credit", language)
        case Figure(micro):
            return credits_text(micro)
        case Number(exact):
            return decimal_text(exact)
        case Share(exact):
            return f"{decimal_text(exact * _PERCENT)}%"
        case Count(count, noun):
            return _counted(Fraction(count), noun, language)
        case Measured(exact, measure):
            noun = _named("measure", measure, language)
            return language.counted(decimal_text(exact), exact == 1, noun)
        case Span(span, each):
            return language.span(span, each)
        case When(instant):
            return instant_words(instant)
        case Term(kind, name):
            return _named(kind, name, language).rpartition("|")[2]
        case Verbatim(text):
            return text
        case Listing(items, joined):
            texts = tuple(written(each, language) for each in items)
            return texts[0] if len(texts) == 1 else language.joined(texts, joined)
        case Sentence():
            return rendered(value, language)
        case _:
            assert_never(value)


def _named(kind: str, name: str, language: Language) -> str:
    """Give the catalogue's entry for a name of the policy, or the name in plain words."""
    return language.texts.get(f"{kind}.{name}") or name.replace("_", " ")


def _counted(exact: Fraction, noun: str, language: Language) -> str:
    return language.counted(decimal_text(exact), exact == 1, language.texts[f"noun.{noun}"])


def instant_words(instant: Instant) -> str:
    """Write an instant: `2026-01-28 08:00 UTC`, with seconds only where it has them."""
    form = "%Y-%m-%d %H:%M" if instant % _MINUTE == 0 else "%Y-%m-%d %H:%M:%S"
    return f"{datetime_of(instant).strftime(form)} UTC"
