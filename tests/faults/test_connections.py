"""A server that stops, a session that it ends, a wire that breaks: nothing is lost or doubled."""

import threading
from collections.abc import Iterator
from random import Random
from time import monotonic
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from faults.auditing import audit, lost
from faults.clusters import Cluster
from faults.conftest import Counting
from faults.hurting import Patient
from faults.proxies import Cut, Proxy
from faults.story import START, policies, story
from faults.striking import Moment, Strikes
from policyengine.app.shell import Shell
from policyengine.engine.commands import Adjust, Command, Subscribe
from policyengine.ledger.transactions import Transaction
from policyengine.store.faults import OutcomeUnknown, StoreFault
from policyengine.store.store import LedgerStore
from store.servers import Server

EVERY = tuple(each.name for each in story())
BOTH: tuple[Moment, ...] = ("before", "after")


def tally(counts: Counting, patient: Patient, **more: int) -> None:
    counts.add(
        audits=patient.audits,
        acknowledged=len(patient.acknowledged),
        replayed=patient.replayed,
        lost=0,
        duplicated=0,
        unbalanced=0,
        **more,
    )


# The server ends a session


def sessions_ended(
    server: Server, url: str, counts: Counting, moments: tuple[Moment, ...], *names: str
) -> None:
    with server.connect() as admin:

        def end(connection: psycopg.Connection[Any]) -> None:
            process = connection.info.backend_pid
            assert admin.execute(
                "SELECT pg_terminate_backend(%s, 5000)", (process,)
            ).fetchone() == (True,)

        patient = Patient(url, Strikes(end))
        hurts = list(patient.live(*names, moments=moments))
    for each in hurts:
        is_after_commit = (each.said, each.moment) == ("COMMIT", "after")
        assert each.is_written == is_after_commit, each
        assert (each.fault is None) == is_after_commit, each
        assert each.fault is None or type(each.fault) is OutcomeUnknown, each
    tally(counts, patient, backends=len(hurts))


def test_a_session_that_the_server_ends_at_any_statement_is_found_out_by_its_key(
    server: Server, database: str, counts: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    sessions_ended(server, database, counts, BOTH, "capture")
    # The caller has the exception; a stack in the log beside it would alarm about what is mended.
    assert [each for each in caplog.records if each.name.startswith("sqlalchemy")] == []


@pytest.mark.soak
def test_a_session_that_the_server_ends_in_any_kind_of_transaction_is_found_out_by_its_key(
    server: Server, database: str, counts: Counting
) -> None:
    sessions_ended(server, database, counts, ("after",), *EVERY)


# The wire breaks


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    made = Proxy(server.folder / ".s.PGSQL.5432")
    yield made
    made.close()


def cut_around_commits(
    url: str, proxy: Proxy, counts: Counting, acts: int, order: list[Cut]
) -> None:
    name = make_url(url).database
    wired = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}"
    acknowledged: list[Transaction] = []
    replayed = 0
    with LedgerStore.open(wired) as store:
        shell = Shell(store, policies())
        for number, act in enumerate(story()[:acts]):
            proxy.cut = cut = order[number % len(order)]
            with pytest.raises(OutcomeUnknown, match="ask again with the same keys"):
                shell.execute(act.commands)
            receipts = shell.execute(act.commands)
            assert [each.transaction for each in receipts][-1].kind
            is_replay = any(each.is_replay for each in receipts)
            replayed += is_replay
            if cut != "during" and act.name not in SETTLING:
                assert is_replay == (cut == "after"), (act.name, cut)
            acknowledged += act.answers
        assert audit(store) == []
        assert lost(store, acknowledged) == []
    counts.add(
        cuts=proxy.cuts,
        replayed=replayed,
        acknowledged=len(acknowledged),
        audits=1,
        lost=0,
        duplicated=0,
        unbalanced=0,
    )


SETTLING = {"time out", "expire", "recur", "renew", "a year later"}


def test_a_commit_whose_answer_is_cut_off_is_found_out_by_its_key(
    database: str, proxy: Proxy, counts: Counting
) -> None:
    cut_around_commits(database, proxy, counts, 12, ["before", "during", "after"])


@pytest.mark.soak
def test_every_kind_of_transaction_is_found_out_after_a_cut(
    server: Server, counts: Counting, seed: int
) -> None:
    chance = Random(seed)
    for _ in range(6):
        proxy, name = Proxy(server.folder / ".s.PGSQL.5432"), server.new_database()
        order: list[Cut] = [chance.choice(("before", "during", "after")) for _ in range(7)]
        cut_around_commits(server.url(name), proxy, counts, len(story()), order)
        proxy.close()
        server.drop(name)


# The server stops


def restarts(cluster: Cluster, counts: Counting, rounds: int, seed: int) -> None:
    url = cluster.server.url(cluster.server.new_database())
    chance, clients, told = Random(seed), 4, threading.Event()
    stopping = threading.Event()
    answers: list[Transaction] = []
    replays: list[bool] = []

    def work(wallet: str) -> None:
        number = 0
        with LedgerStore.open(url) as store:
            shell = Shell(store, policies())
            while not stopping.is_set():
                command = Command(wallet, f"c{number}", START + number, Adjust(1), reason="counted")
                try:
                    receipt = shell.execute([command])[0]
                except StoreFault:
                    stopping.wait(0.02)
                    continue
                answers.append(receipt.transaction)
                replays.append(receipt.is_replay)
                number += 1
                told.set()

    with LedgerStore.open(url) as store:
        joined = [
            Command(f"w{number}", "join", START, Subscribe("free", "top_ups"))
            for number in range(clients)
        ]
        Shell(store, policies()).execute(joined)
    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for _ in range(rounds):
        told.clear()
        assert told.wait(30)
        stopping.wait(chance.uniform(0, 0.3))
        cluster.stop()
        began = monotonic()
        cluster.start()
        counts.add(recovery=int(1000 * (monotonic() - began)))
        told.clear()
        assert told.wait(30)
        counts.add(first_answer=int(1000 * (monotonic() - began)))
    stopping.set()
    for thread in threads:
        thread.join()
    with LedgerStore.open(url) as store:
        assert audit(store) == []
        assert lost(store, answers) == []
        with store.reading() as session:
            seqs = [session.books([f"w{number}"])[f"w{number}"].seq for number in range(clients)]
    # One transaction for each answer, but for the subscriptions and what nobody was told.
    assert len(answers) <= sum(seqs) - clients <= len(answers) + clients
    counts.add(
        restarts=rounds,
        acknowledged=len(answers),
        replayed=sum(replays),
        audits=1,
        lost=0,
        duplicated=0,
        unbalanced=0,
    )


def test_a_server_that_stops_at_once_has_all_that_was_acknowledged(
    cluster: Cluster, counts: Counting, seed: int
) -> None:
    restarts(cluster, counts, 1, seed)


@pytest.mark.soak
def test_a_server_that_stops_again_and_again_has_all_that_was_acknowledged(
    cluster: Cluster, counts: Counting, seed: int
) -> None:
    restarts(cluster, counts, 40, seed)


def stops_in_a_write(cluster: Cluster, counts: Counting, name: str, stride: int) -> None:
    def restart(_connection: object) -> None:
        cluster.stop()
        cluster.start()

    patient = Patient(cluster.server.url(cluster.server.new_database()), Strikes(restart))
    hurts = list(patient.live(name, moments=("after",), stride=stride))
    for each in hurts:
        assert each.is_written == (each.said == "COMMIT"), each
        assert each.fault is None or isinstance(each.fault, OutcomeUnknown), each
    tally(counts, patient, restarts=len(hurts))


def test_a_server_that_stops_in_the_middle_of_a_write_has_nothing_of_it(
    cluster: Cluster, counts: Counting
) -> None:
    stops_in_a_write(cluster, counts, "buy a pack", 9)


@pytest.mark.soak
def test_a_server_may_stop_after_each_statement_of_a_write(
    cluster: Cluster, counts: Counting
) -> None:
    stops_in_a_write(cluster, counts, "a batch of three wallets", 1)
