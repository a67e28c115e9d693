"""More than can be written: what was taken is kept, the rest is turned away at once, clearly."""

import threading
from collections import Counter
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest
from tools.counts import centile

from faults import writer
from faults.conftest import Counting
from faults.places import DATABASES, everything_of, faults_in, new_ledger
from policyengine.app.committing import Committer, QueueFull
from policyengine.app.engine import Engine
from policyengine.engine.commands import Charge, Command, Usage
from policyengine.store.happenings import Batched, Happening, Teller
from policyengine.store.store import LedgerStore

QUEUE = 64
SENDERS = 4
WALLETS = tuple(f"w{number}" for number in range(20))


def opened_wallets(url: str) -> None:
    with Engine.open(url, writer.POLICIES, clock=writer.clock) as engine:
        for each in WALLETS:
            engine.subscribe(each, "pro", key="join").or_raise()
            engine.grant(each, 10**6, key="enough").or_raise()


class Load:
    """Senders that offer commands at twice the pace at which they are written."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self.engine = engine
        self.seconds = seconds
        self.told: Counter[str] = Counter()
        self.acknowledged: dict[str, str] = {}
        self.most_waiting = 0
        self.took: list[float] = []
        self._lock = threading.Lock()
        self.committer = Committer(engine.shell.now, queue_max=QUEUE, tell=Teller(self._note))

    def _note(self, happened: Happening) -> None:
        if isinstance(happened, Batched):
            self.most_waiting = max(self.most_waiting, happened.waiting)

    def _send(self, sender: int) -> None:
        chance = Random(sender)
        futures = []
        ends_at = monotonic() + self.seconds
        number = 0
        while monotonic() < ends_at:
            number += 1
            wallet, key = chance.choice(WALLETS), f"s{sender}-{number}"
            usage = Usage.of("standard", {"text_input": 10_000})
            began = monotonic()
            try:
                future = self.committer.submit(Command(wallet, key, 0, Charge(usage)))
                future.add_done_callback(
                    lambda _, began=began: self.took.append(monotonic() - began)  # type: ignore[misc]
                )
                futures.append((wallet, key, future))
            except QueueFull as error:
                self.told["shed"] += "nothing was written, try again later" in str(error)
                sleep(0.0005)  # as a caller that is told so does, only sooner
        for wallet, key, future in futures:
            receipt = future.result(60)
            assert receipt.is_accepted
            with self._lock:
                self.acknowledged[f"{wallet}/{key}"] = receipt.id

    def run(self) -> None:
        threads = [threading.Thread(target=self._send, args=[each]) for each in range(SENDERS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()


def check_overload(url: str, seconds: float, counts: Counting) -> None:
    opened_wallets(url)
    with Engine.open(url, writer.POLICIES, clock=writer.clock) as engine:
        load = Load(engine, seconds)
        load.run()
        # It recovers: with the senders gone, one command is taken and written at once.
        usage = Usage.of("standard", {"text_input": 10_000})
        after = load.committer.submit(Command("w0", "after", 0, Charge(usage))).result(60)
        load.committer.close()
    assert after.is_accepted
    assert load.told["shed"] > 0
    assert load.most_waiting <= QUEUE
    with LedgerStore.open(url) as store:
        kept = {
            f"{wallet}/{each.key}": each.id
            for wallet in WALLETS
            for each in everything_of(store, wallet)
            if each.kind == "charge"
        }
        assert faults_in(store) == []
    lost = load.acknowledged.keys() - kept.keys()
    extra = kept.keys() - load.acknowledged.keys() - {"w0/after"}
    counts.add(
        shed=load.told["shed"],
        acknowledged=len(load.acknowledged),
        lost=len(lost),
        duplicated=len(extra),
        audits=1,
        overload_p99=centile(load.took),
        overload_shed=100 * load.told["shed"] // (load.told["shed"] + len(load.took)),
    )
    assert (lost, extra) == (set(), set())
    assert {**load.acknowledged, "w0/after": after.id} == kept


@pytest.mark.parametrize("database", DATABASES)
def test_an_overload_sheds_and_loses_nothing_that_it_took(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with new_ledger(database, request) as url:
        check_overload(url, 0.5, counts)


@pytest.mark.soak
@pytest.mark.parametrize("database", DATABASES)
def test_a_long_overload(database: str, request: pytest.FixtureRequest, counts: Counting) -> None:
    with new_ledger(database, request) as url:
        check_overload(url, 10.0, counts)


def test_the_engine_itself_sheds_where_its_queue_is_full(tmp_path: Path) -> None:
    """Callers of the library get the same refusal, as the fault that says to try again later."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    opened_wallets(url)
    with Engine.open(url, writer.POLICIES, clock=writer.clock, group_commit=True) as engine:
        assert engine.shell.committer is not None
        (lane,) = engine.shell.committer._lanes
        lane._queue_max = 0
        with pytest.raises(QueueFull, match="0 commands wait already"):
            engine.charge("w0", "standard", {"text_input": 10_000}, key="k")
        lane._queue_max = QUEUE
        assert engine.charge("w0", "standard", {"text_input": 10_000}, key="k").is_accepted
