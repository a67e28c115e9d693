"""Long ledgers: what a charge, a balance and a page cost after a million moves, and a sweep."""

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from policyengine.store.sessions import ReadSession  # noqa: E402  # as above
from store.growth import crowd, lengthen  # noqa: E402  # the tests' folder is on the path now
from store.servers import start_server  # noqa: E402  # as above
from tools.benchmarks.ledger.machine import look  # noqa: E402  # as above
from tools.benchmarks.ledger.shops import Shop, fill, names, open_shop  # noqa: E402  # as above
from tools.benchmarks.reference import START  # noqa: E402  # as above

MOVES: Final = 1_000_000
LOTS: Final = 10_000
WALLETS: Final = 1_000_000
DUE: Final = 10_000
ROUNDS: Final = 400
CHARGES: Final = 25_600
BATCH: Final = 256
RATIO_GOAL: Final = 2
READ_GOAL_MS: Final = 5


def _taken(act: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    taken = []
    for _ in range(rounds):
        began = perf_counter()
        act()
        taken.append((perf_counter() - began) * 1e3)
    return sorted(taken)


def _row(shop: Shop, figure: str, value: str, goal: str = "") -> None:
    print(f"| {shop.name}: {figure} | {value} | {goal} |", flush=True)


def _p(taken: list[float], part: float) -> float:
    return taken[int(len(taken) * part)]


def _verdict(is_met: bool) -> str:  # the one question
    return "met" if is_met else "missed"


def bytes_of_a_charge(shop: Shop, size: Callable[[], int]) -> None:
    """Say by how much a ledger grows for a charge, indexes and all."""
    wallets = names(1_000)
    fill(shop, wallets)
    before = size()
    for _ in range(0, CHARGES, BATCH):
        shop.engine.shell.now(shop.charges(wallets, BATCH))
    _row(shop, "bytes for a charge, indexes included", f"{(size() - before) / CHARGES:,.0f}")


def long_wallet(shop: Shop) -> None:
    """Charge a wallet with a long history and a new one by turns, and read the long one."""
    wallets = ["long", "new"]
    fill(shop, wallets)
    shop.engine.shell.now(shop.charges(wallets, 2))
    began = perf_counter()
    lengthen(shop.engine.shell.store, "long", MOVES, LOTS)
    seconds = perf_counter() - began
    _row(shop, f"a wallet gets {MOVES:,} moves and {LOTS:,} lots", f"in {seconds:.0f} s")
    took: dict[str, list[float]] = {each: [] for each in wallets}
    for _ in range(ROUNDS):
        for each in wallets:
            asked = shop.charges([each], 1)
            took[each] += _taken(lambda asked=asked: shop.engine.shell.now(asked), 1)  # type: ignore[misc]  # a bound default
    long, new = (sorted(took[each]) for each in wallets)
    ratios = _p(long, 0.5) / _p(new, 0.5), _p(long, 0.99) / _p(new, 0.99)
    _row(
        shop,
        "a charge of it over one of a new wallet, p50 and p99",
        f"{_p(long, 0.5):.2f} / {_p(new, 0.5):.2f} ms = {ratios[0]:.2f}, "
        f"{_p(long, 0.99):.2f} / {_p(new, 0.99):.2f} ms = {ratios[1]:.2f}",
        f"<= {RATIO_GOAL}: {_verdict(ratios[1] <= RATIO_GOAL)}",
    )
    for figure, act in (
        ("its balance", lambda: shop.engine.balance("long")),
        (
            "its balance as of an instant half a million moves ago",
            lambda: _read(shop, lambda each: each.balance_at("long", START + 3_601_000_000)),
        ),
        ("a page of its statement", lambda: shop.engine.entries("long")),
    ):
        taken = _taken(act)
        p50, p99 = _p(taken, 0.5), _p(taken, 0.99)
        said = f"p99 < {READ_GOAL_MS} ms: {_verdict(p99 < READ_GOAL_MS)}"
        _row(shop, f"{figure}: p50, p99", f"{p50:.2f}, {p99:.2f} ms", said)


def _read(shop: Shop, ask: Callable[[ReadSession], object]) -> object:
    with shop.engine.shell.store.reading() as session:
        return ask(session)


def sweep(shop: Shop) -> None:
    """Find the wallets that are due among very many."""
    crowd(shop.engine.shell.store, WALLETS, DUE, START)
    began = perf_counter()
    found = _read(shop, lambda each: each.due_wallets(START, DUE + 1))
    seconds = perf_counter() - began
    assert isinstance(found, list)
    assert len(found) == DUE
    _row(shop, f"{DUE:,} due wallets found among {WALLETS:,}", f"{seconds * 1e3:.1f} ms")


def measure(name: str, url: str, size: Callable[[], int]) -> None:
    """Measure one database."""
    shop = open_shop(name, url)
    bytes_of_a_charge(shop, size)
    long_wallet(shop)
    sweep(shop)
    shop.engine.close()


def main() -> None:
    """Measure both databases, and the machine before and after."""
    reader = argparse.ArgumentParser(prog="tools/bench size", description=__doc__)
    reader.add_argument("--only", choices=("sqlite", "postgresql"))
    only = reader.parse_args().only
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        print(f"Before: {look(folder).line}.\n\n| figure | value | goal |\n|---|---:|---|")
        if only != "postgresql":
            path = folder / "credits.db"
            measure("SQLite", f"sqlite:///{path}", lambda: _size(path))
        if only != "sqlite":
            server = start_server(is_durable=True)
            database = server.new_database()

            def server_size() -> int:
                with server.connect() as connection:
                    asked = "SELECT pg_database_size(%s)"
                    (found,) = connection.execute(asked, (database,)).fetchone() or (0,)
                return int(str(found))

            measure("PostgreSQL", server.url(database), server_size)
        print(f"\nAfter: {look(folder).line}.")


def _size(path: Path) -> int:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size


if __name__ == "__main__":
    main()
