"""The engine for programs on an event loop: the same verbs, each to be awaited."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from functools import partial, wraps
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic
from types import TracebackType
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from policyengine.app.committing import (
    CLOSED,
    LATE,
    QUEUE_MAX,
    CommitterClosed,
    DeadlinePassed,
    QueueFull,
    full_sentence,
)
from policyengine.app.engine import Engine
from policyengine.app.policies import Policies
from policyengine.store.clock import Clock, wall_clock
from policyengine.store.happenings import Observer, TurnedAway

THREADS_MAX: Final = 128
"""How many verbs are under way at once: half of what is committed together; more wait."""
VERBS_MAX: Final = QUEUE_MAX
"""How many verbs are asked at a time; more are turned away at once."""

P = ParamSpec("P")
T = TypeVar("T")


def _awaited(
    verb: Callable[Concatenate[Engine, P], T],
) -> Callable[Concatenate["AsyncEngine", P], Coroutine[Any, Any, T]]:
    """Give a verb of the engine in a form that can be awaited, with the same arguments."""

    @wraps(verb)
    async def asked(self: "AsyncEngine", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._in_turn(lambda engine: verb(engine, *args, **kwargs))

    return asked


def _timely(
    engine: Engine, seconds_max: float | None, since: float, ask: Callable[[Engine], T]
) -> T:
    """Ask an engine in a thread of its own, unless it has waited for one too long."""
    if seconds_max is None:
        return ask(engine)
    left = since + seconds_max - monotonic()
    if left < 0:
        raise DeadlinePassed(LATE)
    return ask(engine.within(left))


class AsyncEngine:
    """An engine with group commit whose verbs are awaited; the event loop is never held up.

    Who stops waiting for a verb does not stop the verb: it is written or not, and the same key
    asks what became of it.
    """

    def __init__(self, engine: Engine) -> None:
        """Use `AsyncEngine.open`; an engine of one's own should commit together."""
        self.engine = engine
        self._threads = ThreadPoolExecutor(THREADS_MAX, "ledger-verb")
        self._room = BoundedSemaphore(VERBS_MAX)
        self._seconds_max: float | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        policies: str | Path | Policies = "policies",
        *,
        clock: Clock = wall_clock,
        create: bool = True,
        observer: Observer | None = None,
    ) -> Self:
        """Open a ledger as `Engine.open` does, with group commit."""
        opened = partial(
            Engine.open,
            url,
            policies,
            clock=clock,
            create=create,
            group_commit=True,
            observer=observer,
        )
        return cls(await asyncio.to_thread(opened))

    async def run(self, ask: Callable[[], T]) -> T:
        """Ask the engine anything, off the event loop: `await engine.run(engine.engine.verify)`.

        Raises: QueueFull when too many verbs are under way.
        """
        return await self._in_turn(lambda _: ask())

    def within(self, seconds: float) -> Self:
        """Give this engine for callers in a hurry: `await engine.within(0.2).charge(...)`.

        Takes: for how long a command may wait until it is decided, from now on awaited verb by
        verb. Raises: as `Engine.within` does.
        """
        self.engine.within(seconds)  # refuses what is no time
        hurried = copy(self)
        hurried._seconds_max = seconds  # noqa: SLF001  # of its own class
        return hurried

    async def _in_turn(self, ask: Callable[[Engine], T]) -> T:
        self.engine.shell.store.check_usable()  # else threads that are no more would be waited for
        if not self._room.acquire(blocking=False):
            self.engine.shell.store.tell(TurnedAway(VERBS_MAX))
            raise QueueFull(full_sentence(VERBS_MAX))
        try:
            asked = self._threads.submit(_timely, self.engine, self._seconds_max, monotonic(), ask)
        except RuntimeError as error:  # the threads have ended
            self._room.release()
            raise CommitterClosed(CLOSED) from error
        asked.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(asked)

    async def close(self) -> None:
        """Write what waits, and close the ledger."""
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self.engine.close)

    async def __aenter__(self) -> Self:
        """Use the engine as a context: it closes at the end."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the ledger."""
        await self.close()

    subscribe = _awaited(Engine.subscribe)
    set_cohort = _awaited(Engine.set_cohort)
    change_plan = _awaited(Engine.change_plan)
    cancel = _awaited(Engine.cancel)
    buy_pack = _awaited(Engine.buy_pack)
    grant = _awaited(Engine.grant)
    void = _awaited(Engine.void)
    adjust = _awaited(Engine.adjust)
    estimate = _awaited(Engine.estimate)
    estimate_request = _awaited(Engine.estimate_request)
    charge = _awaited(Engine.charge)
    charge_many = _awaited(Engine.charge_many)
    hold = _awaited(Engine.hold)
    capture = _awaited(Engine.capture)
    release = _awaited(Engine.release)
    extend = _awaited(Engine.extend)
    refund = _awaited(Engine.refund)
    set_overage = _awaited(Engine.set_overage)
    set_top_up = _awaited(Engine.set_top_up)
    top_up_paid = _awaited(Engine.top_up_paid)
    top_up_failed = _awaited(Engine.top_up_failed)
    convert = _awaited(Engine.convert)
    set_seats = _awaited(Engine.set_seats)
    balance = _awaited(Engine.balance)
    find = _awaited(Engine.find)
    entries = _awaited(Engine.entries)
    operations = _awaited(Engine.operations)
    conversations = _awaited(Engine.conversations)
    explain = _awaited(Engine.explain)
    models = _awaited(Engine.models)
    report_abnormal = _awaited(Engine.report_abnormal)
    resolve = _awaited(Engine.resolve)
    report = _awaited(Engine.report)
    settle = _awaited(Engine.settle)
    sweep = _awaited(Engine.sweep)
    verify = _awaited(Engine.verify)
    anchor = _awaited(Engine.anchor)
    rebuild = _awaited(Engine.rebuild)
    policy_of = _awaited(Engine.policy_of)
    calibration = _awaited(Engine.calibration)
    transactions_written = _awaited(Engine.transactions_written)
