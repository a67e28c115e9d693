"""The registry of codes, and a golden pair for each: a bad file and the messages drawn for it."""

import re
from functools import cache
from typing import Final

import pytest
from tools.goldens import FOLDER, RECIPE, Golden, findings_of, goldens

from policyengine.policy.codes import CODES
from policyengine.policy.source import load_source

GOLDENS: Final = tuple(goldens())

findings_once = cache(findings_of)

WITHOUT_GOLDEN: Final = {
    "PE302": "the schema's bound on the length of a text is reached first, as PE125",
    "PE309": "a file cannot reach it: the lexer refuses such signs first, as PE303",
}

UNSEEN_IN_PRINT: Final = {"PE001", "PE002", "PE003", "PE004", "PE005", "PE025", "PE027"}
"""Codes whose fault is one of bytes or of size; their page describes it instead."""


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda each: each.path.name)
def test_a_bad_file_is_answered_as_agreed(golden: Golden) -> None:
    findings, text = findings_once(golden)
    assert golden.code in {each.code for each in findings}
    assert golden.drawing.read_text() == text, "see `python -m tools.goldens`"


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda each: each.path.name)
def test_what_a_bad_file_is_told_is_in_the_style_of_the_house(golden: Golden) -> None:
    for each in findings_once(golden)[0]:
        assert each.code in CODES
        for text in (each.message, each.help, *(related.message for related in each.related)):
            assert text
            assert not text.endswith("."), text
            assert "\n" not in text, text
        assert each.message.startswith("`") or not each.message[0].isupper()


def test_every_code_has_a_golden_pair_and_every_pair_a_code() -> None:
    shown = {golden.code for golden in GOLDENS}
    assert shown <= set(CODES)
    assert set(CODES) - shown == set(WITHOUT_GOLDEN) & set(CODES)


def test_no_drawing_is_left_without_its_file() -> None:
    drawings = {path.name for path in FOLDER.glob("*.txt")}
    assert drawings == {golden.drawing.name for golden in GOLDENS}


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_and_why_with_a_wrong_and_a_right_example(code: str) -> None:
    page = CODES[code]
    assert re.fullmatch(r"PE[0-4]\d\d", code)
    assert page.title[0].islower() or not page.title[0].isalpha() or page.title.startswith("YAML")
    assert not page.title.endswith(".")
    for sentence in (page.what, page.why):
        assert sentence.endswith((".", "+ -"))
    assert page.wrong != page.right
    assert "\n\nWhy: " in page.explanation
    assert "\n\nWrong:\n    " in page.explanation
    assert "\n\nRight:\n    " in page.explanation


@pytest.mark.parametrize("code", [each for each in CODES if each < "PE1"])
def test_the_examples_of_a_page_about_the_file_are_what_they_claim(code: str) -> None:
    page = CODES[code]
    if code not in UNSEEN_IN_PRINT:
        found = {each.code for each in load_source(page.wrong, "wrong.yaml")[1]}
        assert code in found
        assert load_source(page.right, "right.yaml")[1] == ()


def test_a_recipe_repeats_its_text() -> None:
    recipes = [golden for golden in GOLDENS if golden.path.suffix == RECIPE]
    assert recipes
    assert all(len(golden.content) > 10 * golden.path.stat().st_size for golden in recipes)
