"""Requests in another order are denied, or lead to the same balances: never to another sum."""

from collections.abc import Iterable, Sequence
from itertools import permutations
from random import Random

import pytest

from engine.wallets import CREDIT, spend
from faults.conftest import Counting
from faults.places import (
    DATABASES,
    command,
    faults_in,
    history_of,
    new_ledger,
    opened,
    plain_rules,
    policies_of,
)
from policyengine.app.shell import Shell
from policyengine.engine.commands import (
    Adjust,
    Body,
    Capture,
    Charge,
    Command,
    Extend,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    Subscribe,
    VoidGrant,
)
from policyengine.ledger.invariants import faults_of
from policyengine.simulate.memory import MemoryLedger
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import CalendarSpan

COMMUTING: tuple[Body, ...] = (
    Charge(spend(7)),
    Charge(spend(11, "frontier")),
    GiveGrant(30 * CREDIT),
    Adjust(-3 * CREDIT),
    Adjust(5 * CREDIT),
    OpenHold(13 * CREDIT),
)
"""Each of them has enough to draw on in any order, and none names another one."""


def in_memory(bodies: Iterable[Body]) -> MemoryLedger:
    ledger = MemoryLedger(plain_rules().timelines)
    ledger.execute_one(command("ana", "join", Subscribe("pro")))
    for number, body in enumerate(bodies):
        asked = command("ana", f"k{number}", body, reason="why")
        assert ledger.execute_one(asked).answer.refusal is None
    return ledger


def check_orders(orders: Sequence[tuple[Body, ...]], counts: Counting) -> None:
    ends = set()
    for order in orders:
        book = in_memory(order).books["ana"]
        assert faults_of(book) == ()
        ends.add((book.available_micro, book.held_micro, book.debt_micro))
    counts.add(reorderings=len(orders), unbalanced=0)
    # 2,000 from the plan, less 7, 66, 3 and 13 that are held, and 30 and 5 more.
    assert ends == {((2000 - 7 - 66 - 3 - 13 + 30 + 5) * CREDIT, 13 * CREDIT, 0)}


def test_requests_that_do_not_meet_lead_to_the_same_balance_in_another_order(
    counts: Counting,
) -> None:
    check_orders(list(permutations(COMMUTING))[::23], counts)


@pytest.mark.soak
def test_requests_that_do_not_meet_lead_to_the_same_balance_in_any_order(counts: Counting) -> None:
    check_orders(list(permutations(COMMUTING)), counts)


EARLY: tuple[tuple[Body, str], ...] = (
    (Capture(2, amount_micro=CREDIT), "unknown_hold"),
    (Release(2), "unknown_hold"),
    (Extend(2, CalendarSpan(1, "minute")), "unknown_hold"),
    (Refund(2), "unknown_transaction"),
    (VoidGrant(2), "unknown_transaction"),
    (ReportAbnormal(2), "unknown_transaction"),
    (ResolveCase(2, "explained"), "unknown_transaction"),
)


@pytest.mark.parametrize("database", DATABASES)
def test_what_acts_on_something_before_it_is_there_is_denied_for_good(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    """The denial is kept: once the hold has come, a retry is told the same, and a new key works."""
    with new_ledger(database, request) as url, LedgerStore.open(url) as store:
        shell = Shell(store, plain_rules())
        for number, (body, code) in enumerate(EARLY):
            wallet = f"w{number}"
            opened(shell, wallet)
            early = command(wallet, "early", body)
            denied = shell.execute([early])[0]
            assert denied.refusal is not None
            assert denied.refusal.code == code, body
            before = denied.available_micro
            shell.execute([command(wallet, "hold", OpenHold(CREDIT))])
            again = shell.execute([early])[0]
            assert (again.is_replay, again.transaction) == (True, denied.transaction)
            assert before == 2000 * CREDIT
        late = shell.execute([command("w0", "late", Capture(3, amount_micro=CREDIT))])[0]
        assert late.refusal is None
        assert faults_in(store) == []
    counts.add(reorderings=len(EARLY), audits=1)


def shuffled(commands: Sequence[Command], window: int, chance: Random) -> list[Command]:
    """Give requests as a network may bring them: each a few places early or late."""
    places = [(number + chance.random() * window, number) for number in range(len(commands))]
    return [commands[number] for _, number in sorted(places)]


def check_shuffled(url: str, seed: int, steps: int, orders: int) -> int:
    """Bring a history in several orders; gives how many faults the audits found."""
    history = history_of(seed, steps)
    chance = Random(seed)
    with LedgerStore.open(url) as store:
        for order in range(orders):
            shell = Shell(store, policies_of(history.timeline))
            renamed = [
                Command(f"{each.wallet_id}{order}", each.key, each.at, each.body, "", each.reason)
                for each in shuffled(history.commands, 6, chance)
            ]
            for receipt in shell.execute(renamed):
                answer = receipt.transaction
                assert receipt.is_accepted or not (answer.moves or answer.changes)
        return len(faults_in(store))


@pytest.mark.parametrize("database", DATABASES)
def test_a_history_in_another_order_leaves_a_sound_ledger(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int
) -> None:
    with new_ledger(database, request) as url:
        found = check_shuffled(url, seed, 60, 3)
    counts.add(reorderings=3 * 62, unbalanced=found, audits=1)
    assert found == 0


@pytest.mark.soak
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("number", range(4))
def test_long_histories_in_many_orders(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int, number: int
) -> None:
    with new_ledger(database, request) as url:
        found = check_shuffled(url, seed + 1000 * number, 300, 10)
    counts.add(reorderings=10 * 302, unbalanced=found, audits=1)
    assert found == 0
