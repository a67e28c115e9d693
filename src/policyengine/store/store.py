"""The ledger in a database: opened once, written by one session at a time, read by many."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from policyengine.ledger.book import LedgerFault
from policyengine.store.creation import make_ready
from policyengine.store.dialect import Dialect
from policyengine.store.driver import Driver
from policyengine.store.place import check_file, place_of
from policyengine.store.policies import Policies, PolicyNumbers
from policyengine.store.sessions import ReadSession, WriteSession
from policyengine.store.sqlite import DIALECT, engine_of
from policyengine.store.statements import Statements
from policyengine.store.turnstile import Turnstile
from policyengine.values.calendar import Instant

PATIENCE_MS: Final = 10_000
"""How long a session waits for other writers before it gives up."""


def wall_clock() -> Instant:
    """Give the time of day of this machine."""
    return time.time_ns() // 1000


class LedgerStore:
    """A ledger that is open in this process."""

    def __init__(
        self,
        engine: Engine,
        dialect: Dialect,
        turnstile: Turnstile,
        clock: Callable[[], Instant],
        *,
        is_shared: bool,
    ) -> None:
        """Take the parts that `open` puts together; `is_shared` where all use one connection."""
        self._engine = engine
        self._dialect = dialect
        self._turnstile = turnstile
        self._clock = clock
        self._is_shared = is_shared
        self._statements = Statements(dialect)
        self._policies = PolicyNumbers()
        self._writer: PoolProxiedConnection | None = None
        self._process = os.getpid()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        clock: Callable[[], Instant] = wall_clock,
        create: bool = True,
        patience_ms: int = PATIENCE_MS,
    ) -> "LedgerStore":
        """Open a ledger, bring its tables up to date, and create it where there is none.

        Takes: `sqlite:///ledger.db`, or `sqlite://` for one in memory, which tests use.
        Raises: NotALedger, LedgerTooNew, LedgerDamaged, LedgerReadOnly, LedgerBusy, StoreFault.
        """
        place = place_of(url)
        if place.path is not None:
            check_file(place.path, create=create)
        engine = engine_of(place.url, patience_ms)
        lock = None if place.path is None else place.path.with_name(place.path.name + ".lock")
        turnstile = Turnstile(lock, patience_ms)
        try:
            make_ready(engine, DIALECT, place, turnstile, clock, create=create)
        except BaseException as error:
            engine.dispose()
            turnstile.close()
            cause = error.orig if isinstance(error, DBAPIError) else error
            if isinstance(cause, DIALECT.driver_errors):
                raise DIALECT.fault_of(cause) from error
            raise
        return cls(engine, DIALECT, turnstile, clock, is_shared=place.path is None)

    def close(self) -> None:
        """Let the ledger go."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._engine.dispose()
        self._turnstile.close()

    def __enter__(self) -> Self:
        """Give the store itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    @contextmanager
    def writing(self) -> Iterator[WriteSession]:
        """Write: what happens inside is committed at the end, or not at all on any exception.

        Raises: LedgerBusy when other writers take too long; LedgerFault for what the ledger's
        rules or the database refuse; StaleBook; StoreFault when the machine fails.
        """
        self._check_process()
        with self._turnstile.turn() as deadline, self._faults():
            connection = self._writing_connection()
            driver = Driver(connection)
            with self._turnstile.gate(deadline):
                driver.run(self._dialect.begin_writing)
            try:
                policies = Policies(driver, self._statements, self._policies)
                session = WriteSession(driver, self._statements, policies, self._clock())
                yield session
                session.check_whole()
                connection.commit()
            except BaseException:
                self._roll_back(connection)
                raise
            policies.share()

    @contextmanager
    def reading(self) -> Iterator[ReadSession]:
        """Read one consistent view of the ledger, whatever is written meanwhile.

        Raises: StoreFault when the machine fails.
        """
        self._check_process()
        if self._is_shared:
            with self._turnstile.turn():
                yield from self._view()
        else:
            yield from self._view()

    def _view(self) -> Iterator[ReadSession]:
        with self._faults():
            connection = self._engine.raw_connection()
            try:
                within: Any = connection.driver_connection
                driver = Driver(within)
                driver.run(self._dialect.begin_reading)
                policies = Policies(driver, self._statements, self._policies)
                yield ReadSession(driver, self._statements, policies)
                policies.share()
            finally:
                connection.close()  # the pool ends its transaction

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except self._dialect.driver_errors as error:
            raise self._dialect.fault_of(error) from error

    def _writing_connection(self) -> Any:
        if self._writer is None:
            self._writer = self._engine.raw_connection()
        return self._writer.driver_connection

    def _roll_back(self, connection: Any) -> None:
        try:
            connection.rollback()
        except self._dialect.driver_errors:
            # A connection in an unknown state is thrown away; the transaction ends with it.
            if self._writer is not None:
                self._writer.invalidate()
            self._writer = None

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise LedgerFault("the ledger was opened before a fork; open it in each process")
