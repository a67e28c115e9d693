"""A key that stands twice: an edit deletes the second entry where both say the same."""

import pytest

from policyengine.app.mending import edited
from policyengine.policy.source import load_source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\n"),
        ("a:\n  b: 1\na:\n  b: 1\nc: 3\n", "a:\n  b: 1\nc: 3\n"),
        ("a: [x,\n    y,\n    z]\na: [x,\n    y,\n    z]\n", "a: [x,\n    y,\n    z]\n"),
        ("{a: 1, b: 2, a: 1}\n", "{a: 1, b: 2}\n"),
        ("{a: 1, b: 2,\n a: 1}\n", None),  # it begins a line, and does not end it
        ("a: 1\na: 2\n", None),
        ("a: 1\na: 1 # why\n", None),  # a comment would go with it
        ("a: 1\na: 1", None),  # nothing ends the line
        ("- a: 1\n- b: 1\n  b: 1 # so\n", None),
    ],
)
def test_only_a_second_entry_that_says_the_same_is_deleted(text: str, expected: str | None) -> None:
    (finding,) = load_source(text, "p.yaml")[1]
    assert finding.code == "PE030"
    assert (finding.edit and edited(text, finding.edit)) == expected
