"""Processes that share a file go on when one of them dies or stops with the lock."""

from pathlib import Path

import pytest

from faults.conftest import Counting
from faults.running import run


def crowd(
    folder: Path, counts: Counting, seed: int, writers: int, times: int, victims: int
) -> None:
    url = f"sqlite:///{folder}/ledger.db"
    said = run("crowding", "crowd", url, writers, times, victims, seed)
    deaths = [each["death"] for each in said if "death" in each]
    answered = [each["answered"] for each in said if "answered" in each]
    end = said[-1]
    assert deaths == [True] * victims
    assert answered == [times] * writers
    # Each answered command is there once, and nothing of those who died.
    assert (end["seq"], end["available"], end["audit"]) == (
        1 + writers * times,
        10_000_000 + writers * times,
        [],
    )
    counts.add(
        deaths=victims,
        wait=max(each["longest_ms"] for each in said if "longest_ms" in each),
        acknowledged=writers * times,
        audits=1,
        lost=0,
        duplicated=0,
        unbalanced=0,
    )


def test_writers_of_a_file_go_on_when_others_die_with_its_lock(
    tmp_path: Path, counts: Counting, seed: int
) -> None:
    crowd(tmp_path, counts, seed, 3, 15, 6)


@pytest.mark.soak
@pytest.mark.parametrize("writers", [2, 8, 16])
def test_many_writers_of_a_file_go_on_when_others_die_with_its_lock(
    tmp_path: Path, counts: Counting, seed: int, writers: int
) -> None:
    crowd(tmp_path, counts, seed, writers, 400 // writers, 60)


def test_a_writer_that_stops_with_the_lock_keeps_others_for_a_bounded_time(
    tmp_path: Path, counts: Counting
) -> None:
    went_on, died = run("crowding", "stop_with_the_lock", f"sqlite:///{tmp_path}/ledger.db")
    for each in (went_on, died):
        assert "kept the ledger busy" in each["fault"]
        assert "nothing was written, try again" in each["fault"]
        assert each["audit"] == []
    assert (went_on["written"], died["written"]) == (2, 1)
    counts.add(deaths=1, audits=2, unbalanced=0)
