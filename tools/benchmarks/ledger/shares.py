"""Where the time of a charge goes: rules, the rest of this process, the server, the disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final

from policyengine.engine.batch import Desk, decide_all
from tools.benchmarks.ledger.floors import server_seconds
from tools.benchmarks.ledger.loads import batches
from tools.benchmarks.ledger.shops import Shop

ROUNDS: Final = 20
BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Shares:
    """Microseconds of a charge in a batch of 256, one batch after the other."""

    whole: float
    rules: float
    process: float
    server: float
    commit: float

    @property
    def line(self) -> str:
        """Say it in a line, and what is the largest part."""
        parts = {
            "rules": self.rules,
            "the rest of the process (rows, hashes, driver)": self.process,
            "server": self.server,
            "commit": self.commit,
        }
        said = ", ".join(f"{name} {part:.0f}" for name, part in parts.items() if part >= 0.5)  # noqa: PLR2004  # as it is rounded
        most = max(parts, key=lambda name: parts[name])
        return f"{self.whole:.0f} us a charge: {said}. The limit is: {most}"


def shares(shop: Shop, wallets: Sequence[str], seconds: float, server: int | None) -> Shares:
    """Measure the parts of a charge; `server` is the process of the ledger's server, if it has one.

    The processor's time in the process includes SQLite, which runs in it.
    """
    rules = _rules(shop, wallets)
    shop.written.clear()
    before = 0.0 if server is None else server_seconds(server)
    flow = batches(shop, wallets, seconds)
    served = 0.0 if server is None else server_seconds(server) - before
    commits = sum(each.commit_seconds for each in shop.written)
    each = 1e6 / flow.count
    return Shares(
        flow.seconds * each,
        rules,
        flow.processor_micros - rules,
        served * each,
        commits * each,
    )


def _rules(shop: Shop, wallets: Sequence[str]) -> float:
    """Give microseconds that deciding alone takes, on books that are at hand."""
    timelines = shop.engine.shell.policies.timelines
    with shop.engine.shell.store.reading() as session:
        books = session.books(wallets[:BATCH])
    taken = []
    for _ in range(ROUNDS):
        commands = shop.charges(wallets[:BATCH], BATCH)
        began = process_time(), perf_counter()
        decide_all(timelines, Desk(dict(books), {}, {}), commands)
        taken.append(process_time() - began[0])
    return sorted(taken)[ROUNDS // 2] / BATCH * 1e6
