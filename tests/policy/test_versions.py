"""Files in, a timeline out: published versions, unless any file has an error."""

from policy.checks.acme import changed, later
from policy.documents import ROOT
from policyengine.policy.versions import LoadedTimeline, load_timeline

FIRST = changed()
SECOND = later(2, "2026-03-01")
DRAFT = later(3, "2026-04-01", ("status: published", "status: draft"))


def numbers(result: LoadedTimeline) -> list[int]:
    assert result.timeline is not None, result.diagnostics
    return [each.version for each in result.timeline.policies]


def test_the_reference_policy_is_a_timeline_without_findings() -> None:
    folder = ROOT / "policies" / "codeflicker"
    paths = sorted(folder.glob("v[0-9]*.yaml"))
    result = load_timeline([(path.name, path.read_bytes()) for path in paths])
    assert result.diagnostics == ()
    assert numbers(result) == list(range(1, len(paths) + 1))


def test_files_may_come_in_any_order_and_are_given_back_in_theirs() -> None:
    result = load_timeline([("b.yaml", SECOND), ("a.yaml", FIRST)])
    assert numbers(result) == [1, 2]
    assert [each.source.name for each in result.loaded] == ["b.yaml", "a.yaml"]


def test_a_draft_comes_into_force_only_if_asked() -> None:
    files = [("1.yaml", FIRST), ("2.yaml", SECOND), ("3.yaml", DRAFT)]
    assert numbers(load_timeline(files)) == [1, 2]
    assert numbers(load_timeline(files, with_drafts=True)) == [1, 2, 3]


def test_drafts_alone_are_no_timeline_and_no_error() -> None:
    draft = changed(("status: published", "status: draft"))
    assert load_timeline([("1.yaml", draft)]).diagnostics == ()
    assert load_timeline([("1.yaml", draft)]).timeline is None
    assert numbers(load_timeline([("1.yaml", draft)], with_drafts=True)) == [1]
    assert load_timeline([]).timeline is None


def test_an_error_in_any_file_keeps_all_back() -> None:
    bad = later(3, "2026-04-01", ("status: published", "status: draft"), ("0.01", "0.0000001"))
    result = load_timeline([("1.yaml", FIRST), ("2.yaml", SECOND), ("3.yaml", bad)])
    assert result.timeline is None
    assert {each.file for each in result.diagnostics} == {"3.yaml"}


def test_a_warning_keeps_nothing_back() -> None:
    renamed = later(2, "2026-03-01", ("welcome:", "hello:"))
    result = load_timeline([("1.yaml", FIRST), ("2.yaml", renamed)])
    assert [each.severity for each in result.diagnostics] == ["warning"]
    assert numbers(result) == [1, 2]


def test_findings_of_files_and_between_files_come_together_in_order() -> None:
    twice = later(2, "2026-03-01", ("to: free", "to: none"))
    files = [("a.yaml", FIRST), ("b.yaml", SECOND), ("c.yaml", twice), ("d.yaml", "x")]
    result = load_timeline(files)
    found = [(each.file, each.code) for each in result.diagnostics]
    assert found == [("c.yaml", "PE402"), ("c.yaml", "PE201"), ("d.yaml", "PE100")]
    assert result.timeline is None


def test_the_first_of_two_equal_numbers_is_told_by_the_name_of_the_file() -> None:
    for files in ([("a", SECOND), ("b", SECOND)], [("b", SECOND), ("a", SECOND)]):
        (finding,) = load_timeline([("1", FIRST), *files]).diagnostics
        assert (finding.code, finding.file) == ("PE402", "b")
