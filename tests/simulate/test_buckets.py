"""Buckets: all results on any executor, few buckets in memory, and faults that are not hidden."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest

from policyengine.simulate.buckets import InThisThread, in_buckets


def doubled(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("at_once", [0, 1, 3, 50])
def test_every_bucket_is_worked_on_once(at_once: int) -> None:
    with ThreadPoolExecutor(3) as pool:
        for executor in (pool, InThisThread()):
            results = in_buckets(executor, doubled, range(20), at_once)
            assert list(range(0, 40, 2)) == sorted(results)


def test_buckets_are_made_no_earlier_than_needed() -> None:
    made: list[int] = []

    def buckets() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    results = in_buckets(InThisThread(), doubled, buckets(), 1)
    next(results)
    assert made == [0, 1]


def fails(number: int) -> int:
    if number == 2:
        raise ValueError("bucket 2")
    return number


@pytest.mark.parametrize("make", [InThisThread, ThreadPoolExecutor])
def test_a_fault_in_a_bucket_comes_out(make: type[Executor]) -> None:
    with make() as executor, pytest.raises(ValueError, match="bucket 2"):
        list(in_buckets(executor, fails, range(5), 1))
