"""The first line of a block is named where it is the one that stands out."""

import pytest

from policyengine.policy.indentation import odd_first_line
from policyengine.policy.source import load_source


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("plans:\n   free: 1\n  pro: 2", 2, 1),
        ("plans:\n free: 1\n  pro: 2", 2, 1),
        ("plans: # lowest first\n   free:\n      cycle: 1\n\n  # the next\n  pro: 2", 5, 1),
        ("plans:\n free:\n    cycle: 1\n  pro: 2", 3, 1),
        ("plans:\n  free: 1\n   pro: 2", 2, None),  # the later line stands out
        ("plans:\n    free: 1\n   pro: 2", 2, None),  # neither is in house style
        ("a: 1\nb: 2\n  c: 3", 2, None),
        ("  a: 1", 0, None),
        ("   a: 1\n  b: 1", 1, None),
        ("x: [1,\n   2]\n  b: 1", 2, None),
    ],
)
def test_the_line_that_is_not_in_house_style_is_to_blame(
    text: str, at: int, expected: int | None
) -> None:
    assert odd_first_line(text.split("\n"), at) == expected


def test_a_finding_points_at_the_odd_line_and_names_the_others() -> None:
    (finding,) = load_source("plans:\n   free: {}\n  pro: {}\n", "p.yaml")[1]
    assert (finding.code, finding.span.line) == ("PE012", 2)
    assert finding.help == "indent it by 2 spaces, like line 3"
    assert [each.span.line for each in finding.related] == [3]
