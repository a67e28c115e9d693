"""Expiry against charge against capture: every order of statements ends as one after the other."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import permutations

import pytest

from engine.wallets import CREDIT, DAY, HOUR, START, spend
from faults.conftest import Counting
from faults.explorer import STEPPED, UNLOCKED, Explorer, Session, Stuck
from faults.places import command, everything_of, faults_in, new_ledger, opened, plain_rules
from policyengine.app.forms import refusal_form
from policyengine.app.shell import Shell
from policyengine.engine.commands import (
    Adjust,
    Body,
    Capture,
    Charge,
    Command,
    GiveGrant,
    OpenHold,
    Release,
    Settle,
    Subscribe,
)
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.transactions import Transaction
from policyengine.simulate.memory import MemoryLedger
from policyengine.store.dialect import Dialect
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import CalendarSpan
from store.servers import Server

ENDS = START + DAY
HOLD = 3
_TWO_HOURS = CalendarSpan(2, "hour")

EXPIRY = (Settle(), ENDS)
CHARGE = (Charge(spend(1500)), ENDS - 1)
CHARGE_AT_THE_END = (Charge(spend(1500)), ENDS)
CAPTURE = (Capture(HOLD, amount_micro=900 * CREDIT), ENDS - 1)
CAPTURE_LATE = (Capture(HOLD, amount_micro=900 * CREDIT), ENDS + 1)
RELEASE = (Release(HOLD), ENDS)
ADJUST = (Adjust(-1200 * CREDIT), ENDS - 1)
JOIN = (Subscribe("pro"), START)

Race = tuple[tuple[Body, int], ...]

QUICK: dict[str, Race] = {
    "expiry, charge": (EXPIRY, CHARGE),
    "expiry, capture": (EXPIRY, CAPTURE),
    "charge, capture": (CHARGE, CAPTURE),
}
LONG: dict[str, Race] = {
    "expiry, charge at the end": (EXPIRY, CHARGE_AT_THE_END),
    "expiry, late capture": (EXPIRY, CAPTURE_LATE),
    "expiry, release": (EXPIRY, RELEASE),
    "capture, release": (CAPTURE, RELEASE),
    "charge, charge": (CHARGE, CHARGE),
    "capture, capture": (CAPTURE, CAPTURE),
    "charge, adjustment": (CHARGE, ADJUST),
    "two new wallets of one name": (JOIN, JOIN),
}
THREE: Race = (EXPIRY, CHARGE, CAPTURE)


def before_it(wallet: str, race: Race) -> list[Command]:
    """Give what is there when the race begins: 2,000 from the plan, 1,000 that end, 1,000 held."""
    if race[0] == JOIN:
        return []
    return [
        command(wallet, "join", Subscribe("pro")),
        command(wallet, "lot", GiveGrant(1000 * CREDIT, 1, expires_at=ENDS)),
        command(wallet, "hold", OpenHold(1000 * CREDIT, life=_TWO_HOURS), ENDS - HOUR),
        command(wallet, "more", GiveGrant(700 * CREDIT, 1, expires_at=ENDS), ENDS - HOUR),
    ]


def racing(wallet: str, race: Race) -> list[Command]:
    return [
        command(wallet, f"k{number}", body, at, reason="a race")
        for number, (body, at) in enumerate(race)
    ]


def serial_ends(race: Race) -> list[list[str]]:
    """Give what the ledger says where the racers come one after the other, for each order."""
    ends = []
    for order in permutations(racing("w", race)):
        ledger = MemoryLedger(plain_rules().timelines)
        ledger.execute([*before_it("w", race), *order])
        assert faults_of(ledger.books["w"]) == ()
        begun = len(before_it("w", race))
        assert all(each.refusal is None for each in ledger.transactions["w"][:begun])
        ends.append(told_of("w", ledger.transactions["w"]))
    return ends


def told_of(wallet: str, transactions: Sequence[Transaction]) -> list[str]:
    """Give all that a wallet's entries say, but for its name and the digests that bind it."""
    blank = [
        repr((replace(each, fingerprint="", refusal=None), _told(each))) for each in transactions
    ]
    return [re.sub(rf"\b{wallet}\b", "w", each) for each in blank]


def _told(transaction: Transaction) -> str:
    return "" if transaction.refusal is None else json.dumps(refusal_form(transaction.refusal))


@dataclass(frozen=True, slots=True)
class Track:
    """A server's ledger with a store for each racer, and one to look on."""

    stores: Sequence[LedgerStore]
    onlooker: LedgerStore
    explorer: Explorer

    def run(
        self, race: Race, orders_max: int = 10**9, faults: list[str] | None = None
    ) -> list[str]:
        """Run a race in every order; gives the faults, and adds each as it is found."""
        rules = plain_rules()
        expected = serial_ends(race)
        home = Shell(self.onlooker, rules)
        shells = [Shell(each, rules) for each in self.stores]
        for number, each in enumerate(shells):  # each has met the policy before the race
            opened(each, f"met{number}{self.explorer.orders}")
        faults = [] if faults is None else faults
        first = self.explorer.orders

        def acts(number: int) -> list[Callable[[], object]]:
            wallet = f"w{number}"
            home.execute(before_it(wallet, race))
            return [
                lambda shell=shell, asked=asked: shell.execute([asked])  # type: ignore[misc]
                for shell, asked in zip(shells, racing(wallet, race), strict=False)
            ]

        def check(number: int, sessions: Sequence[Session]) -> None:
            wallet = f"w{number}"
            faults.extend(f"{wallet}: {each.failed!r}" for each in sessions if each.failed)
            found = everything_of(self.onlooker, wallet)
            if told_of(wallet, found) not in expected:
                faults.append(f"{wallet}: {[(each.kind, each.moves) for each in found]}")

        self.explorer.explore(acts, check, first + orders_max)
        return faults


@contextmanager
def track_on(
    request: pytest.FixtureRequest, dialect: Dialect, racers: int, *, every_step: bool
) -> Iterator[Track]:
    server: Server = request.getfixturevalue("server")
    with new_ledger("postgresql", request) as url, server.connect() as monitor:
        stores = [LedgerStore.open(url, dialect=dialect) for _ in range(racers)]
        with LedgerStore.open(url) as onlooker:
            yield Track(stores, onlooker, Explorer(monitor, every_step))
        for each in stores:
            each.close()


@pytest.mark.parametrize("name", QUICK)
def test_every_order_of_two_sessions_ends_as_one_after_the_other(
    name: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with track_on(request, STEPPED, 2, every_step=False) as track:
        faults = track.run(QUICK[name])
        audit = faults_in(track.onlooker)
    explorer = track.explorer
    counts.add(interleavings=explorer.orders, unbalanced=len(faults) + len(audit), audits=1)
    assert (faults, audit) == ([], [])
    # The second one waits for the first in every order but those where it comes after the end.
    assert explorer.orders > 10
    assert explorer.waits >= explorer.orders - 2


def test_without_the_lock_the_explorer_finds_orders_that_fail(
    request: pytest.FixtureRequest,
) -> None:
    """The keys of the database still let no credit be spent twice: it refuses, and says so."""
    faults: list[str] = []
    with track_on(request, UNLOCKED, 2, every_step=False) as track:
        # They wait for each other at any row then, also between the steps that the explorer sees,
        # so that it may meet an order that it cannot repeat.
        with suppress(Stuck):
            track.run(QUICK["charge, capture"], 60, faults)
        assert faults_in(track.onlooker) == []
    assert any("LedgerFault" in each or "StaleBook" in each for each in faults)


@pytest.mark.soak
@pytest.mark.parametrize("name", [*QUICK, *LONG])
def test_every_order_of_every_step_of_two_sessions(
    name: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with track_on(request, STEPPED, 2, every_step=True) as track:
        faults = track.run({**QUICK, **LONG}[name])
        audit = faults_in(track.onlooker)
    orders = track.explorer.orders
    counts.add(interleavings=orders, unbalanced=len(faults) + len(audit), audits=1)
    assert (faults, audit) == ([], [])


@pytest.mark.soak
def test_every_order_of_three_sessions(request: pytest.FixtureRequest, counts: Counting) -> None:
    with track_on(request, STEPPED, 3, every_step=False) as track:
        faults = track.run(THREE)
        audit = faults_in(track.onlooker)
    orders = track.explorer.orders
    counts.add(interleavings=orders, unbalanced=len(faults) + len(audit), audits=1)
    assert (faults, audit) == ([], [])


@pytest.mark.parametrize("name", [*QUICK, *LONG])
def test_on_a_file_the_write_lock_leaves_whole_transactions_to_be_ordered(
    name: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    """There is one writer at a time from its first statement on: the orders are those of wholes."""
    race = {**QUICK, **LONG}[name]
    expected = serial_ends(race)
    with new_ledger("sqlite", request) as url, LedgerStore.open(url) as store:
        shells = [Shell(store, plain_rules()) for _ in race]
        for number, order in enumerate(permutations(range(len(race)))):
            wallet = f"w{number}"
            shells[0].execute(before_it(wallet, race))
            asked = racing(wallet, race)
            for each in order:
                shells[each].execute([asked[each]])
            assert told_of(wallet, everything_of(store, wallet)) == expected[number]
        assert faults_in(store) == []
    counts.add(interleavings=len(expected), audits=1)
