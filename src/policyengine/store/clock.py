"""The machine's clock: the one place that looks at it."""

import time
from collections.abc import Callable

from policyengine.values.calendar import Instant

Clock = Callable[[], Instant]


def wall_clock() -> Instant:
    """Give the machine's time."""
    return time.time_ns() // 1000
