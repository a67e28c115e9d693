"""What steers a terminal is told from text in any language, and is shown as a sign."""

import json

import pytest

from policyengine.values.characters import escaped_json, steers, unsteered

STEERING = ["\x00", "\x07", "\x1b[31m", "\x1b]0;title\x07", "\x7f", "\x85", "\x9b", "\r", "\n"]
TURNING = ["\u2028", "\u2029", "\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"]
PLAIN = [
    "",
    "plain",
    "日本",
    "é",
    "👩\u200d💻",
    "می\u200cخواهم",
    "=cmd|' /C calc'!A0",
    "<script>",
    "|",
]


@pytest.mark.parametrize("text", [*STEERING, *TURNING])
def test_what_steers_is_found_wherever_it_stands(text: str) -> None:
    assert steers(f"a{text}b")


@pytest.mark.parametrize("text", PLAIN)
def test_text_in_any_language_is_left_as_it_is(text: str) -> None:
    assert not steers(text)
    assert (unsteered(text), escaped_json(text)) == (text, text)


@pytest.mark.parametrize("text", [each for each in (*STEERING, *TURNING) if each != "\n"])
def test_what_steers_is_shown_as_a_sign(text: str) -> None:
    shown = unsteered(f"a{text}b")
    assert not steers(shown)
    assert shown.startswith("a\ufffd")


def test_lines_and_tabs_stay() -> None:
    assert unsteered("a\n\tb\r") == "a\n\tb\ufffd"


@pytest.mark.parametrize("text", [*STEERING, *TURNING, *PLAIN])
def test_json_says_the_same_without_steering_anything(text: str) -> None:
    written = escaped_json(json.dumps([text], ensure_ascii=False))
    assert not steers(written)
    assert json.loads(written) == [text]
