"""How `show` breaks lines and what its JSON has."""

import pytest

from cli.terminal import Terminal
from policyengine.cli.showing import wrapped


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("one two", 7, ["one two"]),
        ("积分用完。", 8, ["积分用", "完。"]),
        ("积分在 2026 年过期，不退。", 12, ["积分在 2026", "年过期，不", "退。"]),
        ("unbreakable", 4, ["unbreakable"]),
    ],
)
def test_lines_break_at_blanks_and_between_chinese_signs(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width).split("\n") == lines


def test_json_gives_each_sentence_with_its_line(empty: Terminal) -> None:
    form = empty.json("show @codeflicker@1")
    sections = {each["section"]: each["sentences"] for each in form["sections"]}
    assert (form["policy"], form["version"], form["language"]) == ("codeflicker", 1, "en")
    assert sections["failures"][0] == {
        "key": "failures.failed",
        "text": "A request that failed costs nothing.",
        "pointer": "/charge/failed_request",
        "line": 37,
    }
    assert sections["expiry"][-1]["line"] is None
