"""What a simulation was of: the usage, both policies, and how long it took."""

from dataclasses import dataclass

from policyengine.app.replay.totals import Totals
from policyengine.app.simulation.running import Simulated
from policyengine.app.simulation.sides import Side, timeline_of
from policyengine.values.calendar import instant_text


@dataclass(frozen=True, slots=True)
class About:
    """Where the usage came from and by which mapping; `noun` is what a wallet's size counts.

    `totals` says what was left out of a file; a ledger has none, and `wallets_left_out` instead:
    those of other policies.
    """

    source: str
    sha256: str
    mapping: str
    noun: str
    old: Side
    new: Side
    totals: Totals | None
    workers: int
    took_ms: int
    wallets_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A simulation with what it was of: all that a page about it shows."""

    about: About
    simulated: Simulated

    @property
    def is_sample(self) -> bool:
        """Tell whether some wallets were not simulated."""
        return self.simulated.wallets_taken < self.simulated.wallets

    @property
    def per_second(self) -> int:
        """Give how many requests were run a second, each under both policies."""
        run = self.simulated.size_taken - self.simulated.known
        return run * 1000 // max(1, self.about.took_ms)


def side_text(side: Side) -> str:
    """Say which versions a side has, and from when."""
    timeline = timeline_of(side)
    if side.is_always:
        return f"{side.label}: version {timeline.policies[0].version}, taken as always in force"
    versions = ", ".join(
        f"{policy.version} from {instant_text(policy.effective_at)[:10]}"
        for policy in timeline.policies
    )
    return f"{side.label}: version {versions}"
