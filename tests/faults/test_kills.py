"""Whoever dies in a command leaves all of it or nothing, and a retry finds out which."""

from typing import get_args

import pytest

from faults.conftest import Counting
from faults.running import run
from faults.story import recorded, story
from policyengine.ledger.transactions import TransactionKind


def test_the_story_has_every_kind_of_transaction() -> None:
    assert {each.kind for each in recorded()} == {*get_args(TransactionKind)} - {"settle"}


def deaths_at_statements(url: str, counts: Counting, moments: str, *names: str) -> int:
    said = run("dying", "die_at_every_statement", url, moments, ",".join(names))
    deaths = [each for each in said if "death" in each]
    acts = [each for each in said if "act" in each]
    assert all(each["death"] for each in deaths)
    assert [each for each in said if each["audit"] or each["lost"]] == []
    assert len(acts) == len(names or story())
    for each in acts:
        # What died after its commit is answered as it was; the others were executed by the retry.
        assert (each["act"], each["answered"], each["replayed"]) == (
            each["act"],
            True,
            each["asked"],
        )
    counts.add(
        deaths=len(deaths),
        audits=len(said),
        acknowledged=sum(each["acknowledged"] for each in said),
        replayed=sum(each["replayed"] for each in acts),
        lost=0,
        duplicated=0,
        unbalanced=0,
    )
    return len(deaths)


def test_a_process_may_die_after_each_statement_of_a_command(url: str, counts: Counting) -> None:
    names = ("capture", "a batch of three wallets")
    assert deaths_at_statements(url, counts, "after", *names) > 30


@pytest.mark.soak
def test_a_process_may_die_after_each_statement_of_every_kind_of_transaction(
    url: str, counts: Counting
) -> None:
    # Who dies before a statement leaves what he left after the one before it.
    assert deaths_at_statements(url, counts, "after") > 500


def random_deaths(url: str, counts: Counting, rounds: int, seed: int) -> None:
    *clients, end = run("dying", "die_at_random", url, rounds, seed, 3)
    totals = {
        name: sum(each[name] for each in clients)
        for name in ("acknowledged", "lost", "duplicated", "replayed")
    }
    assert (totals["lost"], totals["duplicated"], end["audit"]) == (0, 0, [])
    assert all(each["untold"] in {0, 1} for each in clients)
    assert totals["acknowledged"] >= end["kills"]
    counts.add(kills=end["kills"], audits=1, unbalanced=0, **totals)


def test_what_was_acknowledged_outlives_kills_at_any_moment(
    url: str, counts: Counting, seed: int
) -> None:
    random_deaths(url, counts, 4, seed)


@pytest.mark.soak
def test_what_was_acknowledged_outlives_hundreds_of_kills(
    url: str, counts: Counting, seed: int
) -> None:
    random_deaths(url, counts, 100, seed)
