"""Comparing: what a change of policy does to all wallets, from what came of each."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal, TypeAlias, TypeVar

from policyengine.simulate.sampling import Band, Stratum, estimated, scaled
from policyengine.simulate.tally import Pair, Tally, Use
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant

Verdict: TypeAlias = Literal["better", "worse", "same"]

N = TypeVar("N", int, Fraction)
"""A number that is ranked."""

QUANTILES: Final = (50, 90, 95, 99)
LARGEST: Final = 10
BASIS_POINTS: Final = 10_000
STEPS: Final = (-5000, -2000, -1000, -500, -100, 0, 100, 500, 1000, 2000, 5000, 10_000)
"""Bounds, in hundredths of a percent, between which wallets are counted by their change."""

_CRITERIA: Final[tuple[Callable[[Tally], int], ...]] = (
    lambda tally: tally.total.refused,
    lambda tally: tally.moved_up,
    lambda tally: tally.added_micro,
    lambda tally: tally.total.price_micro,
    lambda tally: tally.debt_micro - tally.left_micro,
)


def verdict_of(pair: Pair) -> Verdict:
    """Tell whether a wallet is better or worse off: the first that differs decides.

    Fewer requests refused are better; then fewer upgrades needed; then fewer credits bought, given
    by hand or lent; then a lower price of all that was asked for; then more credits left.
    """
    for criterion in _CRITERIA:
        by = criterion(pair.new) - criterion(pair.old)
        if by:
            return "worse" if by > 0 else "better"
    return "same"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure under the old policy, under the new one, and what it changes by."""

    old: Band
    new: Band
    change: Band


@dataclass(frozen=True, slots=True)
class Uses:
    """The use under both policies: all of it, or that of a plan or model."""

    old: Use
    new: Use


@dataclass(frozen=True, slots=True)
class Quantile:
    """The change of price that so many percent of the wallets do not exceed.

    `change_points` is in hundredths of a percent of the old price, over the wallets that had one.
    """

    percent: int
    change_micro: Micro
    change_points: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change does to all wallets; `pairs` are those that were simulated, in order."""

    strata: tuple[Stratum, ...]
    pairs: tuple[Pair, ...]
    verdicts: Mapping[str, Verdict]
    figures: Mapping[str, Figure]
    wallets: Mapping[Verdict, Band]
    plans: Mapping[str, Uses]
    models: Mapping[str, Uses]
    refusals: Mapping[str, tuple[int, int]]
    opened: Mapping[str, tuple[Micro, Micro]]
    quantiles: tuple[Quantile, ...]
    steps: tuple[int, ...]
    out_at: tuple[tuple[Instant, ...], tuple[Instant, ...]]

    def count(self, holds: Callable[[Pair], bool]) -> Band:
        """Count the wallets of which something holds; estimated for those that were not taken."""
        by_id = {pair.wallet_id: pair for pair in self.pairs}
        groups = [(each, [by_id[wallet] for wallet in each.taken]) for each in self.strata]
        return _count(groups, holds)

    @property
    def weights(self) -> Mapping[str, Fraction]:
        """Give how many wallets each one that was simulated stands for."""
        return {wallet: each.weight for each in self.strata for wallet in each.taken}

    @property
    def largest(self) -> tuple[Pair, ...]:
        """Give the wallets whose price changes most, the largest change first."""
        changed = [pair for pair in self.pairs if pair.price_change_micro]
        changed.sort(key=lambda pair: (-abs(pair.price_change_micro), pair.wallet_id))
        return tuple(changed[:LARGEST])

    @property
    def ran_out(self) -> tuple[Pair, ...]:
        """Give the wallets that ran out: first those of one policy only, then by when."""
        return tuple(
            sorted((pair for pair in self.pairs if _out_times(pair)), key=_by_difference_and_time)
        )


def _out_times(pair: Pair) -> list[Instant]:
    return [each for each in (pair.old.out_at, pair.new.out_at) if each is not None]


def _by_difference_and_time(pair: Pair) -> tuple[bool, bool, Instant, str]:
    times = _out_times(pair)
    return len(times) > 1, pair.new.out_at is None, min(times), pair.wallet_id


_FIGURES: Final[Mapping[str, Callable[[Tally], int]]] = {
    "requests": lambda tally: tally.total.requests,
    "price_micro": lambda tally: tally.total.price_micro,
    "charged_micro": lambda tally: tally.total.charged_micro,
    "refused": lambda tally: tally.total.refused,
    "holds_refused": lambda tally: tally.holds_refused,
    "not_run": lambda tally: tally.not_run,
    "moved_up": lambda tally: tally.moved_up,
    "added_micro": lambda tally: tally.added_micro,
    "expired_micro": lambda tally: tally.expired_micro,
    "left_micro": lambda tally: tally.left_micro,
    "debt_micro": lambda tally: tally.debt_micro,
    "cycles_out": lambda tally: tally.cycles_out,
}
_COUNTS: Final[Mapping[str, Callable[[Tally], int]]] = {
    "ran_out": lambda tally: int(tally.ran_out),
    "ran_out_before_renewal": lambda tally: int(tally.ran_out_before_renewal),
    "lost_unused": lambda tally: int(tally.expired_micro > 0),
    "refused_any": lambda tally: int(tally.total.refused > 0),
}


def compare(strata: Sequence[Stratum], pairs: Iterable[Pair]) -> Comparison:
    """Add up what came of wallets.

    Takes: the strata, and one pair for each wallet that was taken; their order does not matter.
    """
    by_id = {pair.wallet_id: pair for pair in pairs}
    groups = [(each, [by_id[wallet] for wallet in each.taken]) for each in strata]
    ordered = tuple(by_id[wallet] for wallet in sorted(by_id))
    verdicts = {pair.wallet_id: verdict_of(pair) for pair in ordered}
    weights = {wallet: each.weight for each in strata for wallet in each.taken}
    of_verdict: dict[Verdict, Band] = {
        verdict: _count(groups, lambda pair, verdict=verdict: verdicts[pair.wallet_id] == verdict)  # type: ignore[misc]
        for verdict in ("better", "worse", "same")
    }
    return Comparison(
        tuple(strata),
        ordered,
        verdicts,
        {
            **{name: _figure(groups, read) for name, read in _FIGURES.items()},
            **{name: _figure(groups, read, is_count=True) for name, read in _COUNTS.items()},
        },
        of_verdict,
        _uses(groups, Tally.by_plan),
        _uses(groups, Tally.by_model),
        _both(groups, lambda tally: tally.refusals),
        _both(groups, lambda tally: tally.opened),
        tuple(_quantile(ordered, weights, percent) for percent in QUANTILES),
        _steps(ordered, weights),
        (
            tuple(sorted(pair.old.out_at for pair in ordered if pair.old.out_at is not None)),
            tuple(sorted(pair.new.out_at for pair in ordered if pair.new.out_at is not None)),
        ),
    )


_Groups: TypeAlias = Sequence[tuple[Stratum, Sequence[Pair]]]


def _figure(groups: _Groups, read: Callable[[Tally], int], *, is_count: bool = False) -> Figure:
    old = [(stratum, [read(pair.old) for pair in pairs]) for stratum, pairs in groups]
    new = [(stratum, [read(pair.new) for pair in pairs]) for stratum, pairs in groups]
    change = [
        (stratum, [after - before for before, after in zip(befores, afters, strict=True)])
        for (stratum, befores), (_, afters) in zip(old, new, strict=True)
    ]
    return Figure(
        _above_zero(estimated(old, is_count=is_count)),
        _above_zero(estimated(new, is_count=is_count)),
        estimated(change, is_count=is_count),
    )


def _count(groups: _Groups, holds: Callable[[Pair], bool]) -> Band:
    figures = [(stratum, [int(holds(pair)) for pair in pairs]) for stratum, pairs in groups]
    return _above_zero(estimated(figures, is_count=True))


def _above_zero(band: Band) -> Band:
    return replace(band, low=max(0, band.low))


def _uses(groups: _Groups, by: Callable[[Tally], dict[str, Use]]) -> dict[str, Uses]:
    sums: list[dict[str, list[Use]]] = []
    for _, pairs in groups:
        found: dict[str, list[Use]] = {}
        for pair in pairs:
            for side, tally in enumerate((pair.old, pair.new)):
                for name, use in by(tally).items():
                    found.setdefault(name, [Use(), Use()])[side].add(use)
        sums.append(found)
    names = sorted({name for found in sums for name in found})
    strata = [stratum for stratum, _ in groups]
    return {
        name: Uses(
            _scaled_use(strata, sums, name, side=0),
            _scaled_use(strata, sums, name, side=1),
        )
        for name in names
    }


def _scaled_use(
    strata: Sequence[Stratum], sums: Sequence[dict[str, list[Use]]], name: str, side: int
) -> Use:
    parts = [
        (stratum, found[name][side])
        for stratum, found in zip(strata, sums, strict=True)
        if name in found
    ]
    return Use(
        *[
            scaled((stratum, getattr(use, field)) for stratum, use in parts)
            for field in ("requests", "refused", "price_micro", "charged_micro")
        ]
    )


def _both(
    groups: _Groups, read: Callable[[Tally], Mapping[str, int]]
) -> dict[str, tuple[int, int]]:
    old = [(stratum, _summed(read(pair.old) for pair in pairs)) for stratum, pairs in groups]
    new = [(stratum, _summed(read(pair.new) for pair in pairs)) for stratum, pairs in groups]
    names = sorted({name for _, found in (*old, *new) for name in found})
    return {
        name: (
            scaled((stratum, found[name]) for stratum, found in old),
            scaled((stratum, found[name]) for stratum, found in new),
        )
        for name in names
    }


def _summed(parts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return total


def change_points(pair: Pair) -> int | None:
    """Give by how much a wallet's price changes, in hundredths of a percent; None from 0."""
    before = pair.old.total.price_micro
    return round(Fraction(pair.price_change_micro * BASIS_POINTS, before)) if before else None


def _quantile(pairs: Sequence[Pair], weights: Mapping[str, Fraction], percent: int) -> Quantile:
    changes = [(pair.price_change_micro, weights[pair.wallet_id]) for pair in pairs]
    points = [
        (found, weights[pair.wallet_id])
        for pair in pairs
        if (found := change_points(pair)) is not None
    ]
    share = Fraction(percent, 100)
    return Quantile(percent, least_above(changes, share) or 0, least_above(points, share))


def least_above(values: Sequence[tuple[N, Fraction]], share: Fraction) -> N | None:
    """Give the least value that at least such a share of the weight does not exceed.

    Takes: values with their weights. Gives: None where there are none.
    """
    bound = sum((weight for _, weight in values), Fraction(0)) * share
    reached = Fraction(0)
    for value, weight in sorted(values):
        reached += weight
        if reached >= bound:
            return value
    return None


def _steps(pairs: Sequence[Pair], weights: Mapping[str, Fraction]) -> tuple[int, ...]:
    """Count wallets by their change: below the first step, between two, from the last one on.

    No change at all has a place of its own, in the middle.
    """
    counts = [Fraction(0)] * (len(STEPS) + 2)
    for pair in pairs:
        points = change_points(pair)
        if points is not None:
            counts[_place_of(points)] += weights[pair.wallet_id]
    return tuple(round(each) for each in counts)


def _place_of(points: int) -> int:
    if points > 0:
        return bisect_left(STEPS, points) + 1
    return bisect_right(STEPS, points) if points else STEPS.index(0) + 1
