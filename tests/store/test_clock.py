"""The machine's clock."""

import time

from policyengine.store.clock import wall_clock


def test_the_clock_gives_microseconds_of_the_machines_time() -> None:
    before = time.time_ns() // 1000
    assert before <= wall_clock() <= time.time_ns() // 1000
