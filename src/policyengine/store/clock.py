"""The machine's clock: the one place that looks at it; and what a clock may say."""

import time
from collections.abc import Callable

from policyengine.values.calendar import INSTANT_MAX, Instant

Clock = Callable[[], Instant]


def wall_clock() -> Instant:
    """Give the machine's time."""
    return time.time_ns() // 1000


def exact(clock: Clock) -> Clock:
    """Give a clock whose instants can be decided by; the machine's own is one already.

    A wallet's time never goes back: one instant in nanoseconds would keep it in the far future.
    Its instants raise TypeError, ValueError where a clock of one's own gives something else.
    """
    return clock if clock is wall_clock else lambda: _exact(clock())


def _exact(at: Instant) -> Instant:
    if type(at) is not int:
        raise TypeError(f"the clock gave `{at!r:.80}`; give whole microseconds since 1970, UTC")
    if not 0 <= at < INSTANT_MAX:
        raise ValueError(f"the clock gave `{at}`, outside the years 1970 to 8999 in microseconds")
    return at
