"""Samples: the same wallets each time, and bands that hold the truth as often as they say."""

from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from policyengine.simulate.sampling import (
    WALLETS_MIN,
    Band,
    Stratum,
    estimated,
    scaled,
    strata_of,
)

_SIZES = st.dictionaries(st.text(min_size=1, max_size=8), st.integers(1, 5000), max_size=200)
_SHARES = st.fractions(Fraction(1, 100), 1).filter(bool)


@given(_SIZES, _SHARES)
def test_each_wallet_is_in_one_stratum_and_enough_are_taken(
    sizes: dict[str, int], share: Fraction
) -> None:
    strata = strata_of(sizes, share)
    assert len(sizes) == sum(each.wallets for each in strata)
    for each in strata:
        assert len(each.taken) >= min(each.wallets, WALLETS_MIN)
        assert len(each.taken) >= share * each.wallets
    assert sum(len(each.taken) for each in strata) == len(
        {wallet for each in strata for wallet in each.taken}
    )


@given(_SIZES, _SHARES, _SHARES)
def test_a_larger_share_takes_the_wallets_of_a_smaller_one(
    sizes: dict[str, int], one: Fraction, other: Fraction
) -> None:
    fewer, more = (
        {wallet for each in strata_of(sizes, share) for wallet in each.taken}
        for share in sorted((one, other))
    )
    assert fewer <= more
    assert set(sizes) == {wallet for each in strata_of(sizes, Fraction(1)) for wallet in each.taken}


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=30))
def test_what_was_taken_whole_is_exact(figures: list[int]) -> None:
    stratum = Stratum(len(figures), tuple(map(str, range(len(figures)))))
    total = sum(figures)
    assert Band(total, total, total) == estimated([(stratum, figures)])
    assert total == scaled([(stratum, total)])


def test_an_estimate_is_what_arithmetic_by_hand_gives() -> None:
    # 30 wallets, 3 taken: 2, 4, 6. Total 30 / 3 x 12 = 120. Variance of the sample 4, so that of
    # the total 30 x 27 x 4 / 3 = 1080; its root 32.9; t with 2 degrees of freedom 4.303: 141.4.
    found = estimated([(Stratum(30, ("a", "b", "c")), [2, 4, 6])])
    assert (found.value, found.is_estimate) == (120, True)
    assert 141 <= found.high - 120 <= 144
    assert found.high - 120 == 120 - found.low


def test_a_count_that_no_sampled_wallet_has_is_still_uncertain() -> None:
    stratum = Stratum(100, tuple(map(str, range(20))))
    assert Band(0, 0, 0, is_estimate=True) == estimated([(stratum, [0] * 20)])
    counted = estimated([(stratum, [0] * 20)], is_count=True)
    assert counted.value == 0
    assert 5 < counted.high < 30


def population(seed: int) -> dict[str, int]:
    """Wallets with a heavy tail of requests."""
    chance = Random(seed)
    return {f"{seed}-{each}": int(chance.lognormvariate(3, 1.4)) + 1 for each in range(600)}


def test_bands_hold_the_true_total_about_as_often_as_they_say() -> None:
    runs, held_amount, held_count = 150, 0, 0
    for seed in range(runs):
        sizes = population(seed)
        chance = Random(seed)
        price = {each: size * chance.randrange(500, 1500) for each, size in sizes.items()}
        worse = {each: int(chance.random() < 0.07) for each in sizes}
        strata = strata_of(sizes, Fraction(1, 10))
        amount = estimated([(each, [price[name] for name in each.taken]) for each in strata])
        count = estimated(
            [(each, [worse[name] for name in each.taken]) for each in strata], is_count=True
        )
        held_amount += amount.low <= sum(price.values()) <= amount.high
        held_count += count.low <= sum(worse.values()) <= count.high
    # 95 % of 150 are 142; 135 is four standard deviations of chance below a true 97 %.
    assert held_amount >= 135
    assert held_count >= 135
