"""Findings as data, and how they are drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.values.diagnostics import (
    LINE_SHOWN_MAX,
    VALUE_SHOWN_MAX,
    Diagnostic,
    Related,
    Span,
    drawn,
    has_errors,
    is_unseen,
    shown,
    sorted_findings,
)


def finding(span: Span, **more: object) -> Diagnostic:
    plain: dict[str, object] = {"code": "PE110", "message": "unknown key", "file": "v2.yaml"}
    return Diagnostic(**{**plain, "span": span, **more})  # type: ignore[arg-type]


def under(drawing: str) -> str:
    """The part of the source that the first frame underlines."""
    _, source, marks, *_ = drawing.split("\n")
    start = marks.index("^")
    return source[start : start + marks.count("^")]


def test_a_finding_is_drawn_as_a_compiler_draws_it() -> None:
    lines = ["", "", "", "", "", "", "", "        alowance: 500"]
    drawing = drawn(
        Diagnostic(
            code="PE110",
            message="unknown key `alowance` in a grant",
            file="policies/acme/v2.yaml",
            span=Span(8, 9, 8, 17),
            help="did you mean `amount`?",
        ),
        lines,
    )
    expected = """\
policies/acme/v2.yaml:8:9: error[PE110] unknown key `alowance` in a grant
  8 |         alowance: 500
    |         ^^^^^^^^
    = help: did you mean `amount`?"""
    assert expected == drawing


def test_a_related_place_is_drawn_with_its_note_and_the_same_gutter() -> None:
    lines = ["a: 1", *[""] * 8, "a: 2"]
    drawing = drawn(
        finding(
            Span(10, 1, 10, 2),
            severity="warning",
            related=(Related(Span(1, 1, 1, 2), "it stands here already"),),
        ),
        lines,
    )
    expected = """\
v2.yaml:10:1: warning[PE110] unknown key
  10 | a: 2
     | ^
   1 | a: 1
     | - it stands here already"""
    assert expected == drawing


def test_a_place_in_another_file_is_named_and_not_drawn() -> None:
    related = (Related(Span(3, 5, 3, 6), "version 1 says", file="v1.yaml"),)
    drawing = drawn(finding(Span(1, 1, 1, 2), related=related), ["a: 1"])
    assert drawing.split("\n")[-1] == "    > v1.yaml:3:5: version 1 says"


def test_a_place_outside_the_text_or_in_an_empty_line_has_no_frame() -> None:
    for span in (Span(1, 1, 1, 2), Span(9, 1, 9, 2), Span(0, 1, 0, 1)):
        head = f"v2.yaml:{span.line}:1: error[PE110] unknown key"
        assert head == drawn(finding(span), ["  "])


def test_a_stretch_of_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    assert under(drawn(finding(Span(1, 3, 4, 2)), ["a: [1,", "2]"])) == " [1,"


def test_an_empty_stretch_is_one_mark_wide() -> None:
    marks = drawn(finding(Span(1, 2, 1, 2)), ["a:"]).split("\n")[2]
    assert marks == "    |  ^"


def test_wide_signs_take_two_marks_and_combining_ones_none() -> None:
    marks = drawn(finding(Span(1, 3, 1, 5)), ["限額：e\u0301"]).split("\n")[2]
    assert marks == "    |     ^^^"


def test_a_long_line_is_drawn_around_its_mark() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    drawing = drawn(finding(Span(1, 501, 1, 505)), [line])
    assert under(drawing) == "HERE"
    assert len(drawing.split("\n")[1]) < LINE_SHOWN_MAX + 20
    assert "…x" in drawing
    assert "y…" in drawing


def test_a_long_mark_is_cut_with_its_line() -> None:
    drawing = drawn(finding(Span(1, 1, 1, 900)), ["z" * 1000])
    assert set(under(drawing)) == {"z"}
    assert drawing.split("\n")[1].endswith("z…")


def test_nothing_unseen_reaches_the_terminal() -> None:
    drawing = drawn(finding(Span(1, 1, 1, 2)), ["a\x1b[0m\u202eb\tc"])
    assert "\x1b" not in drawing
    assert "\u202e" not in drawing
    assert "\t" not in drawing


def test_a_value_is_quoted_on_one_line_and_clipped() -> None:
    assert shown("pro plan") == "`pro plan`"
    assert shown("a\nb\x07") == "`a b\\u0007`"
    assert shown("x" * 100) == "`" + "x" * (VALUE_SHOWN_MAX - 1) + "…`"


def test_only_characters_without_a_shape_are_unseen() -> None:
    assert all(map(is_unseen, "\0\x1b\x7f\u200b\u202e\u2028\ufeff\uffff\ud800"))
    assert not any(map(is_unseen, "a é：限😀\u00a0"))


def test_findings_are_ordered_by_place_and_kept_once() -> None:
    late, early = finding(Span(2, 1, 2, 2)), finding(Span(1, 9, 1, 10))
    assert sorted_findings([late, early, late]) == (early, late)


def test_a_warning_is_no_error() -> None:
    warning = finding(Span(1, 1, 1, 2), severity="warning")
    assert not has_errors([warning])
    assert has_errors([warning, finding(Span(1, 1, 1, 2))])


@given(st.lists(st.text(max_size=300), max_size=4), st.tuples(*[st.integers(0, 400)] * 4))
def test_any_place_in_any_text_can_be_drawn(lines: list[str], place: tuple[int, ...]) -> None:
    drawing = drawn(finding(Span(*place)), lines)
    assert not any(is_unseen(each) for each in drawing if each != "\n")


@pytest.mark.parametrize("name", ["::error::x.yaml", "##[command]x.yaml"])
def test_the_name_of_a_file_is_no_command_of_a_build_server(name: str) -> None:
    finding = Diagnostic(code="PE110", message="m", file=name, span=Span(1, 1, 1, 2))
    assert drawn(finding, ("x",)).startswith(f"./{name}:1:1: error[PE110] m")


def test_the_name_of_a_file_cannot_steer_a_terminal() -> None:
    finding = Diagnostic(code="PE110", message="m", file="a\x1b[2J.yaml", span=Span(1, 1, 1, 2))
    assert drawn(finding, ("x",)).startswith("a\ufffd[2J.yaml:1:1: ")
