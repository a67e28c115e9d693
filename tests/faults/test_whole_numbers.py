"""Whole numbers at the bounds of integers are refused where they do not fit, and never wrap."""

from decimal import Decimal
from typing import Any

import pytest

from engine.wallets import CREDIT, START
from faults.bodies import WHOLE, changed
from faults.conftest import Counting
from faults.places import DATABASES, command, faults_in, new_ledger, opened, plain_rules, size_of
from policyengine.app.shell import Shell
from policyengine.engine.commands import Adjust, Charge, GiveGrant, OpenHold, Refund, Usage
from policyengine.ledger.book import LedgerFault
from policyengine.store.store import LedgerStore
from policyengine.values.amounts import AMOUNT_MICRO_MAX, credits_plain, credits_text, micro_of

BOUNDS = (
    *(0, 1, -1, 2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**53 + 1),
    *(AMOUNT_MICRO_MAX - 1, AMOUNT_MICRO_MAX, AMOUNT_MICRO_MAX + 1),
    *(2**62, 2**63 - 1, 2**63, 2**63 + 1, 2**64, 10**30, -(2**53) - 1, -(2**63), -(2**63) - 1),
)


def bounds_of(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return []
    if isinstance(value, int):
        return list(BOUNDS)
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        return [((value[0][0], bound),) for bound in BOUNDS]
    return []


def sent(shell: Shell) -> int:
    """Send every command with each number at each bound; gives how many were tried."""
    bodies = [other for body in WHOLE for _, other in changed(body, bounds_of)]
    opened(shell, *(f"w{number}" for number in range(len(bodies))))
    for number, body in enumerate(bodies):
        before = size_of(shell.store)
        try:
            shell.execute([command(f"w{number}", "k", body, reason="why")])
        except (LedgerFault, OverflowError):
            # Only past the front, which makes no such spans: nothing of it is kept.
            assert size_of(shell.store) == before
    return len(bodies)


@pytest.mark.parametrize("database", DATABASES)
def test_a_number_at_any_bound_is_kept_exactly_or_refused(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with new_ledger(database, request) as url, LedgerStore.open(url) as store:
        tried = sent(Shell(store, plain_rules()))
        faults = faults_in(store)
    counts.add(bounds=tried, unbalanced=len(faults), audits=1)
    assert (tried > 500, faults) == (True, [])


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("amount", [2**53 - 1, 2**53, 2**53 + 1, AMOUNT_MICRO_MAX - 2000 * CREDIT])
def test_an_amount_beyond_exact_floats_is_kept_to_the_last_digit(
    database: str, amount: int, request: pytest.FixtureRequest
) -> None:
    with new_ledger(database, request) as url, LedgerStore.open(url) as store:
        shell = Shell(store, plain_rules())
        opened(shell, "ana")
        given = shell.execute([command("ana", "g", GiveGrant(amount))])[0]
        taken = shell.execute([command("ana", "a", Adjust(-amount), reason="why")])[0]
        assert given.available_micro == 2000 * CREDIT + amount
        assert taken.available_micro == 2000 * CREDIT
        with store.reading() as session:
            stored = session.driver.ask("SELECT max(available_micro) FROM txn")
        assert stored == [(2000 * CREDIT + amount,)]


@pytest.mark.parametrize("database", DATABASES)
def test_sums_beyond_the_bound_are_refused_and_recorded(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    """Grants that are each in bounds, a refund, a release: none may fill a wallet past it."""
    with new_ledger(database, request) as url, LedgerStore.open(url) as store:
        shell = Shell(store, plain_rules())
        opened(shell, "ana")
        near = AMOUNT_MICRO_MAX - 2000 * CREDIT
        asked = [
            command("ana", "fills", GiveGrant(near)),
            command("ana", "one more", GiveGrant(1)),
            command("ana", "many more", GiveGrant(AMOUNT_MICRO_MAX)),
            command("ana", "by hand", Adjust(1), reason="why"),
            command("ana", "holds", OpenHold(CREDIT)),
            command("ana", "beside a hold", GiveGrant(1)),
            command("ana", "spends", Charge(Usage.of("standard", {"text_input": 10_000}))),
            command("ana", "takes its place", GiveGrant(CREDIT)),
            command("ana", "back", Refund(8)),
        ]
        receipts = shell.execute(asked)
        told = [
            (each.refusal.code if each.refusal else "", each.available_micro) for each in receipts
        ]
        assert told == [
            ("", AMOUNT_MICRO_MAX),
            ("invalid_amount", AMOUNT_MICRO_MAX),
            ("invalid_amount", AMOUNT_MICRO_MAX),
            ("invalid_amount", AMOUNT_MICRO_MAX),
            ("", AMOUNT_MICRO_MAX - CREDIT),
            ("invalid_amount", AMOUNT_MICRO_MAX - CREDIT),
            ("", AMOUNT_MICRO_MAX - 2 * CREDIT),
            ("", AMOUNT_MICRO_MAX - CREDIT),
            ("invalid_amount", AMOUNT_MICRO_MAX - CREDIT),
        ]
        assert faults_in(store) == []
    counts.add(bounds=len(asked), audits=1)


@pytest.mark.parametrize("micro", [each for each in BOUNDS if abs(each) <= AMOUNT_MICRO_MAX])
def test_amounts_are_read_and_written_without_a_float(micro: int) -> None:
    assert micro_of(Decimal(credits_plain(micro))) == micro
    assert (
        credits_text(micro)
        .replace(",", "")
        .replace(".", "")
        .lstrip("-0")
        .startswith(str(abs(micro)).rstrip("0"))
    )


def test_what_is_asked_at_the_end_of_time_is_refused(counts: Counting) -> None:
    with LedgerStore.open("sqlite://") as store:
        shell = Shell(store, plain_rules())
        for number, at in enumerate((-1, START - 10**15, 2**63, 10**30)):
            opened(shell, f"w{number}")
            asked = command(f"w{number}", "k", GiveGrant(1, expires_at=at))
            answer = shell.execute([asked])[0]
            assert answer.refusal is not None, at
        assert faults_in(store) == []
    counts.add(bounds=4, audits=1)
