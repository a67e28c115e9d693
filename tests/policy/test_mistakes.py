"""Single mistakes in good policies: each is found on its line, with what was meant."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest

from policy.mistakes import RULES, Mistake, mistakes, slipped
from policyengine.policy.load import load_policy
from policyengine.values.diagnostics import Diagnostic

COUNT_MIN: Final = 300
RIGHT_LINE_MIN: Final = 0.99
RIGHT_SUGGESTION_MIN: Final = 0.9

every_mistake = cache(lambda: tuple(mistakes()))


@cache
def _errors(mistake: Mistake) -> tuple[Diagnostic, ...]:
    found = load_policy(mistake.text, mistake.file).diagnostics
    return tuple(each for each in found if each.severity == "error")


def _has_right_line(mistake: Mistake) -> bool:
    """Tell whether the first error, which is read first, stands where the mistake was made."""
    return [each.span.line for each in _errors(mistake)[:1]] == [mistake.line]


def _has_right_suggestion(mistake: Mistake) -> bool:
    on_its_line = [each for each in _errors(mistake) if each.span.line == mistake.line]
    return any(f"`{mistake.meant}`" in each.help for each in on_its_line)


def test_mistakes_are_found_on_their_line_with_what_was_meant(
    record_property: Callable[[str, object], None],
) -> None:
    every = every_mistake()
    with_meaning = [each for each in every if each.meant]
    wrong_line = [each.title for each in every if not _has_right_line(each)]
    wrong_word = [each.title for each in with_meaning if not _has_right_suggestion(each)]
    lines = 1 - len(wrong_line) / len(every)
    words = 1 - len(wrong_word) / len(with_meaning)
    record_property(
        "figure",
        f"{len(every)} single mistakes in good policies: right line {lines:.1%}, "
        f"right suggestion {words:.1%} of {len(with_meaning)}",
    )
    assert len(every) >= COUNT_MIN
    assert lines >= RIGHT_LINE_MIN, wrong_line
    assert words >= RIGHT_SUGGESTION_MIN, wrong_word


def test_the_corpus_is_the_same_each_time_and_every_rule_makes_mistakes() -> None:
    assert tuple(mistakes()) == every_mistake()
    made = Counter(each.rule for each in every_mistake())
    assert set(made) == set(RULES)
    assert min(made.values()) >= 5


def test_a_mistake_is_in_one_line_of_a_file_that_is_good_without_it() -> None:
    for file in {each.file for each in every_mistake()}:
        ours = [each for each in every_mistake() if each.file == file]
        assert len({each.text for each in ours}) == len(ours)


@pytest.mark.parametrize("word", ["pro", "plus", "credits", "up", "text_input", "aa"])
def test_words_are_misspelt_as_fingers_do(word: str) -> None:
    assert slipped(word) != word
    assert len(slipped(word)) - len(word) in {-1, 0, 1}
