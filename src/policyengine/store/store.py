"""The ledger in a database: opened once, written by one session at a time, read by many."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Self

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from policyengine.ledger.book import LedgerFault
from policyengine.store.creation import prepare
from policyengine.store.dialect import Dialect
from policyengine.store.driver import Driver
from policyengine.store.faults import NotALedger, StoreFault
from policyengine.store.place import Place, place_of
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
        self, engine: Engine, dialect: Dialect, place: Place, turnstile: Turnstile, clock: Callable[[], Instant]
    ) -> None:
        """Take the parts that `open` has put together."""
        self._engine = engine
        self._dialect = dialect
        self._place = place
        self._turnstile = turnstile
        self._clock = clock
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
