"""Many writers on one wallet: exactly what it has is given out, and nobody is left behind."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import pytest
from tools.counts import centile

from faults import writer
from faults.conftest import Counting
from faults.places import CREDIT, DATABASES, everything_of, faults_in, new_ledger
from faults.running import start
from policyengine.app.engine import Engine
from policyengine.store.faults import LedgerBusy
from policyengine.store.store import LedgerStore

WRITERS = 64


def opened_with(url: str, credits_: int) -> None:
    """Open the wallet `ana` with so many credits, all of them to be spent."""
    with Engine.open(url, writer.POLICIES, clock=writer.clock) as engine:
        engine.subscribe("ana", "pro", key="join").or_raise()
        engine.adjust("ana", credits_ - 2000, reason="a test", key="set").or_raise()


def check_spent(url: str, attempts: int, credits_: int, accepted: Counter[str]) -> None:
    """So many charges of one credit were accepted as there were credits; all others denied."""
    with LedgerStore.open(url) as store:
        charges = [each for each in everything_of(store, "ana") if each.kind == "charge"]
        assert faults_in(store) == []
    spent = [each for each in charges if each.refusal is None]
    assert len(charges) == attempts
    assert len(spent) == min(credits_, attempts) == sum(accepted.values())
    assert charges[-1].available_micro == max(0, credits_ - attempts) * CREDIT
    codes = {each.refusal.code for each in charges if each.refusal is not None}
    assert codes == ({"insufficient_credits"} if attempts > credits_ else set())


def patiently(engine: Engine, key: str) -> bool:
    """Charge a credit, and ask again with the same key while others keep the wallet too long."""
    while True:
        with suppress(LedgerBusy):
            return writer.charge(engine, key)


def by_threads(url: str, each: int, counts: Counting, *, group_commit: bool) -> Counter[str]:
    """Let threads charge a credit at a time; gives how many each of them got."""
    took: list[float] = []
    accepted: Counter[str] = Counter()
    failed: list[BaseException] = []
    start = threading.Barrier(WRITERS)
    with Engine.open(url, writer.POLICIES, clock=writer.clock, group_commit=group_commit) as engine:

        def charge(name: str) -> None:
            start.wait(60)
            for number in range(each):
                began = monotonic()
                try:
                    accepted[name] += patiently(engine, f"{name}-{number}")
                    took.append(monotonic() - began)
                except BaseException as error:  # noqa: BLE001  # the test shows it
                    failed.append(error)

        threads = [threading.Thread(target=charge, args=[f"t{n}"]) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []
    counts.add(contended_p99=centile(took))
    return accepted


def shares(accepted: Counter[str], each: int) -> str:
    got = [accepted[f"t{number}"] for number in range(WRITERS)]
    return f"{min(got)} to {max(got)} of {each} for each of {WRITERS}"


@pytest.mark.parametrize("group_commit", [True, False], ids=["together", "alone"])
@pytest.mark.parametrize("database", DATABASES)
def test_of_64_writers_as_many_are_served_as_there_are_credits(
    database: str,
    group_commit: bool,
    request: pytest.FixtureRequest,
    counts: Counting,
    record_property: Callable[[str, str], None],
) -> None:
    each, credits_ = 4, 150
    with new_ledger(database, request) as url:
        opened_with(url, credits_)
        accepted = by_threads(url, each, counts, group_commit=group_commit)
        check_spent(url, WRITERS * each, credits_, accepted)
    record_property("figure", f"contention: {database}, {shares(accepted, each)}")
    counts.add(races=WRITERS * each, duplicated=0, lost=0, audits=1)


@pytest.mark.soak
@pytest.mark.parametrize("group_commit", [True, False], ids=["together", "alone"])
@pytest.mark.parametrize("database", DATABASES)
def test_64_writers_at_length(
    database: str, group_commit: bool, request: pytest.FixtureRequest, counts: Counting
) -> None:
    each, credits_ = 20, 900
    with new_ledger(database, request) as url:
        opened_with(url, credits_)
        accepted = by_threads(url, each, counts, group_commit=group_commit)
        check_spent(url, WRITERS * each, credits_, accepted)
    counts.add(races=WRITERS * each, duplicated=0, lost=0, audits=1)


@pytest.mark.parametrize("database", DATABASES)
def test_writers_in_several_processes_share_it_exactly(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    each, credits_, processes = 40, 70, 3
    with new_ledger(database, request) as url:
        opened_with(url, credits_)
        running = [start("writer", "main", url, f"p{n}", each) for n in range(processes)]
        said = [process.ended() for process in running]
        assert [code for code, _ in said] == [0] * processes, said
        accepted = Counter({f"p{number}": int(got) for number, (_, got) in enumerate(said)})
        check_spent(url, processes * each, credits_, accepted)
    counts.add(races=processes * each, duplicated=0, lost=0, audits=1)


@pytest.mark.parametrize("database", DATABASES)
def test_threads_that_write_alone_take_turns(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    """While one writes again and again, another one that comes once is served among the next."""
    with new_ledger(database, request) as url:
        opened_with(url, 3000)
        with Engine.open(url, writer.POLICIES, clock=writer.clock) as engine:
            is_over = threading.Event()

            def busy(name: str) -> None:
                number = 0
                while not is_over.is_set():
                    number += 1
                    writer.charge(engine, f"{name}-{number}")

            threads = [threading.Thread(target=busy, args=[f"b{n}"]) for n in range(4)]
            for each in threads:
                each.start()
            before = everything_of(engine.shell.store, "ana")[-1].seq
            guest = engine.charge("ana", "standard", {"text_input": 10_000}, key="guest")
            is_over.set()
            for each in threads:
                each.join()
        assert guest.transaction.seq - before < WRITERS
    counts.add(races=guest.transaction.seq)
