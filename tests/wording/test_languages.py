"""The catalogues: the same texts in both languages, and none that no policy needs."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from string import Formatter
from typing import Final

import pytest

from policyengine.policy.policy import Policy
from policyengine.values.calendar import CalendarSpan, parse_instant
from policyengine.wording.languages import CHINESE, ENGLISH, LANGUAGES
from policyengine.wording.rendering import Language, instant_words, rendered, written
from policyengine.wording.sections import policy_sections
from policyengine.wording.words import (
    Count,
    Figure,
    Listing,
    Measured,
    Sentence,
    Value,
    Verbatim,
    say,
)
from wording.policies import every_policy, policy_at

NAMES: Final = ("noun.", "section.", "measure.", "unit.", "grant.", "word.")
"""Texts that are looked up by kind and name; not each of them has to occur."""
_CHINESE: Final = re.compile(r"[一-鿿]")


def gaps(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def keys_in(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Sentence):
            yield value.key
            yield from keys_in(value.values.values())
        elif isinstance(value, Listing):
            yield from keys_in(value.items)


def sentences_of(policy: Policy) -> list[Sentence]:
    return [each for section in policy_sections(policy) for each in section.sentences]


def test_both_languages_have_the_same_texts() -> None:
    assert sorted(ENGLISH.texts) == sorted(CHINESE.texts)


@pytest.mark.parametrize("key", sorted(ENGLISH.texts))
def test_a_text_has_the_same_gaps_in_both_languages(key: str) -> None:
    assert gaps(ENGLISH.texts[key]) == gaps(CHINESE.texts[key])


def test_what_is_said_is_in_the_catalogue_and_what_is_there_is_said() -> None:
    said = {key for policy in every_policy() for key in keys_in(sentences_of(policy))}
    kept = {key for key in ENGLISH.texts if not key.startswith(NAMES)}
    kept = {key for key in kept if not key.startswith(OTHERS)}
    assert sorted(key for key in said if not key.startswith(OTHERS)) == sorted(kept)


OF_PAGES: Final = ("page.", "pages.", "changed.", "column.", "cell.", "lasts.", "faq.", "example.")
OTHERS: Final = ("formula.", "meaning.", "refusal.", "way.", *OF_PAGES)
"""Texts that other pages than a policy's own sentences need; tests of these look at them."""


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_sentence_ends_like_one_and_has_no_gap_left(language: Language) -> None:
    ends = {"en": ".", "zh": "。"}[language.code]
    for policy in every_policy():
        for each in sentences_of(policy):
            text = rendered(each, language)
            assert text.endswith(ends), text
            assert not re.search(r"[{}]|  |\.\.|。。", text), text


def test_a_chinese_sentence_has_chinese_words() -> None:
    for policy in every_policy():
        for each in sentences_of(policy):
            assert _CHINESE.search(rendered(each, CHINESE))


@pytest.mark.parametrize("name", ["codeflicker/v1", "codeflicker/v2"])
def test_no_internal_word_reaches_a_reader(name: str) -> None:
    # What has an underscore is a word of the file; the encoding of texts is a name of its own.
    policy = policy_at(f"policies/{name}.yaml")
    for language in LANGUAGES.values():
        for each in sentences_of(policy):
            words = re.findall(r"\w+_\w+", rendered(each, language))
            assert set(words) <= {"o200k_base"}


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [(1, "1 pack", "1 个"), (0, "0 packs", "0 个"), (1200, "1,200 packs", "1,200 个")],
)
def test_one_is_told_from_many(count: int, english: str, chinese: str) -> None:
    assert english == written(Count(count, "pack"), ENGLISH)
    assert chinese == written(Count(count, "pack"), CHINESE)


@pytest.mark.parametrize(
    ("number", "measure", "english", "chinese"),
    [
        (Fraction(1), "images", "1 image", "1 图像"),
        (Fraction(2), "images", "2 images", "2 图像"),
        (Fraction(1, 2), "searches", "0.5 searches", "0.5 搜索"),
        (Fraction(1), "searches", "1 search", "1 搜索"),
        (Fraction(1), "render_minutes", "1 render minute", "1 render minutes"),
        (Fraction(1_000_000), "tokens", "1,000,000 tokens", "1,000,000 Token"),
    ],
)
def test_a_measure_is_counted_as_readers_count(
    number: Fraction, measure: str, english: str, chinese: str
) -> None:
    assert written(Measured(number, measure), ENGLISH) == english
    assert written(Measured(number, measure), CHINESE) == chinese


def test_values_are_listed_with_the_words_of_the_language() -> None:
    items = tuple(Verbatim(each) for each in ("A", "B", "C"))
    assert written(Listing(items, "and"), ENGLISH) == "A, B and C"
    assert written(Listing(items, "or"), ENGLISH) == "A, B or C"
    assert written(Listing(items, "list"), ENGLISH) == "A, B, C"
    assert written(Listing(items, "and"), CHINESE) == "A、B和C"
    assert written(Listing(items[:1], "and"), ENGLISH) == "A"


def test_instants_have_seconds_only_where_they_need_them() -> None:
    assert instant_words(parse_instant("2026-01-28T08:00:00Z")) == "2026-01-28 08:00 UTC"
    assert instant_words(parse_instant("2026-01-28T08:00:07Z")) == "2026-01-28 08:00:07 UTC"


def test_a_figure_has_two_decimals() -> None:
    assert written(Figure(4_500_000), ENGLISH) == "4.50"


@pytest.mark.parametrize(
    ("count", "each", "english", "chinese"),
    [
        (1, False, "1 month", "1 个月"),
        (12, False, "12 months", "12 个月"),
        (1, True, "every month", "每个月"),
        (2, True, "every 2 months", "每 2 个月"),
    ],
)
def test_spans_are_written_in_words(count: int, each: bool, english: str, chinese: str) -> None:
    span = CalendarSpan(count, "month")
    assert english == ENGLISH.span(span, each)
    assert chinese == CHINESE.span(span, each)


def test_a_blank_stands_between_chinese_signs_and_letters() -> None:
    sentence = say("whose.pack", pack=Verbatim("5份"))
    assert rendered(sentence, CHINESE) == "5 份积分包的积分"
