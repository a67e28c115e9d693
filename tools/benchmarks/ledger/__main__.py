"""Durable charges beside their floors, on SQLite and PostgreSQL, as one table for the README."""

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from store.servers import start_server  # noqa: E402  # the tests' folder is on the path now
from tools.benchmarks.ledger.floors import (  # noqa: E402  # as above
    TPC_B_CLIENTS,
    charges_by_hand,
    tpc_b,
)
from tools.benchmarks.ledger.loads import (  # noqa: E402  # as above
    WRITERS,
    Flow,
    batches,
    contest,
    holds,
    steady,
    stream,
)
from tools.benchmarks.ledger.machine import look  # noqa: E402  # as above
from tools.benchmarks.ledger.shares import shares  # noqa: E402  # as above
from tools.benchmarks.ledger.shops import HOT, LOTS, WALLETS, Shop, fill, names, open_shop  # noqa: E402  # as above

GOAL: Final = 5_000
STEADY_SHARE: Final = 0.6
P99_GOAL_MS: Final = 50
FAIRNESS_GOAL: Final = 2
BY_HAND_GOAL: Final = 0.4
ROUNDS: Final = 3
COLUMNS: Final = 4


@dataclass(slots=True)
class Table:
    """The rows so far; each is printed as it is known."""

    began: float = field(default_factory=perf_counter)

    def row(self, figure: str, *fields: str) -> None:
        """Print a row of the table."""
        values = (*fields, *[""] * (COLUMNS - len(fields)))
        print(f"| {figure} | {' | '.join(values)} |", flush=True)

    def rate(self, figure: str, load: Callable[[], Flow], floor: float, goal: float) -> float:
        """Measure a rate a few times, and print the median beside its floor and its goal."""
        flow = sorted((load() for _ in range(ROUNDS)), key=lambda each: each.rate)[ROUNDS // 2]
        met = "met" if flow.rate >= goal else "missed"
        self.row(
            figure,
            f"{flow.rate:,.0f}/s",
            f"{flow.processor_micros:.0f} us",
            f"{flow.rate / floor:.2f}",
            f"{goal:,.0f}/s: {met}",
        )
        return flow.rate


def product(
    table: Table,
    shop: Shop,
    floor: float,
    seconds: float,
    before_latency: Callable[[], None] = lambda: None,
) -> float:
    """Measure a ledger that is filled; gives the rate of its group commit over all wallets."""
    wallets, each = names(), seconds / ROUNDS
    rates = {}
    for verb, load, goal in (
        ("charges in batches of 256 by one thread", batches, GOAL),
        ("charges in group commit", stream, GOAL),
        ("holds with captures in group commit", holds, GOAL / 2),
    ):
        for over, asked in ((f"{WALLETS:,} wallets", wallets), ("one wallet", [HOT])):
            figure = f"{shop.name}, {over}: {verb}"
            rates[load, over] = table.rate(figure, partial(load, shop, asked, each), floor, goal)
    uniform = rates[stream, f"{WALLETS:,} wallets"]
    before_latency()
    _latency(table, shop, wallets, uniform * STEADY_SHARE, seconds)
    _contest(table, shop)
    return uniform


def _latency(table: Table, shop: Shop, wallets: list[str], rate: float, seconds: float) -> None:
    taken = steady(shop, wallets, rate, seconds)
    p50, p99 = (taken[int(len(taken) * part)] * 1e3 for part in (0.5, 0.99))
    met = "met" if p99 < P99_GOAL_MS else "missed"
    figure = f"{shop.name}, {WALLETS:,} wallets: at 60 % of group commit, {rate:,.0f}/s: p50, p99"
    table.row(figure, f"{p50:.1f} ms, {p99:.1f} ms", "", "", f"p99 < {P99_GOAL_MS} ms: {met}")


def _contest(table: Table, shop: Shop) -> None:
    found = contest(shop, "contested")
    said = "exactly the balance" if found.is_exact else "NOT the balance"
    met = "met" if found.is_exact and found.fairness <= FAIRNESS_GOAL else "missed"
    table.row(
        f"{shop.name}, {WRITERS} threads on one wallet until it is empty",
        f"{sum(found.charges) / found.seconds:,.0f}/s",
        "",
        "",
        f"{sum(found.charges):,} accepted, {said}; max/min {found.fairness:.2f}: {met}",
    )


@contextmanager
def opened(name: str, url: str) -> Iterator[Shop]:
    """Open a shop with its wallets, and close it."""
    shop = open_shop(name, url)
    fill(shop, [*names(), HOT])
    yield shop
    shop.engine.close()


def on_sqlite(table: Table, folder: Path, seconds: float) -> str:
    """Measure SQLite and its floor."""
    path = folder / "credits.db"
    with opened("SQLite", f"sqlite:///{path}") as shop:
        by_hand = charges_by_hand(path, seconds)
        table.row("floor: SQLite, batches of 256 by hand on the same tables", f"{by_hand:,.0f}/s")
        uniform = product(table, shop, by_hand, seconds)
        again = charges_by_hand(path, seconds)
    ratio = uniform / max(by_hand, again)
    met = "met" if ratio >= BY_HAND_GOAL else "missed"
    table.row(
        "floor again: SQLite, by hand",
        f"{again:,.0f}/s",
        "",
        "",
        f"group commit is {ratio:.2f} of the faster one, {BY_HAND_GOAL}: {met}",
    )
    watched = open_shop("SQLite", f"sqlite:///{path}", is_watched=True)
    line = shares(watched, names(), seconds, None).line
    watched.engine.close()
    return f"SQLite, {line}"


def on_postgres(table: Table, seconds: float) -> str:
    """Measure PostgreSQL and its floor."""
    server = start_server(is_durable=True)
    with server.connect() as connection:
        connection.execute("ALTER SYSTEM SET max_wal_size = '4GB'")
        connection.execute("ALTER SYSTEM SET min_wal_size = '1GB'")
        connection.execute("SELECT pg_reload_conf()")

    def settle() -> None:
        # A new server makes each 16 MB of its log anew, and a commit waits for that; one that has
        # run for a while writes over those that a checkpoint has freed.
        with server.connect() as connection:
            connection.execute("CHECKPOINT")

    ledger, bench = server.new_database(), server.new_database()
    tps = tpc_b(server.folder, bench, int(max(1, seconds)))
    table.row(f"floor: pgbench TPC-B, {TPC_B_CLIENTS} clients", f"{tps:,.0f}/s")
    with opened("PostgreSQL", server.url(ledger)) as shop:
        product(table, shop, tps, seconds, settle)
    again = tpc_b(server.folder, bench, int(max(1, seconds)))
    table.row(f"floor again: pgbench TPC-B, {TPC_B_CLIENTS} clients", f"{again:,.0f}/s")
    watched = open_shop("PostgreSQL", server.url(ledger), is_watched=True)
    line = shares(watched, names(), seconds, server.process).line
    watched.engine.close()
    return f"PostgreSQL, {line}"


def main() -> None:
    """Measure both databases, and the machine before and after."""
    reader = argparse.ArgumentParser(prog="tools/bench ledger", description=__doc__)
    reader.add_argument("--seconds", type=float, default=6, help="for each figure")
    reader.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = reader.parse_args()
    gc.set_threshold(20_000, 50, 1_000)  # as docs/operating.md advises a service to do
    table = Table()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        before = look(folder)
        print(f"Before: {before.line}. Wallets have {LOTS} lots; every answer is durable.\n")
        print("| figure | value | processor | x floor | goal |\n|---|---:|---:|---:|---|")
        limits = []
        if asked.only != "postgresql":
            limits.append(on_sqlite(table, folder, asked.seconds))
        if asked.only != "sqlite":
            limits.append(on_postgres(table, asked.seconds))
        print("\n" + "\n".join(limits))
        print(f"After: {look(folder).line}. {perf_counter() - table.began:.0f} seconds in all.")


if __name__ == "__main__":
    main()
