"""The lock: lines that are read strictly, and versions that are held to them."""

import pytest

from policy.checks.acme import changed, later
from policyengine.policy.load import load_policy
from policyengine.policy.lock import HEAD, Lock, absent_policies, changed_lines, line_of, load_lock
from policyengine.policy.versions import load_timeline, lock_findings

FIRST = changed()
SECOND = later(2, "2026-03-01")
HASHES = [str(getattr(load_policy(each, "x").policy, "sha256", "")) for each in (FIRST, SECOND)]
LINES = [line_of("acme", number, each) for number, each in enumerate(HASHES, start=1)]


def lock_of(*lines: str) -> Lock:
    lock, findings = load_lock(HEAD + "".join(lines), "policies.lock")
    assert findings == ()
    return lock


def codes(lock: Lock, *texts: str) -> list[tuple[str, str, str]]:
    files = [(f"{number}.yaml", text) for number, text in enumerate(texts, start=1)]
    found = load_timeline(files, lock=lock).diagnostics
    return [(each.code, each.file, each.pointer) for each in found]


def test_versions_that_are_as_they_were_published_have_no_finding() -> None:
    assert codes(lock_of(*LINES), FIRST, SECOND) == []
    assert codes(lock_of(*LINES), "# A comment.\n" + FIRST, SECOND) == []


def test_what_was_published_and_says_something_else_is_an_error() -> None:
    edited = FIRST.replace("multiplier: 1", "multiplier: 2")
    assert codes(lock_of(*LINES), edited, SECOND) == [("PE412", "1.yaml", "/version")]
    drafted = SECOND.replace("status: published", "status: draft")
    assert codes(lock_of(*LINES), FIRST, drafted) == [("PE412", "2.yaml", "/status")]


def test_what_is_published_by_hand_is_an_error_and_a_draft_is_not() -> None:
    assert codes(lock_of(LINES[0]), FIRST, SECOND) == [("PE413", "2.yaml", "/status")]
    drafted = SECOND.replace("status: published", "status: draft")
    assert codes(lock_of(LINES[0]), FIRST, drafted) == []


def test_a_published_file_that_is_gone_is_an_error_of_the_lock() -> None:
    assert codes(lock_of(*LINES), FIRST) == [("PE414", "policies.lock", "")]
    # A file that cannot be read may be the one.
    assert [each[0] for each in codes(lock_of(*LINES), FIRST, "x")] == ["PE100"]


def test_a_single_file_says_nothing_of_others() -> None:
    loaded = load_policy(FIRST, "1.yaml")
    assert lock_findings([loaded], lock_of(*LINES), is_whole=False) == ()
    assert lock_findings([loaded], None, is_whole=True) == ()
    assert lock_findings([], lock_of(*LINES), is_whole=True) == ()


@pytest.mark.parametrize(
    "line",
    ["acme 1", "acme one " + HASHES[0], f"acme 1 {HASHES[0].upper()}", "ACME 1 x", LINES[0] * 2],
)
def test_a_line_that_is_none_is_an_error_with_its_place(line: str) -> None:
    _, findings = load_lock(f"{HEAD}{line}", "policies.lock")
    assert [each.code for each in findings] == ["PE415"]
    assert findings[0].span.line == (4 if line == LINES[0] * 2 else 3)


def test_a_lock_that_is_no_text_is_refused_as_a_whole() -> None:
    lock, findings = load_lock(b"\xff\xfe", "policies.lock")
    assert (lock.entries, [each.code for each in findings]) == ((), ["PE002"])


def test_a_lock_only_ever_grows() -> None:
    one, both = lock_of(LINES[0]), lock_of(*LINES)
    assert list(changed_lines(one, both)) == []
    assert list(changed_lines(both, both)) == []
    (lost,) = changed_lines(both, one)
    assert (lost.code, lost.span.line) == ("PE415", 1)
    other = lock_of(line_of("acme", 1, HASHES[1]))
    (edited,) = changed_lines(one, other)
    assert (edited.code, edited.span.line) == ("PE415", 3)
    assert HASHES[0] in edited.help


def test_a_policy_without_any_file_is_missed() -> None:
    assert list(absent_policies(lock_of(*LINES), ["acme"])) == []
    (finding,) = absent_policies(lock_of(*LINES), ["other"])
    assert (finding.code, finding.file, finding.span.line) == ("PE414", "policies.lock", 3)
