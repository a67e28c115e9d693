"""A word is taken for another one only where no second reading is near."""

import pytest

from policyengine.policy.slips import LENGTH_MAX, only_slip

UNITS = ("text_input", "text_cached", "text_output", "image_input")


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("multiplir", ["multiplier", "tiers"], "multiplier"),  # a letter lost
        ("crredits", ["credits"], "credits"),  # one twice
        ("creidts", ["credits"], "credits"),  # two swapped
        ("cradits", ["credits"], "credits"),  # another one
        ("text_inptu", UNITS, "text_input"),
        ("texd_caced", UNITS, "text_cached"),  # two slips in a long word
        ("Text-Input", UNITS, "text_input"),
        ("plu", ["plus"], ""),  # too short
        ("", ["plus"], ""),
        ("x" * (LENGTH_MAX + 1), ["x" * LENGTH_MAX], ""),
        ("plus", [], ""),
        ("plux", ["plus", "plum"], ""),  # two are near
        ("plaan", ["plan", "plans"], ""),
        ("gpt-5.2", ["gpt-5.1", "small"], ""),  # digits are no slip
        ("pro_plus", ["Pro-Plus", "pro-plus"], ""),
        ("wallet", ["balance", "team"], ""),
        ("ab_cd", ["zzzz_yyyy_xxxx"], ""),
    ],
)
def test_a_slip_has_one_reading_or_none(word: str, known: list[str], expected: str) -> None:
    assert only_slip(word, known) == expected
