"""Running a simulation: sample the wallets, run what was recorded in buckets, compare."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from policyengine.app.replay.intake import Progress
from policyengine.app.simulation.run_folder import RunFolder, key_of
from policyengine.app.simulation.sides import Side, content_of
from policyengine.simulate.buckets import in_buckets
from policyengine.simulate.comparing import Comparison, compare
from policyengine.simulate.sampling import strata_of
from policyengine.simulate.tally import Pair
from policyengine.store.policies import engine_version
from policyengine.values.calendar import Instant


class Bucket(Protocol):
    """Wallets that one worker takes on; it can be sent to another process."""

    @property
    def number(self) -> int:
        """Give its place among the buckets."""


class Recording(Protocol):
    """What is simulated: recorded usage, wallet by wallet, cut into buckets.

    `content` names what it was read from; `sizes` has how many requests or entries each wallet has.
    """

    content: Sequence[Any]
    sizes: Mapping[str, int]
    earliest_at: Instant
    latest_at: Instant

    def buckets(self, taken: Collection[str]) -> Iterator[Bucket]:
        """Cut the wallets that were taken into buckets, always in the same way."""

    @property
    def run(self) -> Callable[[Any], tuple[int, list[Pair]]]:
        """Give what runs a bucket: a function that another process can import."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a simulation runs on: an executor, how many buckets it has at once, a run folder."""

    executor: Executor
    at_once: int = 0
    folder: Path | None = None
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Simulated:
    """A comparison, and what it covers; `known` counts what an earlier run had done already."""

    comparison: Comparison
    share: Fraction
    wallets: int
    wallets_taken: int
    size: int
    size_taken: int
    known: int
    earliest_at: Instant
    latest_at: Instant


def simulate(
    recording: Recording,
    sides: tuple[Side, Side],
    share: Fraction,
    means: Means,
    progress: Progress,
) -> Simulated:
    """Run what was recorded under both policies, and compare what came of it.

    Takes: the old side and the new one; the share of wallets to take.
    """
    strata = strata_of(recording.sizes, share)
    taken = {wallet for each in strata for wallet in each.taken}
    size_taken = sum(recording.sizes[wallet] for wallet in taken)
    folder = RunFolder(means.folder, _key(recording, sides, share))
    found: list[Pair] = []
    done = known = 0

    def keep(pairs: list[Pair]) -> None:
        nonlocal done
        found.extend(pairs)
        done += sum(recording.sizes[each.wallet_id] for each in pairs)
        progress("simulating", done, size_taken)

    def unknown() -> Iterator[Bucket]:
        nonlocal known
        for bucket in recording.buckets(taken):
            pairs = folder.load(bucket.number)
            if pairs is None:
                yield bucket
            else:
                known += sum(recording.sizes[each.wallet_id] for each in pairs)
                keep(pairs)

    for number, pairs in in_buckets(means.executor, recording.run, unknown(), means.at_once):
        folder.save(number, pairs)
        keep(pairs)
    return Simulated(
        compare(strata, found),
        share,
        len(recording.sizes),
        len(taken),
        sum(recording.sizes.values()),
        size_taken,
        known,
        recording.earliest_at,
        recording.latest_at,
    )


def _key(recording: Recording, sides: tuple[Side, Side], share: Fraction) -> str:
    return key_of(
        [
            engine_version(),
            *recording.content,
            *[content_of(side) for side in sides],
            str(share),
        ]
    )
