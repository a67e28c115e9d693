"""From bytes to text: encodings, bounds and characters."""

import pytest

from policyengine.policy.text import BYTES_MAX, read_text


def codes(data: bytes | str) -> list[str]:
    return [each.code for each in read_text(data, "p.yaml")[1]]


@pytest.mark.parametrize("data", ["a: 1\r\nb: 2\r\n", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(data: bytes | str) -> None:
    text, findings = read_text(data, "p.yaml")
    assert (text.lines, findings) == (("a: 1", "b: 2", ""), ())


def test_bytes_and_their_text_are_read_alike() -> None:
    assert read_text("why: 说明 é 😀\n", "p") == read_text("why: 说明 é 😀\n".encode(), "p")


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"a: 1\nwhy: caf\xe9\n", 2, 9),
        (b"\xef\xbb\xbf\xff", 1, 1),
        ("é: ".encode() + b"\x80", 1, 4),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_shown(data: bytes, line: int, column: int) -> None:
    (finding,) = read_text(data, "p.yaml")[1]
    assert ("PE002", line, column) == (finding.code, finding.span.line, finding.span.column)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_other_widths_of_unicode_are_named_as_such(encoding: str) -> None:
    (finding,) = read_text("format: 1\n".encode(encoding), "p.yaml")[1]
    assert (finding.code, "UTF-16" in finding.message) == ("PE002", True)


def test_the_bound_counts_bytes() -> None:
    assert codes("x" * BYTES_MAX) == []
    assert codes("x" * (BYTES_MAX + 1)) == ["PE001"]
    assert codes("é" * BYTES_MAX) == ["PE001"]
    assert codes(b"x" * (BYTES_MAX + 1)) == ["PE001"]


@pytest.mark.parametrize(
    "unseen",
    [
        *("\0", "\x07", "\x1b", "\x7f", "\x85", "\r", "\u00ad", "\u200b", "\u200e", "\u202e"),
        *("\u2066", "\u2028", "\u2029", "\u2060", "\ufeff", "\ufffe", "\uffff", "\ud800"),
    ],
)
def test_what_cannot_be_seen_is_refused_even_in_a_comment(unseen: str) -> None:
    (finding,) = read_text(f"a: 1 # x{unseen}y\n", "p.yaml")[1]
    assert (finding.code, finding.span.column) == ("PE003", 9)
    assert f"U+{ord(unseen):04X}" in finding.message


@pytest.mark.parametrize("joined", ["👩\u200d💻", "می\u200cخواهم"])
def test_a_joiner_may_stand_between_the_letters_that_need_it(joined: str) -> None:
    assert codes(f"why: {joined}") == []


@pytest.mark.parametrize("text", ["a\u200db: 1", "credits\u200c: 1", "\u200d"])
def test_a_joiner_may_not_hide_between_plain_letters(text: str) -> None:
    assert codes(text) == ["PE003"]


def test_each_kind_of_character_is_reported_once_at_its_first_place() -> None:
    findings = read_text("a: 1\n\tb: \u200b\n\t\u200bc: e\u0301\n", "p.yaml")[1]
    assert [(each.code, each.span.line) for each in findings] == [
        ("PE004", 2),
        ("PE003", 2),
        ("PE005", 3),
    ]


def test_a_tab_and_an_unseen_character_come_with_their_edit() -> None:
    findings = read_text("a:\t1\u200b", "p.yaml")[1]
    assert [each.edit.replacement for each in findings if each.edit] == ["  ", ""]


@pytest.mark.parametrize(
    ("line", "column"),
    [("why: cafe\u0301", 9), ("why: \u1112\u1161\u11ab", 6), ("ok: \u212b", 5)],
)
def test_a_letter_in_pieces_is_found_and_composed(line: str, column: int) -> None:
    (finding,) = read_text(f"a: 1\n{line}\n", "p.yaml")[1]
    assert ("PE005", 2, column) == (finding.code, finding.span.line, finding.span.column)
    assert finding.edit is not None
    assert codes(finding.edit.replacement) == []


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", ">>>>>>> topic", "<<<<<<<"])
def test_a_mark_of_a_merge_conflict_is_found(mark: str) -> None:
    (finding,) = read_text(f"a: 1\n{mark}\nb: 2", "p.yaml")[1]
    assert (finding.code, finding.span.line) == ("PE007", 2)


@pytest.mark.parametrize("text", ["<<<<<<<<", "a: <<<<<<< b", "<<: 1", "======="])
def test_other_rows_of_signs_are_no_merge_conflict(text: str) -> None:
    assert codes(text) == []
