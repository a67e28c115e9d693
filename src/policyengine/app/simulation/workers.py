"""Workers: this thread alone, or processes of their own; any other executor does as well."""

import gc
import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from policyengine.app.simulation.running import Means
from policyengine.simulate.buckets import InThisThread

GARBAGE_THRESHOLD: Final = 100_000
READY: Final = 2
"""Buckets that wait for a free worker, so that none has to wait for its next one."""


@contextmanager
def means_of(workers: int, folder: Path | None) -> Iterator[Means]:
    """Give what a simulation runs on; its workers are gone at the end."""
    if workers == 1:
        yield Means(InThisThread(), 0, folder)
        return
    # Fresh processes: a copy of this one would have its threads' locks, and the bar's terminal.
    context = multiprocessing.get_context("spawn")
    executor: Executor = ProcessPoolExecutor(workers, context, _settle_in)
    try:
        yield Means(executor, workers + READY, folder, workers)
    finally:
        executor.shutdown(cancel_futures=True)


def _settle_in() -> None:
    """Leave an interruption from the keyboard to the process that gives out the work.

    And look for garbage less often: a course makes many objects, and none that point in circles.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(GARBAGE_THRESHOLD)
