"""The engine for programs on an event loop: the same verbs, each to be awaited."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from policyengine.app.engine import Engine
from policyengine.app.policies import Policies
from policyengine.store.clock import Clock, wall_clock
from policyengine.store.faults import LedgerClosed
from policyengine.store.happenings import Observer

THREADS_MAX: Final = 128
"""How many verbs are under way at once: half of what is committed together; more wait."""

P = ParamSpec("P")
T = TypeVar("T")


def _awaited(
    verb: Callable[Concatenate[Engine, P], T],
) -> Callable[Concatenate["AsyncEngine", P], Coroutine[Any, Any, T]]:
    """Give a verb of the engine in a form that can be awaited, with the same arguments."""

    @wraps(verb)
    async def asked(self: "AsyncEngine", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.run(partial(verb, self.engine, *args, **kwargs))

    return asked


class AsyncEngine:
    """An engine with group commit whose verbs are awaited; the event loop is never held up.

    Who stops waiting for a verb does not stop the verb: it is written or not, and the same key
    asks what became of it.
    """

    def __init__(self, engine: Engine) -> None:
        """Use `AsyncEngine.open`; an engine of one's own should commit together."""
        self.engine = engine
        self._threads = ThreadPoolExecutor(THREADS_MAX, "ledger-verb")

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
        """Ask the engine anything, off the event loop: `await engine.run(engine.engine.verify)`."""
        self.engine.shell.store.check_usable()  # else threads that are no more would be waited for
        try:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except RuntimeError as error:
            raise LedgerClosed("the ledger is being closed; nothing was written") from error
        return await asked

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
