"""Whoever dies while tables are made or changed leaves them as they were, and the next goes on."""

import pytest

from faults.conftest import Counting
from faults.running import run


def deaths(url: str, counts: Counting, step: str) -> int:
    # Who dies before a statement leaves what he left after the one before it.
    *said, end = run("migrating", "die_at_each_step", url, step, "after")
    assert {each["step"] for each in said[:-1]} <= {step}
    assert said[-1]["is_latest"]
    assert (end["audit"], end["lost"]) == ([], 0)
    found = sum(bool(each["death"]) for each in said)
    counts.add(
        deaths=found, audits=1, acknowledged=end["acknowledged"], lost=0, duplicated=0, unbalanced=0
    )
    return found


@pytest.mark.parametrize(("step", "least"), [("0002", 5)])
def test_an_upgrade_may_die_at_each_statement_and_is_done_by_the_next(
    place: str, counts: Counting, step: str, least: int
) -> None:
    assert deaths(place, counts, step) > least


@pytest.mark.soak
def test_the_making_of_a_ledger_may_die_at_each_statement(place: str, counts: Counting) -> None:
    assert deaths(place, counts, "") > 50
