"""Simulating: courses of wallets through the whole engine, per request and policy."""

from typing import Any

import pytest

from policyengine.app.replay.mapping.load import load_mapping
from policyengine.app.replay.placing import placing_of
from policyengine.app.replay.usage_rows import UsageRow
from policyengine.app.simulation.sides import side_of
from policyengine.app.simulation.usage_buckets import UsageBucket, UsageTask, run_usage
from tools.benchmarks.reference import FOLDER

Benchmark = Any
WALLETS, ROWS = 2, 40
SECOND = 1_000_000
ROUNDS = 200  # many short ones: on a shared machine the best one was not interrupted
MAPPING = (FOLDER / "mappings" / "servegen_requests.yaml").read_bytes()


def rows() -> list[UsageRow]:
    """Give rows of some wallets, as a usage file has them: input, images, output."""
    models = ("lite", "standard", "frontier")
    made = []
    for wallet in range(WALLETS):
        for number in range(ROWS):
            counts = (200 + number % 700, 1000 if number % 9 == 0 else 0, 50 + number % 400)
            model = models[(wallet + number) % 3]
            at = number * 600 * SECOND
            row = UsageRow(
                at, number, f"w{wallet:02}", model, "succeeded", "", "", b"", 1, "", counts
            )
            made.append(row)
    return made


def bucket() -> UsageBucket:
    """Give a bucket of those rows, under both versions of the reference policy."""
    document = load_mapping(MAPPING, "mapping").document
    assert document is not None
    placing = placing_of(document.time, 0)
    old, new = (side_of(str(FOLDER / name)) for name in ("v1.yaml", "v2.yaml"))
    ends_at = placing.instant(ROWS * 600 * SECOND)
    return UsageBucket(0, UsageTask(old, new, MAPPING, placing, ends_at, "0" * 32), rows())


@pytest.mark.benchmark(group="simulate, a request under one policy")
def test_floor_price_and_debit_by_hand(benchmark: Benchmark) -> None:
    multipliers = {"lite": 1, "standard": 2, "frontier": 12}
    made = rows()
    benchmark.extra_info["per"] = len(made)

    def spend() -> dict[str, int]:
        left: dict[str, int] = {}
        for row in made:
            sent, image, answer = row.counts
            exact = (sent * 100 + image * 150 + answer * 500) * multipliers[row.model]
            price = -(-exact // 20_000) * 10_000
            balance = left.get(row.wallet_id, 2000 * SECOND)
            if balance >= price:
                left[row.wallet_id] = balance - price
        return left

    assert len(benchmark(spend)) == WALLETS


@pytest.mark.benchmark(group="simulate, a request under one policy")
def test_a_course_through_the_engine(benchmark: Benchmark) -> None:
    benchmark.extra_info["goal"] = "at least 30,000/s"
    work = bucket()
    benchmark.extra_info["per"] = 2 * len(work.rows)
    _, pairs = benchmark.pedantic(run_usage, (work,), rounds=ROUNDS)
    assert sum(pair.new.total.requests for pair in pairs) == len(work.rows)
