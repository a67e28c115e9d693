"""Syntax errors in the words of the house, at the place of their cause."""

import pytest
import yaml

from policyengine.policy.source import load_source
from policyengine.policy.syntax import reworded
from policyengine.values.diagnostics import Diagnostic, Edit


def found(text: str) -> Diagnostic:
    source, (finding,) = load_source(text, "p.yaml")
    assert source.root is None
    return finding


def mended(text: str, edit: Edit) -> str:
    lines = text.split("\n")
    line = lines[edit.span.line - 1]
    head, tail = line[: edit.span.column - 1], line[edit.span.end_column - 1 :]
    lines[edit.span.line - 1] = head + edit.replacement + tail
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("why: a: b", "PE011", (1, 6), "the text of `why` holds a colon"),
        ("'why': a: b", "PE011", (1, 8), "the text of `'why'` holds a colon"),
        ("{a: 1}: b: c", "PE010", (1, 10), "YAML cannot be read beyond this point"),
        ('c: 1\n"a\nb": 1\n', "PE014", (2, 1), "the quote opened here is not closed"),
        ("- why: a: b # c", "PE011", (1, 8), "the text of `why` holds a colon"),
        ("a: 1\n  b: 2", "PE012", (2, 3), "`b` is indented further"),
        ("# c\na: b\n\n c: 2", "PE012", (4, 2), "`c` is indented further"),
        ("a: 1\n- b", "PE012", (2, 1), "a list item stands among keys"),
        ("- a\nb: 1", "PE012", (2, 1), "a key stands among list items"),
        ("a:\n  b: 1\n c: 2", "PE012", (3, 2), "lines up with no line above"),
        ("a: - b", "PE012", (1, 4), "a list item cannot begin here"),
        ("a: 1\n...\nb: 2", "PE012", (3, 1), "`b: 2` does not belong"),
        ("a: 1\n...\n%X\n", "PE012", (4, 1), "what follows does not belong"),
        ("a: {b: 1\nc: 2", "PE013", (1, 4), "the `{` is not closed before line 2"),
        ("a: [1, 2", "PE013", (1, 4), "the `[` is not closed before line 1"),
        ("a: {b: 1 c: 2}", "PE013", (1, 10), "a comma is missing before `c`"),
        ("a: ['b' 'c']", "PE013", (1, 9), "a comma is missing before `'c'`"),
        ("a: {b: [1}", "PE013", (1, 10), "the `[` is not closed before `}`"),
        ("a: {'b': 'c': 1}", "PE013", (1, 10), "a comma is missing before `'c'`"),
        ("a: {\n  'b': 'c'\n  : 1}", "PE013", (1, 4), "the `{` is not closed before line 3"),
        ('a: "b\nc: 1', "PE014", (1, 4), "the quote opened here is not closed"),
        ("'a: 1\nb: 2", "PE014", (1, 1), "the quote opened here is not closed"),
        ("a: 'b\n---\nc: 1", "PE014", (1, 4), "the quote opened here is not closed"),
        ("a: 1\nb 2", "PE015", (2, 1), "`b 2` is not followed by a colon"),
        ("a: 1\nb:2", "PE015", (2, 1), "`b:2` has no space after its colon"),
        ("b:2\na: 1", "PE015", (1, 1), "`b:2` has no space after its colon"),
        ("a: @b", "PE016", (1, 4), "a value cannot begin with `@`"),
        ("a: `b`", "PE016", (1, 4), "a value cannot begin with a backtick"),
        ("a: % b", "PE016", (1, 4), "a value cannot begin with `%`"),
        ("a: * 2", "PE016", (1, 4), "a value cannot begin with `*`"),
        ("a: & 2", "PE016", (1, 4), "a value cannot begin with `&`"),
        ("a: ? b", "PE016", (1, 4), "a value cannot begin with `?`"),
        ("a: | b", "PE016", (1, 4), "text cannot follow `|`"),
        ("a: |0\n  b", "PE016", (1, 4), "text cannot follow `|`"),
        ("a: >#b", "PE016", (1, 4), "text cannot follow `>`"),
        ('a: "\\d"', "PE017", (1, 5), "`\\d` is not an escape"),
        ('a: "\\xZ"', "PE017", (1, 6), "`xZ` is not an escape"),
        ('b: 1\na: "\\U00110000"', "PE017", (2, 5), "`\\U00110000` is beyond the last"),
        ("a: 1\nb：2", "PE018", (2, 2), "the sign `：` is a letter to YAML"),
        ("a：1\nb: 2", "PE018", (1, 2), "the sign `：` is a letter to YAML"),
        ("a:　1\nb: 2", "PE018", (1, 3), "the space U+3000 is a letter to YAML"),
        ("a: [1， {b: 2]", "PE018", (1, 6), "the sign `，` is a letter to YAML"),
        ("a: !b!c 1", "PE021", (1, 4), "a tag, begun by `!`"),
        ("a: !<x 1", "PE021", (1, 4), "a tag, begun by `!`"),
        ("%YAML 1.2 x\n---\na: 1", "PE023", (1, 1), "a line that begins with `%`"),
        ("%YAML 2.0\n---\na: 1", "PE023", (1, 1), "a line that begins with `%`"),
        ("a: 1\n: 2", "PE031", (2, 1), "a key is missing before the colon"),
        ("a: [, b]", "PE010", (1, 5), "a value is missing before `,`"),
        ("a: ]", "PE010", (1, 4), "a value is missing before `]`"),
        ("a: 'b' c", "PE010", (1, 8), "`c` follows a value that has ended"),
        ("a: [1]]", "PE010", (1, 7), "`]` follows a value that has ended"),
    ],
)
def test_the_cause_is_named_at_its_place(
    text: str, code: str, place: tuple[int, int], words: str
) -> None:
    finding = found(text)
    assert (code, place) == (finding.code, (finding.span.line, finding.span.column))
    assert words in finding.message
    assert finding.help


@pytest.mark.parametrize(
    "text",
    [
        'why: say "no": now',
        "why: a\\b: c # d",
        "a: 1\nb:2",
        "a: 1\nb：2",
        "a:　1\nb: 2",
        "b:2\na: 1",
    ],
)
def test_an_edit_mends_the_text(text: str) -> None:
    edit = found(text).edit
    assert edit is not None
    assert load_source(mended(text, edit), "p.yaml")[1] == ()


def test_the_indentations_that_fit_are_named() -> None:
    text = "a:\n    - b: 1\n      # c\n\n      d:\n          e: 1\n   f: 2\n"
    assert found(text).help == "indent it by 0, 4, 6 or 10 spaces"


def test_only_the_nearest_indentations_are_named() -> None:
    steps = "".join(f"{' ' * (40 - n)}b{n}:\n" for n in range(0, 40, 2))
    help_ = found(f"a:\n{steps}").help
    assert help_ == "indent it by 0 or 40 spaces"
    rising = "a:\n" + "".join(f"{' ' * n}b:\n" for n in range(1, 20)) + "      : 1"
    assert len(found(rising).help) < 80


def test_a_wide_sign_within_text_is_not_blamed() -> None:
    assert found("why: 说明：第一版: x").code == "PE011"
    assert found("a: '：'\nb 2 # ：").code == "PE015"


def test_a_fault_of_another_kind_is_given_in_the_words_of_the_parser() -> None:
    finding = reworded(yaml.YAMLError("Never Seen"), ("a: 1",), "p.yaml")
    assert (finding.code, finding.span.line) == ("PE010", 1)
    assert "(never seen)" in finding.message
    assert reworded(ValueError("chr() arg not in range"), ("a",), "p.yaml").code == "PE010"
