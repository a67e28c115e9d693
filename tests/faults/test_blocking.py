"""Sessions in each other's way: tried again, or refused with a reason; never half written."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from faults.auditing import audit, lost
from faults.conftest import Counting
from faults.hurting import Patient, agree
from faults.story import START, policies, some_acts, story
from faults.striking import Strikes, struck
from policyengine.app.shell import ATTEMPTS_MAX, Shell
from policyengine.engine.commands import Adjust, Command, Subscribe
from policyengine.store import postgres
from policyengine.store.faults import LedgerBusy, LedgerContended, OutcomeUnknown, StoreFault
from policyengine.store.store import LedgerStore
from store.servers import Server

LANES = {"read committed": postgres.DIALECT, "serializable": postgres.SERIALIZABLE}
CODES: dict[str, type[StoreFault]] = {
    "40001": LedgerContended,
    "40P01": LedgerContended,
    "55P03": LedgerBusy,
}
STEPS = 13
"""No command of the story has fewer steps."""


def failing(code: str) -> Callable[[psycopg.Connection[Any]], None]:
    """Give a strike by which the server fails the transaction with a code of its own."""

    def fail(connection: psycopg.Connection[Any]) -> None:
        words = f"DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '{code}'; END $$"
        connection.execute(words.encode())

    return fail


def refused_at_each_statement(
    url: str, counts: Counting, lane: str, code: str, *names: str
) -> None:
    patient = Patient(url, Strikes(failing(code)), LANES[lane])
    hurts = list(patient.live(*names, moments=("before",), times=ATTEMPTS_MAX))
    assert len(hurts) >= STEPS * len(names)
    for each in hurts:
        assert type(each.fault) is CODES[code], each
        assert "nothing was written" in str(each.fault)
        assert not each.is_written
    counts.add(
        contentions=len(hurts) * (ATTEMPTS_MAX if CODES[code] is LedgerContended else 1),
        surfaced=len(hurts),
        audits=patient.audits,
        acknowledged=len(patient.acknowledged),
        lost=0,
        duplicated=0,
        unbalanced=0,
    )


@pytest.mark.parametrize(
    ("lane", "code"),
    [("read committed", "40P01"), ("read committed", "55P03"), ("serializable", "40001")],
)
def test_who_is_in_the_way_at_any_statement_again_and_again_is_refused_with_nothing_written(
    database: str, counts: Counting, lane: str, code: str
) -> None:
    refused_at_each_statement(database, counts, lane, code, "charge")


@pytest.mark.soak
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("lane", LANES)
def test_any_kind_of_transaction_that_is_in_the_way_is_refused_with_nothing_written(
    database: str, counts: Counting, lane: str, code: str, seed: int
) -> None:
    names = some_acts(seed + list(CODES).index(code))
    refused_at_each_statement(database, counts, lane, code, *names)


@pytest.mark.parametrize(("lane", "code"), [("read committed", "40P01"), ("serializable", "40001")])
def test_who_is_in_the_way_a_few_times_is_answered_as_if_alone(
    database: str, counts: Counting, lane: str, code: str
) -> None:
    strikes = Strikes(failing(code))
    injected = 0
    with LedgerStore.open(database, dialect=struck(LANES[lane], strikes)) as store:
        shell = Shell(store, policies())
        for number, act in enumerate(story()):
            times = 1 + number % (ATTEMPTS_MAX - 1)
            strikes.aim(1 + number % STEPS, "before", times)
            assert agree(act, shell.execute(act.commands))
            injected += times - strikes.left
            strikes.aim(0, "before", 0)
        assert injected > 2 * len(story())
        assert audit(store) == []
        answers = [answer for act in story() for answer in act.answers]
        assert lost(store, answers) == []
    counts.add(
        contentions=injected,
        retried=len(story()),
        acknowledged=len(answers),
        audits=1,
        lost=0,
        duplicated=0,
        unbalanced=0,
    )


# Second sessions that are really there


def joined(url: str, *wallets: str) -> None:
    with LedgerStore.open(url) as store:
        commands = [Command(each, "join", START, Subscribe("free", "top_ups")) for each in wallets]
        Shell(store, policies()).execute(commands)


def counted(wallet: str, key: str) -> Command:
    return Command(wallet, key, START, Adjust(1), reason="counted")


def session_of(server: Server, url: str) -> psycopg.Connection[Any]:
    return server.connect(str(make_url(url).database))


LOCK = "SELECT 1 FROM wallet WHERE wallet_id = %s FOR UPDATE"


def test_a_lost_race_of_the_strictest_lane_is_decided_again_on_what_the_winner_wrote(
    database: str, counts: Counting
) -> None:
    joined(database, "ana")
    with LedgerStore.open(database) as other:

        def overtake(connection: psycopg.Connection[Any]) -> None:
            connection.execute("SELECT 1 FROM wallet")  # from now on it sees the ledger as it is
            Shell(other, policies()).execute([counted("ana", "winner")])

        strikes = Strikes(overtake)
        with LedgerStore.open(database, dialect=struck(postgres.SERIALIZABLE, strikes)) as store:
            strikes.aim(2, "before")
            answer = Shell(store, policies()).execute([counted("ana", "loser")])[0].transaction
            assert strikes.left == 0
            assert (answer.seq, answer.available_micro) == (3, 10_000_002)
            assert audit(store) == []
    counts.add(contentions=1, audits=1, unbalanced=0)


def test_a_deadlock_ends_and_whoever_was_let_go_is_answered(
    server: Server, database: str, counts: Counting
) -> None:
    joined(database, "ana", "ben")
    ends: list[str] = []
    with session_of(server, database) as other:
        other.execute("BEGIN")
        other.execute(LOCK, ("ben",))

        def cross() -> None:
            try:
                other.execute(LOCK, ("ana",))
                ends.append("let through")
            except psycopg.errors.DeadlockDetected:
                ends.append("let go")
            other.rollback()

        thread = threading.Timer(0.2, cross)
        thread.start()
        with LedgerStore.open(database) as store:
            receipts = Shell(store, policies()).execute([counted("ana", "a"), counted("ben", "b")])
            assert [each.transaction.seq for each in receipts] == [2, 2]
            assert audit(store) == []
        thread.join()
    assert len(ends) == 1
    counts.add(contentions=1, audits=1, unbalanced=0)


def test_a_wallet_that_somebody_keeps_is_refused_in_time_with_nothing_written(
    server: Server, database: str, counts: Counting
) -> None:
    joined(database, "ana", "ben")
    with (
        session_of(server, database) as other,
        LedgerStore.open(database, patience_ms=200) as store,
    ):
        shell = Shell(store, policies())
        other.execute("BEGIN")
        other.execute(LOCK, ("ana",))
        with pytest.raises(LedgerBusy, match="kept a wallet for too long; nothing was written"):
            shell.execute([counted("ana", "a")])
        assert shell.execute([counted("ben", "b")])[0].transaction.seq == 2
        other.rollback()
        assert shell.execute([counted("ana", "a")])[0].transaction.seq == 2
        assert audit(store) == []
    counts.add(contentions=1, audits=1, unbalanced=0)


# Sessions that take too long


def idles(url: str, counts: Counting, timeout: str, seconds: float) -> None:
    joined(url, "ana")

    def idle(connection: psycopg.Connection[Any]) -> None:
        if timeout:
            connection.execute(
                "SELECT set_config('idle_in_transaction_session_timeout', %s, false)", (timeout,)
            )
        time.sleep(seconds)

    strikes = Strikes(idle)
    with LedgerStore.open(url, dialect=struck(postgres.DIALECT, strikes)) as store:
        shell = Shell(store, policies())
        strikes.aim(3, "before")  # the wallet is locked
        with pytest.raises((LedgerBusy, OutcomeUnknown)):
            shell.execute([counted("ana", "a")])
        receipt = shell.execute([counted("ana", "a")])[0]
        assert (receipt.is_replay, receipt.transaction.seq) == (False, 2)
        assert audit(store) == []
    counts.add(backends=1, audits=1, unbalanced=0)


def test_a_writer_that_idles_with_a_wallet_is_ended_by_the_server_with_nothing_written(
    database: str, counts: Counting
) -> None:
    idles(database, counts, "100ms", 0.4)


@pytest.mark.soak
def test_a_writer_that_idles_for_a_minute_is_ended_by_the_server(
    database: str, counts: Counting
) -> None:
    idles(database, counts, "", 62)


def test_a_reader_of_long_ago_sees_that_moment_and_keeps_nobody_from_writing(
    url: str, counts: Counting
) -> None:
    joined(url, "ana")
    with LedgerStore.open(url, patience_ms=2_000) as store, store.reading() as session:
        before = session.books(["ana"])["ana"]
        with LedgerStore.open(url, patience_ms=2_000) as other:
            shell = Shell(other, policies())
            for number in range(60):
                shell.execute([counted("ana", f"c{number}")])
        assert session.books(["ana"])["ana"] == before
        assert len(session.transactions("ana")) == 1
        path = make_url(url).database
        if path is not None and url.startswith("sqlite"):
            counts.add(log=Path(f"{path}-wal").stat().st_size // 1024)
        else:
            (dead,) = session.driver.ask("SELECT sum(n_dead_tup) FROM pg_stat_user_tables")[0]
            counts.add(dead_rows=int(dead))
    with LedgerStore.open(url) as store, store.reading() as session:
        assert session.books(["ana"])["ana"].seq == 61
    counts.add(acknowledged=60, lost=0)
