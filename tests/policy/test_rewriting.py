"""One value written anew: every other character stays, whatever the layout."""

from decimal import Decimal

import pytest

from policyengine.policy.nodes import ScalarNode
from policyengine.policy.rewriting import is_plain, replaced, written
from policyengine.policy.source import load_source
from policyengine.values.diagnostics import Span

TEXT = (
    "\ufeffformat: 1 # one\r\nwhy: 说明  # 注\r\nmap: {a: 0.50, b: 'it''s', c: \"x\"}\r\n"
    "long: |\r\n  two\r\n  lines\r\nlast: end"
)


def node_at(text: str, pointer: str) -> ScalarNode:
    node = load_source(text.encode(), "p.yaml")[0].node(pointer)
    assert isinstance(node, ScalarNode)
    return node


@pytest.mark.parametrize(
    ("pointer", "old", "new"),
    [
        ("/format", "format: 1 #", "format: 2 #"),
        ("/why", "why: 说明  #", "why: 2  #"),
        ("/map/a", "{a: 0.50,", "{a: 2,"),
        ("/map/b", "'it''s'", "2"),
        ("/map/c", '"x"}', "2}"),
        ("/last", "last: end", "last: 2"),
    ],
)
def test_a_value_is_replaced_and_nothing_else(pointer: str, old: str, new: str) -> None:
    assert old in TEXT
    assert replaced(TEXT, node_at(TEXT, pointer).span, "2") == TEXT.replace(old, new)


def test_a_span_over_several_lines_is_replaced_whole() -> None:
    assert replaced("a: [1,\n 2] # x\n", Span(1, 4, 2, 4), "3") == "a: 3 # x\n"


@pytest.mark.parametrize(
    ("value", "pointer", "text"),
    [
        (5, "/map/a", "5"),
        (Decimal("0.25"), "/map/a", "0.25"),
        (True, "/map/a", "true"),
        (False, "/map/a", "false"),
        ("end_of_cycle", "/last", "end_of_cycle"),
        ("all_input > 200000", "/last", "all_input > 200000"),
        ("2026-01-28T00:00:00Z", "/last", "2026-01-28T00:00:00Z"),
        ("one, two", "/last", '"one, two"'),
        ("1.5", "/last", '"1.5"'),
        ("on: off", "/last", '"on: off"'),
        ("plain", "/map/c", '"plain"'),
        ('a "b" \\c', "/map/b", '"a \\"b\\" \\\\c"'),
    ],
)
def test_a_value_is_written_so_that_it_means_itself(value: object, pointer: str, text: str) -> None:
    old = node_at(TEXT, pointer)
    assert written(value, old) == text  # type: ignore[arg-type]  # the table has all kinds
    read = load_source(replaced(TEXT, old.span, text).encode(), "p.yaml")[0]
    node = read.node(pointer)
    assert isinstance(node, ScalarNode)
    assert node.value == value


@pytest.mark.parametrize("text", ["", "true", "007", "a #b", "- a", "a ", "x:", "'a'", "a\nb"])
def test_a_text_that_would_mean_something_else_is_not_plain(text: str) -> None:
    assert not is_plain(text)
