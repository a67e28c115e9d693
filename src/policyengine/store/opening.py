"""How the database of a ledger is reached: its dialect, its step, and why it cannot be opened."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import DBAPIError

from policyengine.store import sqlite
from policyengine.store.dialect import Dialect
from policyengine.store.faults import OutcomeUnknown, StoreFault
from policyengine.store.migrate import HEAD, revision_of
from policyengine.store.place import Place, check_file, place_of, start_fault

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
        raise unopened(place, dialect, error) from error
    except dialect.driver_errors as error:
        raise unopened(place, dialect, error) from error
    finally:
        engine.dispose()


def unopened(place: Place, dialect: Dialect, error: Exception) -> Exception:
    """Say why a ledger cannot be opened, and of a file that is no database what it is."""
    found = unconnected(dialect, error)
    if place.path is not None and sqlite.is_no_database(getattr(error, "orig", error)):
        return start_fault(place.path, found)
    return found


def unconnected(dialect: Dialect, error: Exception) -> Exception:
    """Say why a ledger cannot be opened: nothing can have been written yet."""
    orig = getattr(error, "orig", error)
    cause = orig if isinstance(orig, Exception) else error
    found = dialect.fault_of(cause)
    if isinstance(found, OutcomeUnknown):
        return StoreFault(f"the ledger's server does not answer; nothing was written ({cause})")
    return found
