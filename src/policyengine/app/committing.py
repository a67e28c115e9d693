"""Group commit: commands of many threads are decided and written together, in arrival order."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final

from policyengine.app.answers import Answer, taken
from policyengine.app.receipts import Receipt
from policyengine.engine.commands import Command
from policyengine.store.faults import LedgerClosed, StoreFault
from policyengine.store.happenings import UNOBSERVED, Batched, Retried, Teller, TurnedAway

BATCH_MAX: Final = 256
"""How many commands are committed together: more wins little, and each waits for all."""
QUEUE_MAX: Final = 10_000
"""How many commands wait: about two seconds of work; more are turned away at once."""
LANES: Final = 2
"""How many batches are under way where several can be: one is decided as another is written."""
CLOSED: Final = "the engine is closed; nothing was written"
LATE: Final = "the command waited for longer than it may; nothing was written"


def full_sentence(waiting: int) -> str:
    """Say how many commands wait, to whoever is turned away."""
    return f"{waiting} commands wait already; nothing was written, try again later"


class QueueFull(StoreFault):
    """More commands wait than are written in a while; nothing was written, try again later."""


class DeadlinePassed(StoreFault):
    """The command waited for longer than it may; nothing was written."""


class CommitterClosed(LedgerClosed):
    """The engine is closed; nothing was written."""


class Committer:
    """Queues of commands and the threads that write them; safe for any number of threads.

    An answer is given when its commit is durable. What other commands of a batch do, accepted or
    refused, never changes an answer: each is decided on its own, after those before it. A wallet's
    commands are always in the same lane, in the order of their arrival.
    """

    def __init__(
        self,
        execute: Callable[[Sequence[Command]], list[Receipt]],
        *,
        lanes: int = 1,
        batch_max: int = BATCH_MAX,
        queue_max: int = QUEUE_MAX,
        tell: Teller = UNOBSERVED,
    ) -> None:
        """Take how commands are executed in one commit, and who is told of each batch.

        Takes: how many batches may be under way at a time; how many commands may wait in all.
        """
        each_max = queue_max // lanes
        self._lanes = [_Lane(execute, batch_max, each_max, tell) for _ in range(lanes)]

    def submit(self, command: Command, *, timeout: float | None = None) -> Answer:
        """Queue a command; the answer has its receipt once it is durable.

        Takes: for how many seconds the command may wait for its batch.
        Raises: QueueFull, CommitterClosed. The answer raises DeadlinePassed, or what the store
        raises.
        """
        lane = hash(command.wallet_id) % len(self._lanes)
        return self._lanes[lane].submit(command, timeout)

    def close(self) -> None:
        """Take no more commands, write those that wait, and end the threads."""
        for lane in self._lanes:
            lane.close()


class _Lane:
    """One queue and its thread."""

    def __init__(
        self,
        execute: Callable[[Sequence[Command]], list[Receipt]],
        batch_max: int,
        queue_max: int,
        tell: Teller,
    ) -> None:
        self._execute = execute
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._tell = tell
        self._queue: deque[Answer] = deque()
        self._changed = threading.Condition()
        self._is_idle = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="ledger-committer", daemon=True)
        self._thread.start()

    def submit(self, command: Command, timeout: float | None) -> Answer:
        now = monotonic()
        answer = Answer(command, None if timeout is None else now + timeout, now)
        with self._changed:
            if self._is_closed:
                raise CommitterClosed(CLOSED)
            is_taken = len(self._queue) < self._queue_max
            if is_taken:
                self._queue.append(answer)
                if self._is_idle:
                    self._changed.notify()
        if not is_taken:  # told outside the lock, which every other command needs
            self._tell(TurnedAway(self._queue_max))
            raise QueueFull(full_sentence(self._queue_max))
        return answer

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._next():
            began, waiting = monotonic(), len(self._queue)
            failed, late = self._commit(batch, began)
            if failed or self._tell.hears_all:
                waited, seconds = began - batch[0].since, monotonic() - began
                self._tell(Batched(len(batch), seconds, waited, waiting, failed, late))

    def _next(self) -> list[Answer]:
        """Wait for commands; gives none when the committer is closed and all are written."""
        with self._changed:
            while not self._queue and not self._is_closed:
                self._is_idle = True
                self._changed.wait()
                self._is_idle = False
            count = min(self._batch_max, len(self._queue))
            return [self._queue.popleft() for _ in range(count)]

    def _commit(self, batch: Sequence[Answer], now: float) -> tuple[int, int]:
        """Answer a batch; gives how many commands failed, and how many of these were late."""
        live, late = [], 0
        for each in taken(batch):
            if each.deadline is not None and each.deadline < now:
                each.fail(DeadlinePassed(LATE))
                late += 1
            else:
                live.append(each)
        return len(batch) - len(live) + (self._answer(live) if live else 0), late

    def _answer(self, batch: Sequence[Answer]) -> int:
        try:
            receipts = self._execute([each.command for each in batch])
        except BaseException as error:  # noqa: BLE001  # whatever it is, whoever waits is told
            if len(batch) == 1 or isinstance(error, StoreFault):
                for each in batch:
                    each.fail(error)
                return len(batch)
            self._tell(Retried(type(error).__name__, len(batch)))
            # One of them is poison, and nothing was written: each alone, so that only it fails.
            return sum(self._answer([each]) for each in batch)
        for each, receipt in zip(batch, receipts, strict=True):
            each.give(receipt)
        return 0
