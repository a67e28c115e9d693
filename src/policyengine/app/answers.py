"""Answers that are waited for: what a queued command becomes, known to any number of threads."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from threading import Lock
from typing import Final

from policyengine.app.receipts import Receipt
from policyengine.engine.commands import Command

LOGGER: Final = logging.getLogger("policyengine")

_TAKING: Final = Lock()


class Answer:
    """A command in the queue, and the receipt or the exception that it gets, once.

    It is to its callers what `concurrent.futures.Future` is, at a fourth of the cost: there is no
    lock in it but for a thread that has to wait. Who answers sets the outcome and then looks at who
    is to be called; who wants to be called says so and then looks at the outcome. So at least one
    of them sees the other, and each call is taken off the list, which happens once.
    """

    __slots__ = ("_calls", "_error", "_is_taken", "_receipt", "command", "deadline", "since")

    def __init__(self, command: Command, deadline: float | None, since: float) -> None:
        """Take a command, until when it may wait, and since when it does, both by `monotonic`."""
        self.command = command
        self.deadline = deadline
        self.since = since
        self._receipt: Receipt | None = None
        self._error: BaseException | None = None
        self._calls: list[Callable[[Answer], object]] = []
        self._is_taken = False

    def done(self) -> bool:
        """Tell whether the command was answered, failed or was cancelled."""
        return self._receipt is not None or self._error is not None

    def result(self, timeout: float | None = None) -> Receipt:
        """Give the receipt, once it is durable.

        Raises: TimeoutError; CancelledError; what the command failed with.
        """
        if not self.done():
            self._wait(timeout)
        if self._error is not None:
            raise self._error
        assert self._receipt is not None  # noqa: S101  # it is done
        return self._receipt

    def add_done_callback(self, call: Callable[["Answer"], object]) -> None:
        """Call with this answer when it is done, on the thread that answers, or now if it is."""
        self._calls.append(call)
        if self.done():
            self._call()

    def cancel(self) -> bool:
        """Take the command back, unless it is being decided; tell whether it will not be."""
        with _TAKING:
            if self._is_taken:
                return False
            is_first = self._error is None
            if is_first:
                self._error = CancelledError()
        if is_first:
            self._call()
        return True

    def give(self, receipt: Receipt) -> None:
        """Answer with a receipt."""
        self._receipt = receipt
        if self._calls:
            self._call()

    def fail(self, error: BaseException) -> None:
        """Answer with an exception."""
        self._error = error
        if self._calls:
            self._call()

    def _wait(self, timeout: float | None) -> None:
        waiting = Lock()
        waiting.acquire()
        self.add_done_callback(lambda _: waiting.release())
        if not waiting.acquire(timeout=-1 if timeout is None else timeout):
            raise TimeoutError

    def _call(self) -> None:
        while self._calls:
            try:
                call = self._calls.pop(0)
            except IndexError:
                return  # the other thread has just taken it
            try:
                call(self)
            except BaseException:  # no caller may end the thread that answers all
                LOGGER.exception("event=callback_failed")


def taken(answers: Iterable[Answer]) -> list[Answer]:
    """Take commands to decide them; those that were cancelled are left out."""
    with _TAKING:
        live = [each for each in answers if not each.done()]
        for each in live:
            each._is_taken = True  # noqa: SLF001  # under the lock of all of them, at once
    return live
