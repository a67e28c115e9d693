"""Buckets of work on any executor, few of them in memory at a time.

They are handed out in order and come back as they are done; whoever adds them up sorts them, so
that the result is the same for any number of workers.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")


class InThisThread(Executor):
    """An executor that works at once, in the thread that asks."""

    def submit(  # the signature of `Executor`
        self, fn: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[_R]:
        """Call a function, and give what it gave or raised."""
        future: Future[_R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # whoever asks for the result gets it
            future.set_exception(error)
        return future


def in_buckets(
    executor: Executor, work: Callable[[_T], _R], buckets: Iterable[_T], at_once: int
) -> Iterator[_R]:
    """Work on buckets, as many at once as the executor has hands for, and a few ready to follow.

    Gives: the results, each as soon as it is there. Buckets are made no earlier than needed.
    Raises: what a bucket raised; those that have not begun are given up.
    """
    waiting: set[Future[_R]] = set()
    try:
        for bucket in buckets:
            waiting.add(executor.submit(work, bucket))
            if len(waiting) > at_once:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (each.result() for each in done)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (each.result() for each in done)
    finally:
        for each in waiting:
            each.cancel()
