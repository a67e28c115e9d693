"""Where the times of a file fall in the replay: shifted, stretched, in whole microseconds."""

from dataclasses import dataclass
from fractions import Fraction

from policyengine.app.replay.mapping.document import Time
from policyengine.values.calendar import Instant, parse_instant


@dataclass(frozen=True, slots=True)
class Placing:
    """The instant of a file's time: `falls_on + (time - counted_from) * stretch`, rounded down."""

    counted_from: int
    falls_on: Instant
    numerator: int
    denominator: int

    def instant(self, time: int) -> Instant:
        """Give the instant at which a row is replayed."""
        passed = (time - self.counted_from) * self.numerator
        return self.falls_on + passed // self.denominator


def placing_of(time: Time, earliest: int) -> Placing:
    """Work out where times fall.

    Takes: the mapping's rules; the file's earliest time.
    """
    stretch = Fraction(time.stretch)
    counted_from = falls_on = 0
    if time.first_row_at is not None:
        counted_from, falls_on = earliest, parse_instant(time.first_row_at)
    elif time.zero_at is not None:
        falls_on = parse_instant(time.zero_at)
    return Placing(counted_from, falls_on, stretch.numerator, stretch.denominator)
