"""House style changes white space only, never what a file says; and it finds what it should."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.app.layout import Formatted, formatted
from policyengine.policy.source import load_source
from policyengine.values.diagnostics import has_errors

ROOT = Path(__file__).parents[2]


def files() -> Iterator[Path]:
    """Every policy, scenario and mapping in the checkout."""
    for folder in ("policies", "src/policyengine/app/templates"):
        yield from sorted((ROOT / folder).rglob("*.yaml"))


def styled(text: str) -> str:
    """Give a text in house style; it must be readable."""
    done = formatted(text.encode(), "x.yaml")
    assert isinstance(done, Formatted), done
    return done.text


@pytest.mark.parametrize("file", list(files()), ids=lambda each: each.relative_to(ROOT).as_posix())
def test_what_is_in_the_checkout_is_in_house_style(file: Path) -> None:
    done = formatted(file.read_bytes(), file.name)
    assert isinstance(done, Formatted)
    assert done.text == file.read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1  \n", "a: 1\n"),
        ("a: 1", "a: 1\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("\ufeffa: 1\n", "a: 1\n"),
        ("\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
        ("a: { b: 1,c : [ 2 ,3 ] }\n", "a: {b: 1, c: [2, 3]}\n"),
        ("a: { }\n", "a: {}\n"),
        ("a:\n    b:\n        c: 1\n", "a:\n  b:\n    c: 1\n"),
        ("a:\n # about b\n b: 1\n # behind b\n", "a:\n  # about b\n  b: 1\n  # behind b\n"),
        ("a:\n    -   b: 1\n        c: 2\n", "a:\n  - b: 1\n    c: 2\n"),
        ("a:\n- b\n-   c\n", "a:\n- b\n- c\n"),
        ("a:\n    {b: 1,\n     c: 2}\n", "a:\n  {b: 1,\n   c: 2}\n"),
        ("a:\n    b\n", "a:\n  b\n"),
        ("a:   1   # why\n", "a:   1   # why\n"),
        ("a: {b: 1} # { not ,this }\n", "a: {b: 1} # { not ,this }\n"),
        ("a: '{ b ,c }'\n", "a: '{ b ,c }'\n"),
        ('a: "x\n\n  y  \n z"\nb: 1 \n', 'a: "x\n\n  y  \n z"\nb: 1\n'),
    ],
)
def test_white_space_is_put_in_order_and_layout_stays(before: str, after: str) -> None:
    assert styled(before) == after


def test_a_block_of_text_keeps_its_own_white_space() -> None:
    text = "a: |\n   first  \n\n\n     second\n\nb: 1\n"
    assert styled(text) == text


def test_a_file_that_cannot_be_read_gives_its_findings() -> None:
    done = formatted(b"a: {b: 1\n", "x.yaml")
    assert not isinstance(done, Formatted)
    assert has_errors(done)


NOISE = st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from("{[,}]:\n")), max_size=30)


def noisy(text: str, noise: list[tuple[int, str]]) -> str:
    """Put blanks where house style has none: at ends of lines, in braces, and between lines."""
    lines = text.split("\n")
    for place, sign in noise:
        at = place % len(lines)
        line = lines[at]
        if line.lstrip().startswith("#"):
            continue
        if sign == "\n":
            lines[at] = line + " " * (place % 3)
        elif sign in "{[" and line.count(sign) == 1 and "#" not in line and "'" not in line:
            lines[at] = line.replace(sign, sign + " " * (1 + place % 2))
        elif sign in "}]" and line.count(sign) == 1 and "#" not in line and "'" not in line:
            lines[at] = line.replace(sign, " " * (1 + place % 2) + sign)
    return "\n".join(lines)


@settings(max_examples=40)
@given(file=st.sampled_from(list(files())), noise=NOISE, ends=st.sampled_from(["\n", "\r\n"]))
def test_noise_is_taken_out_again(file: Path, noise: list[tuple[int, str]], ends: str) -> None:
    text = file.read_text()
    assert styled(noisy(text, noise).replace("\n", ends)) == text


WORDS = st.sampled_from(
    ["a", "b: 1", "c:", "- d", "{e: 1}", "[f, g]", "# h", "'i  j'", "|", ">-", ""]
)
LINES = st.lists(st.tuples(st.integers(0, 6), WORDS, st.integers(0, 2)), max_size=12)


@settings(max_examples=400)
@given(LINES)
def test_nothing_but_white_space_ever_changes(lines: list[tuple[int, str, int]]) -> None:
    text = "".join(f"{' ' * indent}{word}{' ' * tail}\n" for indent, word, tail in lines)
    before, findings = load_source(text, "x.yaml")
    done = formatted(text.encode(), "x.yaml")
    if not isinstance(done, Formatted):
        assert has_errors(findings)
        return
    after, _ = load_source(done.text, "x.yaml")
    assert after.plain == before.plain
    assert "".join(done.text.split()) == "".join(text.split())
    assert styled(done.text) == done.text
