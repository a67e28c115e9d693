"""What happens in a store is told: what was written, how long it waited, and what went wrong."""

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from policyengine.ledger.book import LedgerFault
from policyengine.store.faults import LedgerBusy, LedgerDamaged, OutcomeUnknown
from policyengine.store.happenings import (
    UNOBSERVED,
    Answered,
    Batched,
    Happening,
    Observer,
    Retried,
    Teller,
    TurnedAway,
    Viewed,
    Written,
    level_of,
)
from policyengine.store.store import LedgerStore
from store.ledgers import save, wander
from store.servers import Server

HELD_SECONDS = 0.05
DONE = Written("", 1, 1, 0.25, 0.125, 0.0625)


@pytest.fixture(params=["sqlite", "postgresql"])
def open_telling(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[Observer], LedgerStore]]:
    """Open one and the same ledger with an observer, on each database."""

    def opened(url: str) -> Callable[[Observer], LedgerStore]:
        return lambda observer: LedgerStore.open(url, patience_ms=400, tell=Teller(observer))

    if request.param == "sqlite":
        yield opened(f"sqlite:///{tmp_path}/ledger.db")
        return
    server: Server = request.getfixturevalue("server")
    name = server.new_database()
    yield opened(server.url(name))
    server.drop(name)


def last_written(told: list[Happening]) -> Written:
    return [each for each in told if isinstance(each, Written)][-1]


def test_a_commit_tells_what_was_written_and_where_the_time_went(
    open_telling: Callable[[Observer], LedgerStore],
) -> None:
    told: list[Happening] = []
    with open_telling(told.append) as store:
        scribes = wander("ana", 1, 5), wander("bob", 2, 3)
        save(store, *scribes)
        done = last_written(told)
        with store.reading() as session:
            count = sum(len(session.transactions(name)) for name in ("ana", "bob"))
    assert (done.fault, done.transactions, done.wallets) == ("", count, 2)
    assert done.commit_seconds > 0
    assert done.waited_seconds + done.commit_seconds < done.seconds
    viewed = told[-1]
    assert isinstance(viewed, Viewed)
    assert (viewed.fault, viewed.seconds > 0) == ("", True)


def test_waiting_for_another_writer_is_told_as_waiting(
    open_telling: Callable[[Observer], LedgerStore],
) -> None:
    told: list[Happening] = []
    with open_telling(told.append) as store:
        save(store, wander("ana", 1, 5))
        holds = threading.Event()
        released: list[float] = []

        def hold() -> None:
            with store.writing() as session:
                session.books(["ana"])
                holds.set()
                sleep(HELD_SECONDS)
                released.append(monotonic())

        other = threading.Thread(target=hold)
        other.start()
        assert holds.wait(10)
        asked = monotonic()
        with store.writing() as session:
            session.books(["ana"])
        other.join()
    waits = [each.waited_seconds for each in told if isinstance(each, Written)]
    assert max(waits) > (released[0] - asked) / 2  # the rest may go by before it is the lock's turn


def test_who_gives_up_waiting_has_written_nothing_and_waited_all_the_time(
    open_telling: Callable[[Observer], LedgerStore],
) -> None:
    told: list[Happening] = []

    def ask(store: LedgerStore) -> None:
        with store.writing() as session:
            session.books(["ana"])

    with open_telling(print) as first, open_telling(told.append) as second:
        save(first, wander("ana", 1, 5))
        with first.writing() as session:
            session.books(["ana"])
            with pytest.raises(LedgerBusy):
                ask(second)
    done = last_written(told)
    assert (done.fault, done.transactions, done.commit_seconds) == ("LedgerBusy", 0, 0)
    assert 0.3 < done.waited_seconds <= done.seconds


def test_a_lost_connection_is_told_as_an_unknown_outcome(server: Server) -> None:
    told: list[Happening] = []
    name = server.new_database()

    def cut_off(store: LedgerStore) -> None:
        with store.writing() as session, server.connect() as other:
            (process,) = session.driver.ask("SELECT pg_backend_pid()")[0]
            other.execute("SELECT pg_terminate_backend(%s)", (process,))

    with (
        LedgerStore.open(server.url(name), tell=Teller(told.append)) as store,
        pytest.raises(OutcomeUnknown),
    ):
        cut_off(store)
    server.drop(name)
    assert last_written(told).fault == "OutcomeUnknown"


def test_what_is_given_up_in_the_middle_counts_nothing() -> None:
    told: list[Happening] = []

    def stop(store: LedgerStore) -> None:
        with store.writing() as session:
            session.write([wander("ana", 1, 5).entry()])

    with (
        LedgerStore.open("sqlite://", tell=Teller(told.append)) as store,
        pytest.raises(LedgerFault),  # its policy was never remembered
    ):
        stop(store)
    done = last_written(told)
    assert (done.fault, done.transactions, done.wallets) == ("LedgerFault", 0, 0)


def test_a_view_of_a_damaged_file_tells_its_fault(tmp_path: Path) -> None:
    told: list[Happening] = []
    path = tmp_path / "ledger.db"
    with LedgerStore.open(f"sqlite:///{path}") as store:
        save(store, wander("ana", 1, 5))

    def read(store: LedgerStore) -> None:
        with store.reading() as session:
            session.transactions("ana")

    with LedgerStore.open(f"sqlite:///{path}", tell=Teller(told.append)) as store:
        octets = path.read_bytes()
        path.write_bytes(octets[:4096] + b"\xff" * (len(octets) - 4096))
        with pytest.raises(LedgerDamaged):
            read(store)
    assert [each.fault for each in told if isinstance(each, Viewed)] == ["LedgerDamaged"]


def test_an_exception_of_the_reader_is_no_fault_of_the_store() -> None:
    told: list[Happening] = []
    with (
        LedgerStore.open("sqlite://", tell=Teller(told.append)) as store,
        pytest.raises(KeyError),
        store.reading(),
    ):
        raise KeyError
    assert [each.fault for each in told if isinstance(each, Viewed)] == [""]


def test_a_failing_observer_is_logged_at_each_doubling_and_raises_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Happening) -> None:
        raise ZeroDivisionError

    tell = Teller(fail)
    for _ in range(9):
        tell(DONE)
    found = [(each.getMessage(), each.exc_info is not None) for each in caplog.records]
    assert found == [
        (f"event=observer_failed happening=written fault=ZeroDivisionError failures={n}", True)
        for n in (1, 2, 4, 8)
    ]


def test_a_broken_log_does_not_keep_the_observer_from_hearing() -> None:
    told: list[Happening] = []
    logger = logging.getLogger("policyengine")

    def break_it(_: logging.LogRecord) -> bool:
        raise ZeroDivisionError

    logger.addFilter(break_it)
    try:
        Teller(told.append)(TurnedAway(3))
    finally:
        logger.removeFilter(break_it)
    assert told == [TurnedAway(3)]


def test_an_interrupt_reaches_the_program() -> None:
    def interrupt(_: Happening) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Teller(interrupt)(DONE)


def test_a_record_has_its_fields_as_text_and_as_attributes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, "policyengine"):
        UNOBSERVED(DONE)
    (record,) = caplog.records
    assert record.getMessage() == (
        "event=written fault= transactions=1 wallets=1 seconds=0.250000"
        " waited_seconds=0.125000 commit_seconds=0.062500"
    )
    assert (vars(record)["event"], vars(record)["waited_seconds"]) == ("written", 0.125)


def test_routine_is_said_only_to_those_who_listen(caplog: pytest.LogCaptureFixture) -> None:
    assert not UNOBSERVED.hears_all
    assert Teller(print).hears_all
    UNOBSERVED(DONE)
    assert caplog.records == []
    with caplog.at_level(logging.DEBUG, "policyengine"):
        assert UNOBSERVED.hears_all


@pytest.mark.parametrize(
    ("happening", "level"),
    [
        (Answered("charge", "", is_replay=False), logging.DEBUG),
        (Answered("charge", "insufficient_credits", is_replay=False), logging.DEBUG),
        (DONE, logging.DEBUG),
        (Written("LedgerBusy", 0, 0, 1, 1, 0), logging.WARNING),
        (Written("LedgerContended", 0, 0, 1, 1, 0), logging.WARNING),
        (Written("OutcomeUnknown", 0, 0, 1, 0, 1), logging.ERROR),
        (Viewed("", 1), logging.DEBUG),
        (Viewed("LedgerDamaged", 1), logging.ERROR),
        (Retried("LedgerContended", 3), logging.INFO),
        (Batched(3, 1, 0, 0, 0, 0), logging.DEBUG),
        (Batched(3, 1, 0, 0, 1, 0), logging.WARNING),
        (TurnedAway(10_000), logging.WARNING),
    ],
)
def test_a_happening_is_as_loud_as_it_is_grave(happening: Happening, level: int) -> None:
    assert level_of(happening) == level
