"""Every order in which sessions on a server can do their statements, one after the other.

A session is a thread that stops before each statement. The explorer lets one of them do its next
one, and waits until that is done or waits for a lock, which `pg_blocking_pids` tells. It remembers
which others could have gone on, and comes back with a new wallet until it has tried them all.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Final, Literal, TypeAlias

import psycopg

from policyengine.store import postgres
from policyengine.store.dialect import Dialect

State: TypeAlias = Literal["ready", "running", "waiting", "done"]

SECONDS_MAX: Final = 30
_POLL_SECONDS: Final = 0.0005
_LOCAL: Final = threading.local()
UNSEEN: Final = ("BEGIN",)
"""Statements that touch nothing, and so are no steps unless they are asked for."""


class Stuck(Exception):  # noqa: N818  # it says what sessions are
    """Sessions that neither go on nor wait for each other."""


class Session(threading.Thread):
    """One session: it runs an act, and stops before each of its statements."""

    def __init__(self, act: Callable[[], Any], *, every_step: bool) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.every_step = every_step
        self.state: State = "running"
        self.process = 0
        self.steps: list[str] = []
        self.failed: Exception | None = None
        self.changed = threading.Condition()

    def run(self) -> None:
        _LOCAL.session = self
        try:
            self.act()
        except Exception as error:  # noqa: BLE001  # the explorer shows it
            self.failed = error
        self._become("done")

    def step(self, process: int, label: str, act: Callable[..., Any], *arguments: Any) -> Any:
        """Wait to be let on, then do a statement."""
        if self.every_step or not label.startswith(UNSEEN):
            self.process = process
            self.steps.append(label)
            with self.changed:
                self.state = "ready"
                self.changed.notify_all()
                if not self.changed.wait_for(lambda: self.state == "running", SECONDS_MAX):
                    raise Stuck(label)
        return act(*arguments)

    def let_on(self) -> None:
        self._become("running")

    def has_stopped(self, seconds: float) -> bool:
        """Tell whether the session has come to its next statement, or its end."""
        with self.changed:
            return self.changed.wait_for(lambda: self.state in {"ready", "done"}, seconds)

    def _become(self, state: State) -> None:
        with self.changed:
            self.state = state
            self.changed.notify_all()


class _Stepped:
    """A connection or cursor whose statements are steps of the session that uses it."""

    def __init__(self, inner: Any, process: int) -> None:
        self._inner = inner
        self._process = process

    def cursor(self) -> "_Stepped":
        return _Stepped(self._inner.cursor(), self._process)

    def execute(self, text: str, *arguments: Any) -> Any:
        return self._step(text, self._inner.execute, text, *arguments)

    def executemany(self, text: str, *arguments: Any) -> Any:
        return self._step(text, self._inner.executemany, text, *arguments)

    def commit(self) -> None:
        self._step("COMMIT", self._inner.commit)

    def _step(self, label: str, act: Callable[..., Any], *arguments: Any) -> Any:
        session: Session | None = getattr(_LOCAL, "session", None)
        if session is None:
            return act(*arguments)
        return session.step(self._process, label, act, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class SteppedDriver(postgres.PostgresDriver):
    """The driver of the store, statement by statement."""

    __slots__ = ()

    def __init__(self, connection: Any) -> None:
        super().__init__(_Stepped(connection, connection.info.backend_pid))


STEPPED: Final[Dialect] = replace(postgres.DIALECT, driver=SteppedDriver)
UNLOCKED: Final[Dialect] = replace(STEPPED, hold_wallets=lambda _driver, _wallets: None)
"""The same without its lock: what the explorer is to find fault with."""


@dataclass(slots=True)
class Explorer:
    """Goes through all orders, depth first."""

    monitor: psycopg.Connection[Any]
    every_step: bool = False
    orders: int = 0
    waits: int = 0
    _path: list[tuple[int, list[int]]] = field(default_factory=list)

    def explore(
        self,
        acts: Callable[[int], Sequence[Callable[[], Any]]],
        check: Callable[[int, Sequence[Session]], None],
        orders_max: int,
    ) -> None:
        """Run all orders.

        Takes: what the sessions do in the run with a number; what is to hold after it.
        """
        while True:
            sessions = [Session(each, every_step=self.every_step) for each in acts(self.orders)]
            self._run(sessions)
            check(self.orders, sessions)
            self.orders += 1
            if not self._turn_back() or self.orders == orders_max:
                return

    def _run(self, sessions: Sequence[Session]) -> None:
        for each in sessions:
            each.start()
        depth = 0
        while ready := self._settled(sessions):
            if depth == len(self._path):
                self._path.append((ready[0], ready[1:]))
            chosen, _ = self._path[depth]
            if chosen not in ready:
                raise Stuck(f"session {chosen} could go on in this place the last time")
            sessions[chosen].let_on()
            depth += 1
        for each in sessions:
            each.join(SECONDS_MAX)

    def _turn_back(self) -> bool:
        """Choose another session at the last place where one was ready; False if none is left."""
        while self._path:
            _, others = self._path.pop()
            if others:
                self._path.append((others[0], others[1:]))
                return True
        return False

    def _settled(self, sessions: Sequence[Session]) -> list[int]:
        """Wait until each session is before a statement, at its end, or waits for one that is.

        Gives: those that can go on. While all of them wait, one was let go just now.
        """
        ends_at = monotonic() + SECONDS_MAX
        while monotonic() < ends_at:
            running = [each for each in sessions if not each.has_stopped(_POLL_SECONDS)]
            waiting = self._waiting(sessions, running)
            ready = [number for number, each in enumerate(sessions) if each.state == "ready"]
            if len(waiting) == len(running) and (ready or not running):
                self.waits += len(waiting)
                return ready
        raise Stuck(f"all wait: {[each.steps[-1:] for each in sessions]}")

    def _waiting(self, sessions: Sequence[Session], running: Sequence[Session]) -> set[int]:
        """Give the processes that wait, by a chain of others, for a session that has stopped.

        Who waits for one that still runs is about to go on: it would be ready in some runs only.
        """
        if not running:
            return set()
        asked = "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) pid"
        processes = [each.process for each in running]
        blocking = dict(self.monitor.execute(asked, (processes,)).fetchall())
        kept = {each.process for each in sessions if each.state == "ready"}
        waiting: set[int] = set()
        while found := {each for each in blocking if kept.intersection(blocking[each])} - waiting:
            waiting |= found
            kept |= found
        return waiting
