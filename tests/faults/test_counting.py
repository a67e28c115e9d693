"""The counts of a run are added up, kept, and drawn as the README's table."""

from pathlib import Path

import pytest
from tools import counts
from tools.counts import Counts

FOUND = Counts("0123abc", 7, {"kills": 1_200, "acknowledged": 41_166, "lost": 0})


def test_counts_of_all_tests_are_added_up() -> None:
    properties = [("count:kills", 2), ("figure", "3 us"), ("count:kills", 5), ("count:lost", 0)]
    assert counts.gathered(properties).counts == {"kills": 7, "lost": 0}


def test_the_worst_of_all_tests_is_taken_and_told_in_its_unit() -> None:
    properties = [("count:wait", 12), ("count:kills", 2), ("count:wait", 1_900), ("count:wait", 7)]
    found = counts.gathered(properties)
    assert found.counts == {"kills": 2, "wait": 1_900}
    assert found.line() == "2 kills, wait at most 1,900 ms"
    assert found.table().splitlines()[-4:] == [
        "",
        "| at worst | |",
        "|---|---:|",
        f"| {counts.WORST['wait'][0]} | 1,900 ms |",
    ]


@pytest.mark.parametrize(
    ("values", "expected"), [([], 0), ([0.5], 500), ([*range(1, 101)], 99_000), ([2, 1, 3], 3_000)]
)
def test_99_of_100_are_at_most_the_centile(values: list[float], expected: int) -> None:
    assert counts.centile(values) == expected


def test_a_line_says_what_was_done_and_that_nothing_came_of_it() -> None:
    assert FOUND.line() == "1,200 kills, 41,166 acknowledged, 0 lost"


def test_counts_are_kept_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "counts.json"
    monkeypatch.setenv(counts.FILE_VARIABLE, str(path))
    counts.keep(FOUND)
    assert counts.kept(path) == FOUND


def test_a_table_has_every_kind_of_harm_and_what_was_done() -> None:
    text = f"Before\n{counts.BEGIN}\nold\n{counts.END}\nAfter\n"
    assert counts.with_table(text, FOUND).splitlines() == [
        "Before",
        counts.BEGIN,
        "One run of `tools/soak` with seed 7 at commit `0123abc`.",
        "",
        "| what | times |",
        "|---|---:|",
        "| processes killed at a random moment | 1,200 |",
        "| acknowledged answers looked up again | 41,166 |",
        "| **acknowledged and not in the ledger** | **0** |",
        "| **written twice for one key** | **0** |",
        "| **faults found by audits** | **0** |",
        "| **alterations that the audit does not see** | **0** |",
        counts.END,
        "After",
    ]


@pytest.mark.parametrize(("lost", "expected"), [(0, 0), (1, 1)])
def test_a_run_that_did_harm_is_not_a_success(
    lost: int, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "counts.json"
    monkeypatch.setenv(counts.FILE_VARIABLE, str(path))
    counts.keep(Counts("0123abc", 7, {"kills": 1, "lost": lost}))
    assert counts.main([str(path)]) == expected
