"""Comparing: who wins and who loses, how much, and what it is in total."""

from fractions import Fraction

import pytest

from policyengine.simulate.comparing import STEPS, change_points, compare, verdict_of
from policyengine.simulate.sampling import Stratum, strata_of
from policyengine.simulate.tally import Tally, Use
from simulate.pairs import pair, tally


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (tally(10), tally(10), "same"),
        (tally(10), tally(9), "better"),
        (tally(10, refused=1), tally(99), "better"),
        (tally(10), tally(1, refused=1), "worse"),
        (tally(10, moved_up=1), tally(12), "better"),
        (tally(10, left_micro=5), tally(10, left_micro=6), "better"),
        (tally(10), tally(10, debt_micro=1), "worse"),
        (tally(9, left_micro=5), tally(10, left_micro=50), "worse"),
        (tally(10, expired_micro=7), tally(10), "same"),
    ],
)
def test_the_first_criterion_that_differs_decides(old: Tally, new: Tally, expected: str) -> None:
    assert expected == verdict_of(pair("ana", old, new))


def test_credits_bought_count_before_the_price() -> None:
    old, new = tally(10), tally(12)
    old.opened["pack"] = 500
    assert verdict_of(pair("ana", old, new)) == "better"
    new.opened["debt"] = 501
    assert verdict_of(pair("ana", old, new)) == "worse"


def all_of(*pairs: object) -> list[Stratum]:
    return list(strata_of({each.wallet_id: 1 for each in pairs}, Fraction(1)))  # type: ignore[attr-defined]


def test_totals_are_the_sums_over_wallets() -> None:
    pairs = [
        pair("ana", tally(100, refused=2, expired_micro=5), tally(80, refused=1)),
        pair("bo", tally(50, model="lite"), tally(70, model="lite", out_at=9, renews_at=11)),
    ]
    found = compare(all_of(*pairs), reversed(pairs))
    price = found.figures["price_micro"]
    assert (price.old.value, price.new.value, price.change.value) == (150, 150, 0)
    assert found.figures["refused"].change.value == -1
    assert found.figures["expired_micro"].old.value == 5
    assert (found.figures["ran_out"].old.value, found.figures["ran_out"].new.value) == (0, 1)
    assert found.verdicts == {"ana": "better", "bo": "worse"}
    assert {name: band.value for name, band in found.wallets.items()} == {
        "better": 1,
        "worse": 1,
        "same": 0,
    }
    assert Use(1, 0, 70, 70) == found.models["lite"].new
    assert Use(4, 2, 0, 0).requests == found.plans["pro"].old.requests
    assert [each.wallet_id for each in found.ran_out] == ["bo"]
    assert found.out_at == ((), (9,))


def test_wallets_that_run_out_only_under_the_new_policy_come_first() -> None:
    pairs = [
        pair("both", tally(1, out_at=1), tally(1, out_at=2)),
        pair("no longer", tally(1, out_at=1), tally(1)),
        pair("newly late", tally(1), tally(1, out_at=8)),
        pair("newly", tally(1), tally(1, out_at=7)),
        pair("never", tally(1), tally(1)),
    ]
    found = compare(all_of(*pairs), pairs)
    assert [each.wallet_id for each in found.ran_out] == [
        "newly",
        "newly late",
        "no longer",
        "both",
    ]


def test_quantiles_are_changes_of_real_wallets() -> None:
    # 100 wallets whose price of 100 rises by 1, 2, ... 100.
    pairs = [pair(f"w{each:03}", tally(100), tally(100 + each)) for each in range(1, 101)]
    found = compare(all_of(*pairs), pairs)
    assert [(each.percent, each.change_micro, each.change_points) for each in found.quantiles] == [
        (50, 50, 5000),
        (90, 90, 9000),
        (95, 95, 9500),
        (99, 99, 9900),
    ]
    assert [each.price_change_micro for each in found.largest[:3]] == [100, 99, 98]
    assert len(found.largest) == 10


def test_a_change_from_nothing_has_no_percentage() -> None:
    assert change_points(pair("ana", tally(0), tally(5))) is None
    found = compare(all_of(pair("ana", tally(0), tally(5))), [pair("ana", tally(0), tally(5))])
    assert found.quantiles[0].change_points is None
    assert sum(found.steps) == 0


def test_wallets_are_counted_between_steps_and_no_change_has_its_own_place() -> None:
    changes = [-60, -50, -20, -1, 0, 0, 1, 2, 100, 101]
    pairs = [pair(f"w{n}", tally(100), tally(100 + by)) for n, by in enumerate(changes)]
    steps = compare(all_of(*pairs), pairs).steps
    assert len(steps) == len(STEPS) + 2
    # below -50 | to -20 | to -10 | to -5 | to -1 | to 0 | none | to 1 | to 5 | .. | to 100 | above
    assert steps == (1, 1, 1, 0, 0, 1, 2, 1, 1, 0, 0, 0, 1, 1)


def test_a_sampled_wallet_stands_for_others_of_its_stratum() -> None:
    pairs = [pair(f"w{each}", tally(10), tally(15)) for each in range(4)]
    strata = [Stratum(8, tuple(each.wallet_id for each in pairs))]
    found = compare(strata, pairs)
    assert found.figures["price_micro"].change.value == 40
    assert found.models["standard"].new.price_micro == 120
    assert found.wallets["worse"].value == 8
    assert sum(found.steps) == 8
