"""Letters that only look Latin are named, and the text is given as it looks."""

import pytest

from policyengine.policy.lookalikes import in_latin, lookalike_help


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("pr\u043e", "pro"),
        ("\u0430\u0441\u0435", "ace"),
        ("m\u03bfnthly", "monthly"),
        ("pro", ""),
        ("\u5957\u9910", ""),
        ("pr\u043e\u5957", ""),
    ],
)
def test_a_text_is_given_in_the_letters_that_it_looks_like(text: str, latin: str) -> None:
    assert in_latin(text) == latin


def test_the_first_letter_of_another_script_is_named() -> None:
    assert lookalike_help("pr\u043e", "pro") == (
        "write `pro` in Latin letters: the `\u043e` here is U+043E, cyrillic o"
    )
