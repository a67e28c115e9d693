"""The ledger in a database: opened once, written by one session at a time, read by many."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from policyengine.ledger.book import LedgerFault
from policyengine.store import sqlite
from policyengine.store.checkpoints import Checkpointer
from policyengine.store.clock import Clock, wall_clock
from policyengine.store.creation import make_ready
from policyengine.store.dialect import Dialect
from policyengine.store.driver import Driver
from policyengine.store.faults import LedgerBusy, LedgerClosed, OutcomeUnknown, StoreFault
from policyengine.store.happenings import UNOBSERVED, Teller, Viewed
from policyengine.store.migrate import HEAD, revision_of
from policyengine.store.place import Place, Standing, check_file, place_of
from policyengine.store.policies import Policies, PolicyNumbers
from policyengine.store.sessions import ReadSession, WriteSession
from policyengine.store.shelf import Shelf
from policyengine.store.statements import statements_of
from policyengine.store.turnstile import Turnstile
from policyengine.store.watching import Watch

PATIENCE_MS: Final = 10_000
"""How long a session waits for other writers before it gives up."""


def dialect_of(place: Place) -> Dialect:
    """Give the way of speaking of the database that keeps a ledger.

    Raises: StoreFault where its driver is not installed.
    """
    if not place.is_server:
        return sqlite.DIALECT
    try:
        # Most ledgers are files, and the driver of the server is an extra.
        from policyengine.store import postgres  # noqa: PLC0415  # as said above
    except ModuleNotFoundError as error:
        raise StoreFault(
            "the driver of PostgreSQL is not installed; install `policyengine-credits[postgres]`"
        ) from error
    return postgres.DIALECT


@dataclass(frozen=True, slots=True)
class Step:
    """At which step of its tables' history a ledger is; None for an empty database."""

    name: str
    database: str
    step: str | None

    @property
    def is_latest(self) -> bool:
        """Tell whether the tables are as this version makes them."""
        return self.step == HEAD


def step_of(url: str) -> Step:
    """Look at which step a ledger is, and change nothing.

    Raises: NotALedger, LedgerDamaged, StoreFault.
    """
    place = place_of(url)
    if place.path is not None:
        check_file(place.path, create=False)
    dialect = dialect_of(place)
    engine = dialect.engine_of(place.url, PATIENCE_MS)
    try:
        with engine.connect() as connection:
            return Step(place.name, dialect.name, revision_of(connection))
    except DBAPIError as error:
        raise unconnected(dialect, error) from error
    finally:
        engine.dispose()


def unconnected(dialect: Dialect, error: DBAPIError) -> Exception:
    """Say why a ledger cannot be opened: nothing can have been written yet."""
    cause = error.orig if isinstance(error.orig, Exception) else error
    found = dialect.fault_of(cause)
    if isinstance(found, OutcomeUnknown):
        return StoreFault(f"the ledger's server does not answer; nothing was written ({cause})")
    return found


class LedgerStore:
    """A ledger that is open in this process."""

    def __init__(
        self,
        engine: Engine,
        dialect: Dialect,
        turnstile: Turnstile,
        clock: Clock,
        tell: Teller,
        *,
        is_shared: bool,
        standing: Standing | None,
    ) -> None:
        """Take the parts that `open` puts together.

        Takes: `is_shared` where all use one connection; the file that was opened, if it is one.
        """
        self._engine = engine
        self._dialect = dialect
        self._turnstile = turnstile
        self._clock = clock
        self.tell = tell
        self._is_shared = is_shared
        self._statements = statements_of(dialect)
        self._policies = PolicyNumbers()
        self._shelf = Shelf()
        self._writer: PoolProxiedConnection | None = None
        self._standing = standing
        self._process = os.getpid()
        self._is_closed = False
        self._checkpoints = (
            None
            if dialect.checkpoint is None or is_shared
            else Checkpointer(partial(self._checkpoint, dialect.checkpoint), turnstile.turn)
        )

    @classmethod
    def open(
        cls,
        url: str,
        *,
        clock: Clock = wall_clock,
        create: bool = True,
        patience_ms: int = PATIENCE_MS,
        dialect: Dialect | None = None,
        tell: Teller = UNOBSERVED,
    ) -> "LedgerStore":
        """Open a ledger, bring its tables up to date, and create it where there is none.

        Takes: `sqlite:///ledger.db`, `postgresql://user@host/database`, or `sqlite://` for one in
        memory, which tests use.
        Raises: NotALedger, LedgerTooNew, LedgerDamaged, LedgerReadOnly, LedgerBusy, StoreFault.
        """
        place = place_of(url)
        if place.path is not None:
            check_file(place.path, create=create)
        dialect = dialect or dialect_of(place)
        engine = dialect.engine_of(place.url, patience_ms)
        lock = None if place.path is None else place.path.with_name(place.path.name + ".lock")
        turnstile = Turnstile(lock, patience_ms)
        try:
            make_ready(engine, dialect, place, turnstile, clock, create=create)
        except BaseException as error:
            engine.dispose()
            turnstile.close()
            if isinstance(error, DBAPIError):
                raise unconnected(dialect, error) from error
            if isinstance(error, dialect.driver_errors):
                raise dialect.fault_of(error) from error
            raise
        is_shared = place.path is None and not place.is_server
        standing = None if place.path is None else Standing.of(place.path)
        return cls(engine, dialect, turnstile, clock, tell, is_shared=is_shared, standing=standing)

    @property
    def writes_one_by_one(self) -> bool:
        """Tell whether one session writes at a time; where several do, wallets are held apart."""
        return self._dialect.writes_one_by_one

    @property
    def is_of_this_process(self) -> bool:
        """Tell whether this process opened the ledger; a fork of it has no use of it."""
        return os.getpid() == self._process

    def close(self) -> None:
        """Let the ledger go, after a write that is under way; once it is closed, do nothing.

        Raises: LedgerBusy where the write takes too long: the ledger is still open then.
        """
        if self._is_closed:
            return
        if not self.is_of_this_process:
            # The connections are the parent's, and one of its threads may have had the turn.
            self._is_closed = True
            self._engine.dispose(close=False)
            return
        if self._checkpoints is not None:
            self._checkpoints.close()
        # A connection must not go while a statement runs on it: the interpreter would crash.
        with self._turnstile.turn():
            self._is_closed = True
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
        self.check_usable()
        watch, fault = Watch(), ""
        try:
            if self._dialect.writes_one_by_one:
                yield from self._written_in_turn(watch)
            else:
                yield from self._written_at_once(watch)
        except BaseException as error:
            fault = type(error).__name__
            raise
        finally:
            if fault or self.tell.hears_all:
                self.tell(watch.written(fault))

    def _written_in_turn(self, watch: Watch) -> Iterator[WriteSession]:
        """Write on the connection that all writers of the process take turns with."""
        with self._turnstile.turn() as deadline, self._faults():
            self.check_usable()  # it may have been closed meanwhile
            pooled = self._writer = self._writer or self._engine.raw_connection()
            with self._turnstile.gate(deadline):
                self._begin(pooled, self._dialect.begin_writing)
            yield from self._written(pooled, watch)

    def _written_at_once(self, watch: Watch) -> Iterator[WriteSession]:
        """Write on a connection of its own; the session locks its wallets."""
        with self._faults():
            pooled = self._engine.raw_connection()
            try:
                self._begin(pooled, self._dialect.begin_writing)
                yield from self._written(pooled, watch)
            finally:
                pooled.close()

    def _written(self, pooled: PoolProxiedConnection, watch: Watch) -> Iterator[WriteSession]:
        try:
            driver = self._driver(pooled)
            policies = Policies(driver, self._statements, self._policies)
            session = WriteSession(driver, self._statements, policies, self._shelf, self._clock())
            watch.start(session)
            yield session
            session.check_whole()
            watch.commit()
            self._commit(driver)
        except BaseException:
            self._roll_back(pooled)
            raise
        policies.share()
        if self._checkpoints is not None:
            self._checkpoints.note(session.transactions_count)

    @contextmanager
    def reading(self) -> Iterator[ReadSession]:
        """Read one consistent view of the ledger, whatever is written meanwhile.

        Raises: StoreFault when the machine fails.
        """
        self.check_usable()
        began, fault = monotonic(), ""
        try:
            if self._is_shared:
                with self._turnstile.turn():
                    self.check_usable()  # as for writers
                    yield from self._view()
            else:
                yield from self._view()
        except StoreFault as error:
            fault = type(error).__name__
            raise
        finally:
            if fault or self.tell.hears_all:
                self.tell(Viewed(fault, monotonic() - began))

    def _view(self) -> Iterator[ReadSession]:
        with self._faults():
            connection = self._engine.raw_connection()
            try:
                driver = self._begin(connection, self._dialect.begin_reading)
                policies = Policies(driver, self._statements, self._policies)
                yield ReadSession(driver, self._statements, policies, self._shelf)
                policies.share()
            except self._dialect.driver_errors:
                self._roll_back(connection)
                raise
            finally:
                connection.close()  # the pool ends its transaction

    def _checkpoint(self, checkpoint: Callable[[Driver], int]) -> int:
        with self._faults():
            connection = self._engine.raw_connection()
            try:
                return checkpoint(self._driver(connection))
            finally:
                connection.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except self._dialect.driver_errors as error:
            raise self._dialect.fault_of(error) from error
        except DBAPIError as error:  # a new connection could not be had
            raise unconnected(self._dialect, error) from error
        except PoolTimeout as error:
            raise LedgerBusy(
                "all connections to the ledger are in use; nothing was written, try again"
            ) from error

    def _driver(self, pooled: PoolProxiedConnection) -> Driver:
        return self._dialect.driver(pooled.driver_connection)

    def _commit(self, driver: Driver) -> None:
        try:
            driver.connection.commit()
        except self._dialect.driver_errors as error:
            raise self._dialect.commit_fault_of(error) from error

    def _begin(self, pooled: PoolProxiedConnection, statement: str) -> Driver:
        driver = self._driver(pooled)
        try:
            driver.run(statement)
        except self._dialect.driver_errors:
            self._roll_back(pooled)
            raise
        return driver

    def _roll_back(self, pooled: PoolProxiedConnection) -> None:
        connection: Any = pooled.driver_connection
        try:
            connection.rollback()
        except self._dialect.driver_errors:
            # A connection in an unknown state is thrown away; the transaction ends with it.
            pooled.invalidate()
            if pooled is self._writer:
                self._writer = None

    def check_usable(self) -> None:
        """Make sure that this process may use the ledger.

        Raises: LedgerFault after a fork; LedgerClosed; LedgerMoved for a file that is gone.
        """
        if not self.is_of_this_process:
            raise LedgerFault("the ledger was opened before a fork; open it in each process")
        if self._is_closed:
            raise LedgerClosed("the ledger is closed; nothing was written, open it again")
        if self._standing is not None:
            self._standing.check()
