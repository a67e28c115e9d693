"""A clock that jumps, stands still or goes back lets nothing expire early, late or twice."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from engine.wallets import CREDIT, DAY, HOUR, MINUTE, START, at, policy, spend
from faults.conftest import Counting
from faults.places import (
    DATABASES,
    command,
    everything_of,
    faults_in,
    history_of,
    new_ledger,
    opened,
    plain_rules,
    policies_of,
)
from laws.histories import WALLETS
from policyengine.app.shell import Shell
from policyengine.engine.commands import Charge, Command, GiveGrant, Settle, Subscribe
from policyengine.ledger.changes import LotOpened
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import Instant

JUMPS = (0, 1, -1, MINUTE, -MINUTE, HOUR, -HOUR, DAY, -DAY, 5 * DAY)


def jumping(commands: Sequence[Command], chance: Random) -> list[Command]:
    """Give the commands of a history by a clock that jumps as it likes, mostly forwards."""
    now = START
    moved = []
    for each in commands:
        now += chance.choice(JUMPS)
        moved.append(replace(each, at=max(0, now)))
    return moved


def check_expiries(transactions: Sequence[Transaction]) -> tuple[int, int]:
    """Give how many expiries came early, and how many draws came after a lot's expiry."""
    expires: dict[int, Instant] = {}
    early = late = 0
    for each in transactions:
        for change in each.changes:
            if isinstance(change, LotOpened):
                expires[change.terms.no] = change.terms.expires_at
        for move in each.moves:
            ends_at = expires[move.lot_no]
            if each.kind == "expire" and move.source == "available":
                early += each.effective_at < ends_at
            if (move.source, move.target) in {("available", "consumed"), ("available", "held")}:
                late += each.effective_at >= ends_at
    return early, late


def check_jumps(url: str, seed: int, steps: int) -> int:
    """Play a history by a jumping clock; it comes to what a clock that waits would come to."""
    history = history_of(seed, steps)
    moved = jumping(history.commands, Random(seed))
    with LedgerStore.open(url) as store:
        shell = Shell(store, policies_of(history.timeline))
        for each in moved:
            shell.execute([each])
        waiting = MemoryLedger({history.timeline.name: history.timeline})
        for each in moved:
            waiting.execute_one(_waited(each, waiting))
        for wallet in WALLETS:
            transactions = everything_of(store, wallet)
            times = [each.effective_at for each in transactions]
            assert times == sorted(times)
            assert check_expiries(transactions) == (0, 0)
            assert transactions == waiting.transactions[wallet]
        return len(faults_in(store))


def _waited(asked: Command, ledger: MemoryLedger) -> Command:
    """Give a command by a clock that stands still instead of going behind the wallet's own."""
    book = ledger.books.get(asked.wallet_id)
    return asked if book is None else replace(asked, at=max(asked.at, book.settled_at))


@pytest.mark.parametrize("database", DATABASES)
def test_a_clock_that_jumps_leads_where_one_that_waits_does(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int
) -> None:
    with new_ledger(database, request) as url:
        found = check_jumps(url, seed, 80)
    counts.add(clock_jumps=80, unbalanced=found, audits=1)
    assert found == 0


@pytest.mark.soak
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("number", range(10))
def test_long_histories_by_clocks_that_jump(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int, number: int
) -> None:
    with new_ledger(database, request) as url:
        found = check_jumps(url, seed + 1000 * number, 500)
    counts.add(clock_jumps=500, unbalanced=found, audits=1)
    assert found == 0


class Clock:
    """A machine's clock as it may be: read again and again, set by somebody in between."""

    def __init__(self, *readings: Instant) -> None:
        self.readings = list(readings)

    def __call__(self) -> Instant:
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]


@pytest.mark.parametrize("database", DATABASES)
def test_a_machine_whose_clock_was_set_back_gives_no_lot_a_second_life(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    """The clock stands past the expiry, goes back before it, and comes again to the microsecond."""
    ends = START + DAY
    clock = Clock(START, ends - 1, ends, ends - 1, ends - HOUR, ends, ends + 1)
    with new_ledger(database, request) as url, LedgerStore.open(url) as store:
        shell = Shell(store, plain_rules(), clock)
        opened(shell, "ana")
        grant = GiveGrant(CREDIT, 1, expires_at=ends)
        assert shell.one(command("ana", "g", grant)).refusal is None
        for number in range(12):
            shell.one(command("ana", f"k{number}", Charge(spend(1))))
        transactions = everything_of(store, "ana")
        assert check_expiries(transactions) == (0, 0)
        assert faults_in(store) == []
    spent = [
        each.kind
        for each in transactions
        for move in each.moves
        if move.lot_no == 2 and move.source == "available"
    ]
    # The first charge takes the lot whole where it is still there, and nothing is left to expire.
    assert spent in (["charge"], ["expire"])
    counts.add(clock_jumps=4, audits=1)


BORDERS = (
    # 29 March 2026: 02:00 in Berlin is 03:00; 25 October: 03:00 is 02:00 once more.
    ("Europe/Berlin", "2026-02-28T23:00:00", "2026-03-31T22:00:00"),
    ("Europe/Berlin", "2026-09-30T22:00:00", "2026-10-31T23:00:00"),
    # 29 February of a leap year, and of one that is none.
    ("UTC", "2028-01-31T00:00:00", "2028-02-29T00:00:00"),
    ("UTC", "2027-01-31T00:00:00", "2027-02-28T00:00:00"),
    ("Asia/Shanghai", "2026-12-31T16:00:00", "2027-01-31T16:00:00"),
)


@pytest.mark.parametrize(("zone", "joins", "ends"), BORDERS)
def test_a_cycle_over_a_border_of_the_calendar_ends_at_its_microsecond(
    zone: str, joins: str, ends: str, counts: Counting
) -> None:
    """By the clock on the wall a month is a month, whether it is an hour longer or shorter."""
    timeline = Timeline.of(policy({"time/zone": zone}))
    ledger = MemoryLedger({timeline.name: timeline})
    ledger.execute_one(command("ana", "join", Subscribe("pro"), at(joins)))
    for number, moment in enumerate((at(ends) - 1, at(joins), at(ends), at(ends) - DAY)):
        ledger.execute_one(command("ana", f"k{number}", Settle(), moment))
    kinds = [(each.kind, each.effective_at) for each in ledger.transactions["ana"]]
    counts.add(clock_jumps=4)
    assert kinds == [("subscribe", at(joins)), ("expire", at(ends)), ("renew", at(ends))]


def test_a_leap_second_is_no_instant() -> None:
    """POSIX clocks have none: whoever sends one is told, rather than moved to another second."""
    with pytest.raises(ValueError, match="is not an instant"):
        at("2026-12-31T23:59:60")
