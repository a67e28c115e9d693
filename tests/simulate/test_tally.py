"""Tallies: they add up, and read back from plain data as they were."""

import json

from policyengine.simulate.tally import Tally, Use


def full() -> Tally:
    return Tally(
        {("pro", "lite"): Use(3, 1, 50, 40), ("free", "lite"): Use(1, 0, 7, 7)},
        {"insufficient_credits": 1},
        {"plan": 900, "pack": 500, "debt": 4},
        holds_refused=2,
        moved_up=1,
        expired_micro=30,
        left_micro=5,
        debt_micro=4,
        not_run=6,
        cycles_out=1,
        out_at=10,
        renews_at=20,
    )


def test_uses_add_up_by_plan_by_model_and_in_all() -> None:
    tally = full()
    assert Use(4, 1, 57, 47) == tally.total
    assert {"free": Use(1, 0, 7, 7), "pro": Use(3, 1, 50, 40)} == tally.by_plan()
    assert {"lite": Use(4, 1, 57, 47)} == tally.by_model()


def test_credits_of_plans_are_not_added_ones() -> None:
    assert full().added_micro == 504


def test_a_tally_reads_back_from_a_file_as_it_was() -> None:
    assert full() == Tally.of_plain(json.loads(json.dumps(full().plain())))
    assert Tally() == Tally.of_plain(json.loads(json.dumps(Tally().plain())))
