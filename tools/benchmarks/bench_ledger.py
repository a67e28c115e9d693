"""Durable charges through the whole path: rating, deciding, moves, hash chain, idempotency."""

import sqlite3
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from policyengine.app.engine import Engine
from policyengine.engine.commands import Charge, Command, GiveGrant, Subscribe
from tools.benchmarks.reference import FOLDER, START, USAGE

BATCH = 256
WALLETS = 2_000
Benchmark = Any


def _floor(path: Path, batch: int) -> Callable[[], None]:
    """Give a function that appends rows of three numbers in one durable transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE charge (id INTEGER PRIMARY KEY, wallet INTEGER, micro INTEGER)"
    )
    numbers = count(1)

    def append() -> None:
        rows = [(next(numbers), 1, 320_000) for _ in range(batch)]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO charge VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")

    return append


def _charger(path: Path, wallets: int, batch: int, past: int = 0) -> Callable[[], None]:
    """Give a function that charges a batch durably on a new ledger."""
    engine = Engine.open(f"sqlite:///{path}", FOLDER, clock=lambda: START + 3_600_000_000)
    shell = engine.shell
    ids = [f"wallet-{number}" for number in range(wallets)]
    for each in ids:
        opening = [Command(each, "join", START, Subscribe("pro"))]
        opening += [
            Command(each, f"grant-{number}", START, GiveGrant(10**15, priority=60 + number))
            for number in range(4)
        ]
        shell.execute(opening)
    numbers = count()

    def commands(size: int) -> list[Command]:
        return [
            Command(
                ids[number % wallets],
                f"charge-{number}",
                START + number,
                Charge(USAGE, conversation_id=f"c-{number % 7}"),
            )
            for number in (next(numbers) for _ in range(size))
        ]

    for start in range(0, past, BATCH):
        shell.execute(commands(min(BATCH, past - start)))
    return lambda: (shell.execute(commands(batch)), None)[1]


@pytest.mark.benchmark(group="SQLite, durable rows in batches of 256")
def test_floor_rows_of_three_numbers(benchmark: Benchmark, tmp_path: Path) -> None:
    benchmark.extra_info["per"] = BATCH
    benchmark(_floor(tmp_path / "floor.db", BATCH))


@pytest.mark.benchmark(group="SQLite, durable rows in batches of 256")
def test_charges_over_2000_wallets(benchmark: Benchmark, tmp_path: Path) -> None:
    benchmark.extra_info["per"] = BATCH
    benchmark(_charger(tmp_path / "credits.db", WALLETS, BATCH))


@pytest.mark.benchmark(group="SQLite, durable rows in batches of 256")
def test_charges_on_one_wallet(benchmark: Benchmark, tmp_path: Path) -> None:
    benchmark.extra_info["per"] = BATCH
    benchmark(_charger(tmp_path / "credits.db", 1, BATCH))


@pytest.mark.benchmark(group="SQLite, one durable row at a time")
def test_floor_one_row_of_three_numbers(benchmark: Benchmark, tmp_path: Path) -> None:
    benchmark(_floor(tmp_path / "floor.db", 1))


@pytest.mark.benchmark(group="SQLite, one durable row at a time")
@pytest.mark.parametrize("past", [100, 100_000])
def test_a_charge_after(benchmark: Benchmark, tmp_path: Path, past: int) -> None:
    benchmark.extra_info["goal"] = "the same after any history"
    benchmark(_charger(tmp_path / "credits.db", 1, 1, past))
