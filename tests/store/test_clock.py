"""The machine's clock."""

import time
from datetime import UTC, datetime

import pytest

from policyengine.store.clock import Clock, exact, wall_clock
from policyengine.values.calendar import INSTANT_MAX


def test_the_clock_gives_microseconds_of_the_machines_time() -> None:
    before = time.time_ns() // 1000
    assert before <= wall_clock() <= time.time_ns() // 1000


@pytest.mark.parametrize("at", [0, 1_768_000_000_000_000, INSTANT_MAX - 1])
def test_a_clock_of_ones_own_gives_microseconds(at: int) -> None:
    assert exact(lambda: at)() == at
    assert exact(wall_clock) is wall_clock


@pytest.mark.parametrize(
    "clock",
    [time.time, lambda: None, lambda: True, lambda: datetime.now(UTC), lambda: "now"],
)
def test_what_is_no_whole_number_is_no_instant(clock: Clock) -> None:
    with pytest.raises(TypeError, match=r"the clock gave .*; give whole microseconds"):
        exact(clock)()


@pytest.mark.parametrize("clock", [time.time_ns, lambda: -1, lambda: INSTANT_MAX])
def test_an_instant_that_a_wallet_would_never_come_back_from_is_none(clock: Clock) -> None:
    with pytest.raises(ValueError, match=r"the clock gave .*, outside the years 1970 to 8999"):
        exact(clock)()
