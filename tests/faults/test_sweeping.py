"""Whenever sweepers run, twice, late, dying or not at all, the ledger says the same in the end."""

import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from engine.wallets import DAY, HOUR, START, policy
from faults import sweeper
from faults.conftest import Counting
from faults.places import DATABASES, everything_of, faults_in, new_ledger, policies_of
from faults.running import start
from policyengine.app.engine import Engine
from policyengine.app.policies import read_policies
from policyengine.app.shell import Shell
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline

POLICIES = read_policies([sweeper.POLICIES])
END = START + 40 * DAY
WALLETS = tuple(f"w{number}" for number in range(9))

History: TypeAlias = dict[str, list[Transaction]]


class Clock:
    """A clock that is set."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


class Swept(NamedTuple):
    """A ledger to which much is due, and its clock."""

    engine: Engine
    clock: Clock

    def at(self, instant: int) -> Engine:
        """Set the clock; gives the engine."""
        self.clock.at = instant
        return self.engine


def begun(url: str) -> Swept:
    """Open wallets to which something is due at many times: holds, grants, cycles, a trial."""
    clock = Clock(START)
    engine = Engine.open(url, POLICIES, clock=clock)
    for number, wallet in enumerate(WALLETS):
        clock.at = START + number * HOUR
        engine.subscribe(wallet, ("free", "pro", "pro_plus")[number % 3], key="join").or_raise()
        assert engine.hold(wallet, credits_held=number + 1, key="hold").id
        engine.grant(wallet, 5, every="5 days", key="often").or_raise()
        engine.grant(wallet, 7, expires_at="2026-02-20T00:00:00Z", key="once").or_raise()
    engine.charge("w1", "standard", {"text_input": 900_000}, key="spend").or_raise()
    return Swept(engine, clock)


def ended(swept: Swept) -> History:
    """Settle what is left at the end; gives the whole ledger."""
    engine = swept.at(END)
    engine.sweep()
    assert engine.sweep() == 0
    store = engine.shell.store
    assert faults_in(store) == []
    found = {wallet: everything_of(store, wallet) for wallet in WALLETS}
    engine.close()
    return found


def daily(swept: Swept, _url: str) -> int:
    for day in range(1, 40):
        swept.at(START + day * DAY).sweep()
    return 39


def twice(swept: Swept, url: str) -> int:
    """Two sweepers at the same time, on connections of their own."""
    for day in range(3, 40, 6):
        engine = swept.at(START + day * DAY)
        with Engine.open(url, POLICIES, clock=swept.clock) as other:
            sweeps = [threading.Thread(target=each.sweep) for each in (engine, other)]
            for each in sweeps:
                each.start()
            for each in sweeps:
                each.join()
    return 14


def dying(swept: Swept, url: str) -> int:
    """Killed between reading what is due and writing it, and after it was written."""
    for day, when in ((10, "before"), (20, "after"), (30, "before")):
        instant = START + day * DAY
        assert start("sweeper", "main", url, instant, 1, when).ended() == (-signal.SIGKILL, "")
        if day == 20:
            swept.at(instant).sweep()
    return 4


def back_and_forth(swept: Swept, _url: str) -> int:
    """By a clock that is set back a day after each sweep."""
    for day in (9, 8, 17, 16, 31, 30):
        swept.at(START + day * DAY).sweep()
    return 6


def never(_swept: Swept, _url: str) -> int:
    return 1


SCHEDULES: tuple[Callable[[Swept, str], int], ...] = (daily, twice, dying, back_and_forth)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> History:
    """What comes of it where nobody sweeps until the end."""
    swept = begun(f"sqlite:///{tmp_path_factory.mktemp('swept')}/ledger.db")
    never(swept, "")
    return ended(swept)


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: each.__name__)
def test_the_schedule_of_sweepers_changes_nothing(
    database: str,
    schedule: Callable[[Swept, str], int],
    expected: History,
    request: pytest.FixtureRequest,
    counts: Counting,
) -> None:
    with new_ledger(database, request) as url:
        swept = begun(url)
        sweeps = schedule(swept, url)
        found = ended(swept)
    keys = [each.key for each in expected["w1"]]
    doubled = sum(len(found[each]) - len(expected[each]) for each in WALLETS)
    counts.add(sweeps=sweeps, duplicated=abs(doubled), audits=1)
    assert found == expected
    assert len(set(keys)) == len(keys) > 10


def test_a_wallet_of_a_policy_that_is_not_loaded_keeps_no_other_waiting(tmp_path: Path) -> None:
    """It stays due; once the sweeper asked for it again and again, and came to no other wallet."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    begun(url).engine.close()
    other = Timeline.of(replace(policy(), name="another"))
    with Engine.open(url, policies_of(other), clock=lambda: END) as stranger:
        stranger.subscribe("mine", "pro", key="join").or_raise()
        assert stranger.sweep() == 0
    with Engine.open(url, policies_of(other), clock=lambda: END + 40 * DAY) as stranger:
        assert (stranger.sweep(), stranger.sweep()) == (1, 0)
    with Engine.open(url, POLICIES, clock=lambda: END) as engine:
        assert engine.sweep() == len(WALLETS)
        assert faults_in(engine.shell.store) == []


def test_a_sweep_ends_where_it_was_told_to(tmp_path: Path) -> None:
    engine = begun(f"sqlite:///{tmp_path}/ledger.db").at(END)
    assert (engine.sweep(4), engine.sweep(4), engine.sweep()) == (4, 4, 1)
    assert isinstance(engine.shell, Shell)
    engine.close()
