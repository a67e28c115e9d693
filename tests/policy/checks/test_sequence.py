"""Versions side by side: which of two files is reported, and beside which."""

import pytest

from policy.checks.acme import changed, later
from policyengine.policy.versions import load_timeline

FIRST = changed()


def judged(*texts: str) -> list[tuple[str, str]]:
    files = [(f"{number}.yaml", text) for number, text in enumerate(texts, start=1)]
    return [(each.code, each.file) for each in load_timeline(files).diagnostics]


def test_versions_in_order_are_silent() -> None:
    assert judged(FIRST, later(2, "2026-03-01"), later(3, "2026-04-01")) == []
    assert judged(later(3, "2026-04-01"), FIRST, later(2, "2026-03-01")) == []


def test_a_file_of_another_policy_silences_what_would_follow_from_it() -> None:
    other = later(2, "2026-01-28", ("policy: acme", "policy: other"))
    assert judged(FIRST, other) == [("PE401", "2.yaml")]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([(2, "2026-03-01"), (2, "2026-03-01")], [("PE402", "3.yaml")]),
        ([(2, "2026-03-01"), (3, "2026-03-01")], [("PE403", "3.yaml")]),
        ([(2, "2026-03-01"), (3, "2026-02-01")], [("PE404", "3.yaml")]),
        ([(2, "2026-03-01"), (4, "2026-04-01")], [("PE405", "3.yaml")]),
        ([(3, "2026-03-01"), (6, "2026-04-01")], [("PE405", "2.yaml"), ("PE405", "3.yaml")]),
        ([(2, "2026-03-01"), (3, "2026-03-32")], [("PE235", "3.yaml")]),
        ([(2, "2026-03-32"), (3, "2026-03-01")], [("PE235", "2.yaml")]),
    ],
)
def test_later_versions(versions: list[tuple[int, str]], expected: list[tuple[str, str]]) -> None:
    assert expected == judged(FIRST, *(later(*each) for each in versions))


def test_a_gap_is_not_reported_while_a_file_cannot_be_read() -> None:
    assert judged(FIRST, "a: [", later(3, "2026-04-01")) == [("PE010", "2.yaml")]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["published", "published", "published"], []),
        (["published", "published", "draft"], []),
        (["published", "draft", "draft"], []),
        (["draft", "draft", "draft"], []),
        (["published", "draft", "published"], [("PE406", "2.yaml")]),
        (["draft", "draft", "published"], [("PE406", "1.yaml"), ("PE406", "2.yaml")]),
    ],
)
def test_what_follows_a_draft_is_a_draft(
    statuses: list[str], expected: list[tuple[str, str]]
) -> None:
    texts = [FIRST, later(2, "2026-03-01"), later(3, "2026-04-01")]
    texts = [
        text.replace("status: published", f"status: {status}")
        for text, status in zip(texts, statuses, strict=True)
    ]
    assert expected == judged(*texts)


def test_the_other_file_is_named() -> None:
    second, third = later(2, "2026-03-01"), later(3, "2026-02-01")
    result = load_timeline([("two.yaml", second), ("one.yaml", FIRST), ("three.yaml", third)])
    (finding,) = result.diagnostics
    assert (finding.file, finding.related[0].file) == ("three.yaml", "two.yaml")
