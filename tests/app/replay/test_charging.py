"""What a wallet does when credits run out, one row after the other, with the sums by hand."""

from collections import Counter
from pathlib import Path

import pytest

from app.replay.replays import in_memory, in_sql, policies, story
from app.replay.usage_files import MAPPING, Made, write_csv
from policyengine.app.engine import Engine
from policyengine.app.replay.totals import Totals
from policyengine.simulate.memory import MemoryLedger

MICRO = 1_000_000
DAY = 86_400


def replayed(tmp_path: Path, wallets: str, *rows: tuple[float, int]) -> tuple[Totals, MemoryLedger]:
    """Replay rows of one wallet, each at a day and for so many credits of the model `standard`."""
    made = [
        # A million tokens of input are 100 credits; the mapping stretches time to the double.
        Made("ana", "", str(day * DAY / 2), "sonnet-1", amount * 10_000, 0, 0, "", "", "")
        for day, amount in rows
    ]
    head, _, tail = MAPPING.partition("  plan: pro_plus\n  still_short: refuse\n")
    lines = "".join(f"  {line}\n" for line in wallets.splitlines())
    return in_memory(write_csv(tmp_path / "usage.csv", made), head + lines + tail)


def test_a_refusal_stands_where_there_is_no_way_out(tmp_path: Path) -> None:
    totals, _ = replayed(tmp_path, "plan: free\nstill_short: refuse", (0, 100), (1, 400), (2, 150))
    assert (totals.accepted.charges, totals.accepted.charged_micro) == (2, 250 * MICRO)
    assert totals.refused == {"insufficient_credits": 1}
    assert totals.refused_micro == 400 * MICRO
    assert totals.available_micro == 50 * MICRO


def test_a_request_that_has_run_takes_what_is_left(tmp_path: Path) -> None:
    totals, _ = replayed(tmp_path, "plan: free\nstill_short: after_request", (0, 400))
    assert totals.accepted.price_micro == 400 * MICRO
    assert totals.accepted.charged_micro == 300 * MICRO
    assert totals.uncollected_micro == 100 * MICRO
    assert totals.recorded == Counter({"subscribe": 1, "charge": 1})


UP_AND_PACK = """\
plan: free
when_short:
  - {upgrade_to: pro}
  - {buy_pack: pack_500, at_most: 1, per: cycle}
still_short: refuse"""


def test_ways_are_taken_in_order_until_the_charge_is_paid(tmp_path: Path) -> None:
    # 300 free; 2,700 asked: Pro adds 2,000, a pack 500, and 100 are left.
    totals, ledger = replayed(tmp_path, UP_AND_PACK, (0, 2700))
    assert totals.accepted.charged_micro == 2700 * MICRO
    assert totals.available_micro == 100 * MICRO
    assert {"pro": 1} == totals.upgrades == {"pro": totals.plans["pro"].charges}
    assert (totals.packs, totals.packs_micro) == ({"pack_500": 1}, 500 * MICRO)
    assert totals.helped == 1
    kinds = [
        (each.kind, each.refusal is None, each.key.partition("+")[2])
        for each in ledger.transactions["u-ana"]
    ]
    assert kinds == [
        ("subscribe", True, ""),
        ("charge", False, ""),
        ("change_plan", True, "1"),
        ("charge", False, "2"),
        ("purchase", True, "3"),
        ("charge", True, "4"),
    ]


def test_a_bound_holds_for_a_cycle_and_starts_anew_with_the_next(tmp_path: Path) -> None:
    # After the first charge 100 are left. 300 more would need a second pack in the first cycle.
    # The next cycle brings 2,000 to those 100 of the pack: 2,200 need one more pack again.
    totals, _ = replayed(tmp_path, UP_AND_PACK, (0, 2700), (1, 300), (32, 2200))
    assert totals.accepted.charged_micro == 4900 * MICRO
    assert totals.refused == {"insufficient_credits": 1}
    assert totals.packs == {"pack_500": 2}


def test_a_bound_for_the_wallet_holds_for_its_whole_life(tmp_path: Path) -> None:
    wallets = UP_AND_PACK.replace("per: cycle", "per: wallet")
    totals, _ = replayed(tmp_path, wallets, (0, 2700), (32, 2200))
    assert totals.refused == {"insufficient_credits": 1}
    assert totals.packs == {"pack_500": 1}


def test_packs_that_would_not_suffice_are_not_bought(tmp_path: Path) -> None:
    wallets = UP_AND_PACK.replace("at_most: 1", "at_most: 2")
    totals, _ = replayed(tmp_path, wallets, (0, 2300), (1, 1001), (2, 1000))
    assert totals.refused == {"insufficient_credits": 1}
    assert (totals.packs, totals.helped - 1) == ({"pack_500": 2}, 1)
    assert totals.available_micro == 0


def test_a_pack_that_the_plan_may_not_buy_is_passed_over(tmp_path: Path) -> None:
    wallets = UP_AND_PACK.replace("  - {upgrade_to: pro}\n", "")
    totals, _ = replayed(tmp_path, wallets, (0, 301))
    assert totals.refused == {"insufficient_credits": 1}
    assert Counter() == totals.packs


def test_a_grant_by_hand_is_one_multiple_that_covers_what_is_missing(tmp_path: Path) -> None:
    wallets = """\
plan: free
when_short: [{grant: 1000, at_most: 4, per: wallet}]
still_short: refuse"""
    totals, _ = replayed(tmp_path, wallets, (0, 2500), (1, 800), (2, 500), (3, 501))
    # 300 + 3,000 - 2,500 = 800; minus 800; then the fourth and last thousand.
    assert (totals.grants, totals.grants_micro) == (2, 4000 * MICRO)
    assert totals.refused == {"insufficient_credits": 1}
    assert totals.available_micro == 500 * MICRO


def test_after_the_last_way_a_request_that_has_run_takes_what_is_left(tmp_path: Path) -> None:
    wallets = UP_AND_PACK.replace("still_short: refuse", "still_short: after_request")
    totals, _ = replayed(tmp_path, wallets, (0, 9000))
    assert totals.accepted.charged_micro == 2300 * MICRO
    assert totals.uncollected_micro == 6700 * MICRO
    assert (Counter(), Counter(), 0) == (totals.packs, totals.refused, totals.helped)


def test_a_pending_upgrade_is_asked_for_once(tmp_path: Path) -> None:
    wallets = "plan: pro\nwhen_short: [{upgrade_to: pro}]\nstill_short: refuse"
    totals, _ = replayed(tmp_path, wallets, (0, 2001), (1, 2001))
    assert totals.refused == {"insufficient_credits": 2}
    assert totals.recorded["change_plan"] == 0


@pytest.mark.parametrize(("status", "cost"), [("", 100), ("error", 0), ("stopped", 100)])
def test_the_outcome_is_charged_as_the_policy_says(tmp_path: Path, status: str, cost: int) -> None:
    row = Made("ana", "", "0", "sonnet-1", 1_000_000, 0, 0, status, "", "")
    totals, _ = in_memory(write_csv(tmp_path / "usage.csv", [row]))
    assert totals.accepted.charged_micro == cost * MICRO


def test_a_wallet_that_is_there_already_keeps_its_plan(tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    begins_at = 1_769_904_000_000_000
    with Engine.open(f"sqlite:///{database}", policies(), clock=lambda: begins_at) as engine:
        engine.subscribe("u-ana", "free")
    row = Made("ana", "", "0", "sonnet-1", 1_000_000, 0, 0, "", "", "")
    totals = in_sql(database, write_csv(tmp_path / "usage.csv", [row]))
    assert totals.joins_refused == {"already_subscribed": 1}
    assert {name: share.charges for name, share in totals.plans.items()} == {"free": 1}
    assert totals.available_micro == 200 * MICRO
    assert [each[2] for each in story(database)][:1] == ["subscribe"]
