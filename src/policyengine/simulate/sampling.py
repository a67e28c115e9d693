"""Samples of wallets, by strata of size, and what they tell about all wallets, with an error band.

Method: wallets are put into strata by how many requests they have, to the power of two. In each
stratum the wallets with the smallest hashes are taken: the share asked for, and at least
`WALLETS_MIN`, so that small strata, which hold the largest wallets, are taken whole. A total is
estimated stratum by stratum; its band is Student's interval of 95 % for a stratified sample without
replacement, with Satterthwaite's degrees of freedom.
Source: Cochran, Sampling Techniques, chapter 5.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Final

WALLETS_MIN: Final = 12
CONFIDENCE_PERCENT: Final = 95
METHOD: Final = "stratified by requests per wallet, 95 % Student interval"

_T_THOUSANDTHS: Final = (
    (1, 12706),
    (2, 4303),
    (3, 3182),
    (4, 2776),
    (5, 2571),
    (6, 2447),
    (7, 2365),
    (8, 2306),
    (9, 2262),
    (10, 2228),
    (12, 2179),
    (15, 2131),
    (20, 2086),
    (30, 2042),
    (60, 2000),
    (120, 1980),
)
"""Student's t for 95 %, by degrees of freedom; between two rows the upper one is taken."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Wallets of about one size: how many there are, and which were taken."""

    wallets: int
    taken: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether every wallet was taken."""
        return self.wallets == len(self.taken)

    @property
    def weight(self) -> Fraction:
        """Give how many wallets each one that was taken stands for."""
        return Fraction(self.wallets, len(self.taken))


@dataclass(frozen=True, slots=True)
class Band:
    """An estimate with the bounds between which the true figure lies, as sure as the method is."""

    value: int
    low: int
    high: int
    is_estimate: bool = False


def strata_of(sizes: Mapping[str, int], share: Fraction) -> tuple[Stratum, ...]:
    """Take a sample.

    Takes: how many requests each wallet has; the share of wallets to take, above 0 up to 1.
    Gives: the strata, small wallets first. The same wallets are taken each time, and a larger share
    takes those of a smaller one as well.
    """
    groups: dict[int, list[str]] = {}
    for wallet_id, size in sizes.items():
        groups.setdefault(size.bit_length(), []).append(wallet_id)
    strata = []
    for _, wallets in sorted(groups.items()):
        count = max(WALLETS_MIN, -(-len(wallets) * share.numerator // share.denominator))
        wallets.sort(key=_place)
        strata.append(Stratum(len(wallets), tuple(sorted(wallets[:count]))))
    return tuple(strata)


def _place(wallet_id: str) -> tuple[bytes, str]:
    return hashlib.sha256(b"sample:" + wallet_id.encode()).digest(), wallet_id


def estimated(strata: Iterable[tuple[Stratum, list[int]]], *, is_count: bool = False) -> Band:
    """Estimate a total from the figures of the wallets that were taken.

    Takes: per stratum a figure for each wallet taken, zeros included; for a count of wallets these
    are 0 and 1 (or -1, for a change), and the band allows for the few that a sample has missed.
    """
    total = variance = freedom = Fraction(0)
    is_estimate = False
    for stratum, figures in strata:
        total += stratum.weight * sum(figures)
        if stratum.is_whole:
            continue
        is_estimate = True
        taken = len(figures)
        spread = _spread_of_count(figures) if is_count else _spread(figures)
        part = stratum.wallets * (stratum.wallets - taken) * spread / taken
        variance += part
        freedom += part * part / (taken - 1)
    value = _rounded(total)
    if not variance:
        return Band(value, value, value, is_estimate)
    half = _root(variance * _t_thousandths(variance * variance / freedom) ** 2) // 1000 + 1
    return Band(value, value - half, value + half, is_estimate)


def scaled(strata: Iterable[tuple[Stratum, int]]) -> int:
    """Give the estimated total of what the wallets taken add up to in each stratum."""
    return _rounded(sum((stratum.weight * each for stratum, each in strata), Fraction(0)))


def _spread(figures: list[int]) -> Fraction:
    """Give the variance of a sample."""
    count = len(figures)
    total = sum(figures)
    squares = sum(each * each for each in figures)
    return Fraction(count * squares - total * total, count * (count - 1))


def _spread_of_count(figures: list[int]) -> Fraction:
    """Give the variance of a count, and at least that of two more wallets of each kind.

    Source: Agresti and Coull, 1998; without it a sample in which nobody is worse off would claim
    that nobody is, without any doubt.
    """
    count = len(figures) + 4
    share = Fraction(sum(map(abs, figures)) + 2, count)
    return max(share * (1 - share) * Fraction(count, count - 1), _spread(figures))


def _t_thousandths(freedom: Fraction) -> int:
    found = _T_THOUSANDTHS[0][1]
    for least, value in _T_THOUSANDTHS:
        if freedom >= least:
            found = value
    return found


def _root(number: Fraction) -> int:
    """Give the square root, rounded up."""
    return isqrt(-(-number.numerator // number.denominator)) + 1


def _rounded(number: Fraction) -> int:
    return round(number)  # to even at a half, exactly: it is no float
