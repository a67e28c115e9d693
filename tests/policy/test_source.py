"""A file as a source: plain values, places by pointer, keys, and what YAML feature is refused."""

from decimal import Decimal

import pytest

from policyengine.policy.nodes import ListNode, MappingNode, ScalarNode, child_pointer
from policyengine.policy.source import Source, load_source
from policyengine.values.diagnostics import Diagnostic, Span

TEXT = """\
# the smallest file with every kind of node
format: 1
why: 说明 first
plans:
  free:
    grants: {welcome: {credits: 300, given: once}}
  pro/plus:
    cycle:
    rates:
    - 0.5
    - "1"
note: |
  two
  lines
last: 'it''s'
"""


def loaded(text: str) -> Source:
    source, findings = load_source(text, "p.yaml")
    assert findings == ()
    return source


def found(text: str) -> list[Diagnostic]:
    return list(load_source(text, "p.yaml")[1])


def codes(text: str) -> list[str]:
    return [each.code for each in found(text)]


def marked(source: Source, span: Span) -> str:
    assert span.line == span.end_line
    return source.lines[span.line - 1][span.column - 1 : span.end_column - 1]


def test_a_document_is_given_as_plain_python() -> None:
    assert loaded(TEXT).plain == {
        "format": 1,
        "why": "说明 first",
        "plans": {
            "free": {"grants": {"welcome": {"credits": 300, "given": "once"}}},
            "pro/plus": {"cycle": None, "rates": [Decimal("0.5"), "1"]},
        },
        "note": "two\nlines\n",
        "last": "it's",
    }


def test_plain_data_is_a_fresh_copy() -> None:
    source = loaded(TEXT)
    plain = source.plain
    assert isinstance(plain, dict)
    plain.clear()
    assert source.plain != plain


@pytest.mark.parametrize(
    ("pointer", "key", "value"),
    [
        ("/format", "format", "1"),
        ("/why", "why", "说明 first"),
        ("/plans/free/grants/welcome", "welcome", "{credits: 300, given: once}"),
        ("/plans/free/grants/welcome/credits", "credits", "300"),
        ("/plans/pro~1plus/rates/1", '"1"', '"1"'),
        ("/plans/pro~1plus/cycle", "cycle", ""),
        ("/last", "last", "'it''s'"),
    ],
)
def test_keys_and_values_have_their_places(pointer: str, key: str, value: str) -> None:
    source = loaded(TEXT)
    assert marked(source, source.key_span(pointer)) == key
    assert marked(source, source.value_span(pointer)) == value


def test_a_pointer_to_nothing_has_the_place_of_its_nearest_ancestor() -> None:
    source = loaded(TEXT)
    absent = "/plans/free/grants/welcome/expires/unit"
    assert source.value_span(absent) == source.value_span("/plans/free/grants/welcome")
    assert source.key_span(absent) == source.key_span("/plans/free/grants/welcome")
    assert source.node(absent) is None
    assert source.line(absent) == 6


def test_the_root_has_the_place_of_its_first_key() -> None:
    source = loaded(TEXT)
    assert marked(source, source.key_span("")) == "format"
    assert source.value_span("") == Span(2, 1, 15, 14)
    assert loaded("- a\n").key_span("") == Span(1, 1, 1, 4)
    assert loaded("{}\n").key_span("") == Span(1, 1, 1, 3)


def test_an_indented_collection_ends_with_its_last_value() -> None:
    source = loaded(TEXT)
    assert source.value_span("/plans/pro~1plus/rates") == Span(10, 5, 11, 10)
    assert source.value_span("/plans") == Span(5, 3, 11, 10)


def test_a_source_without_a_tree_points_to_its_start() -> None:
    source, _ = load_source("a: [", "p.yaml")
    assert (source.root, source.plain) == (None, None)
    assert source.value_span("/a") == source.key_span("") == Span(1, 1, 1, 1)


def test_a_piece_of_a_text_has_its_own_place() -> None:
    source = loaded('when: all_input > 5\nthen: "a > b"\nis: "a\\nb"\nat: x\n  y\nin: |\n  a > b\n')
    assert marked(source, source.span_within("/when", 10, 11)) == ">"
    assert marked(source, source.span_within("/then", 4, 5)) == "b"
    assert source.span_within("/is", 0, 1) == source.value_span("/is")
    assert source.span_within("/at", 0, 1) == source.value_span("/at")
    assert source.span_within("/in", 0, 1) == source.value_span("/in")


def test_a_pointer_escapes_slash_and_tilde() -> None:
    assert child_pointer("/a", "b/c~d") == "/a/b~1c~0d"
    assert child_pointer("", 3) == "/3"


def test_nodes_say_how_they_are_written() -> None:
    source = loaded(TEXT)
    styles = {
        pointer: place.node.style
        for pointer, place in source.places.items()
        if isinstance(place.node, ScalarNode)
    }
    assert styles["/format"] == "plain"
    assert styles["/last"] == "quoted"
    assert styles["/note"] == "block"
    assert isinstance(source.node("/plans/pro~1plus/rates"), ListNode)
    assert isinstance(source.root, MappingNode)


def test_a_key_twice_names_both_places_and_keeps_the_first() -> None:
    source, (finding,) = load_source("a: {b: 1}\nc: 2\na:\n  - 3\n  - [4]\nd: 5\n", "p.yaml")
    assert (finding.code, finding.pointer) == ("PE030", "/a")
    assert finding.span == Span(3, 1, 3, 2)
    assert [each.span for each in finding.related] == [Span(1, 1, 1, 2)]
    assert source.plain == {"a": {"b": 1}, "c": 2, "d": 5}


def test_keys_that_differ_only_in_quotes_are_the_same_key() -> None:
    assert codes("a: 1\n'a': 2\n") == ["PE030"]


@pytest.mark.parametrize("key", ["1", "1.5", "true", "null", "~", "010", "1e3", ".inf"])
def test_a_key_that_is_not_text_is_offered_in_quotes(key: str) -> None:
    (finding,) = found(f"models: {{{key}: 1}}")
    assert finding.edit is not None
    assert ("PE031", f'"{key}"') == (finding.code, finding.edit.replacement)
    assert codes(f'models: {{"{key}": 1}}') == []


@pytest.mark.parametrize("text", ["? [a]\n: 1\nb: 2", "{a: 1}: 1\nb: 2", "[[1], x]: {y: 1}\nb: 2"])
def test_a_list_or_mapping_is_no_key(text: str) -> None:
    source, (finding,) = load_source(text, "p.yaml")
    assert (finding.code, source.plain) == ("PE032", {"b": 2})
    assert "" in source.doubtful


@pytest.mark.parametrize("text", ["{: 1}", ": 1\n", "{? : 1}"])
def test_an_empty_key_is_found(text: str) -> None:
    (finding,) = found(text)
    assert (finding.code, finding.message) == ("PE031", "a key is missing before the colon")


def test_an_alias_is_no_key_either() -> None:
    assert codes("a: &x 1\n*x : 2\n") == ["PE020", "PE020"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1\nb: *x\n", ["PE020", "PE020"]),
        ("a: !!str 1\n", ["PE021"]),
        ("a: !local {b: 1}\n", ["PE021"]),
        ("a: !<tag:x> 1\n", ["PE021"]),
        ("a:\n  !!map\n  b: 1\n", ["PE021"]),
        ("a: &x\n  !!map\n  b: 1\n", ["PE021", "PE020"]),
        ("&x a: 1\n", ["PE020"]),
        ("<<: {a: 1}\n", ["PE022"]),
        ("a: {<<: 1, <<: 2}\n", ["PE022", "PE022"]),
        ("%YAML 1.2\n---\na: 1\n", ["PE023"]),
        ("%TAG ! !x\n%YAML 1.2\n---\na: 1\n", ["PE023", "PE023"]),
        ("a: 1\n---\nb: 1\n---\nc: 1\n", ["PE024"]),
        ("a: 1\n---\n", ["PE024"]),
    ],
)
def test_features_that_hide_or_change_values_are_refused(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text", ["---\na: 1\n...\n", "--- {a: 1}\n", "# c\n\n---\n# d\na: 1", '"<<": 1', "a: '*x'"]
)
def test_harmless_forms_are_accepted(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("text", ["", "\n", "# only\n", "---", "---\n...\n", "--- # c\n\n"])
def test_a_file_without_content_is_empty(text: str) -> None:
    source, (finding,) = load_source(text, "p.yaml")
    assert (finding.code, source.root) == ("PE006", None)


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("a: {credits:300, b: 1}", "PE015", 5),
        ("a: {credits, b: 1}", "PE015", 5),
        ("a: {'credits', b: 1}", "PE015", 5),
        ("a: {b: 1,000}", "PE040", 8),
        ("a: {b：1}", "PE018", 6),
        ("a: {b　c: 1}", "PE018", 6),
        ("a: {b: 　1 x}", "PE018", 8),
        ("a: {b: x\u00a0}", "PE018", 9),
        ("- b：1", "PE018", 4),
        ("b：1", "PE018", 2),
        ("b:1", "PE015", 1),
        ("b:1 x", "PE015", 1),
    ],
)
def test_a_colon_or_space_that_yaml_does_not_take_for_one_is_found(
    text: str, code: str, column: int
) -> None:
    (finding,) = found(text)
    assert (code, 1, column) == (finding.code, finding.span.line, finding.span.column)


@pytest.mark.parametrize(
    "text",
    [
        "why: 说明：第一版，更贵",
        "why:\n  说明：第一版",
        "page:\n  https://example.com/a",
        "- 16:30",
        "a: [b:c, 'd:e']",
        "openai:gpt-4: 1",
        "why: a\u00a0b",
        "a: {b: , c: ''}",
        "a:\n  'b:1'",
    ],
)
def test_colons_inside_text_are_left_alone(text: str) -> None:
    assert codes(text) == []


def test_a_guess_is_marked_as_doubtful() -> None:
    source, _ = load_source("a: {b: 1_000, c: .inf}\nd: &x 5\ne: *x\nf: !!int 1\n", "p.yaml")
    assert source.plain == {"a": {"b": 1000, "c": None}, "d": 5, "e": None, "f": "1"}
    assert source.doubtful == {"/a/b", "/a/c", "/e", "/f"}


def test_escapes_may_not_smuggle_in_what_cannot_be_seen() -> None:
    assert codes('"a\\u200b": "b\\e[0m"\nc: "d\\ud800"\ne: "x\\ny é"\n') == ["PE003"] * 3


def test_findings_are_sorted_by_place() -> None:
    findings = found("b: 010\na: 1\na: 2\nc: *x\n")
    assert [each.span.line for each in findings] == [1, 3, 4]
