"""Making a database a ledger, or a ledger of this version."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, text

from policyengine.store.dialect import Dialect
from policyengine.store.faults import NotALedger
from policyengine.store.migrate import HEAD, revision_of, upgrade_tables
from policyengine.store.place import Place
from policyengine.store.policies import policy_genesis
from policyengine.store.tables import LEDGER
from policyengine.store.turnstile import Turnstile
from policyengine.values.calendar import Instant

APPLICATION_ID: Final = 0x50454C31
"""`PEL1`: by this number in a file's header, tools can tell what it is."""


def make_ready(
    engine: Engine,
    dialect: Dialect,
    place: Place,
    turnstile: Turnstile,
    clock: Callable[[], Instant],
    *,
    create: bool,
) -> None:
    """Create a ledger or bring its tables up to date; one process at a time.

    Raises: NotALedger for a database of something else, or an empty one unless `create`.
    """
    with engine.connect() as connection:
        revision = revision_of(connection)
    if revision is None and not create:
        raise NotALedger(f"`{place.path}` is an empty file, not a ledger")
    with engine.connect() as connection:
        is_ready = revision == HEAD and _is_logged_ahead(connection, place)
    if is_ready:
        return
    with (
        turnstile.turn() as deadline,
        turnstile.gate(deadline),
        engine.connect() as connection,
    ):
        # Not possible inside a transaction; it stays with the file.
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql(dialect.begin_writing)
        _upgrade(connection, clock)
        connection.commit()


def _is_logged_ahead(connection: Connection, place: Place) -> bool:
    return place.path is None or (
        connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    )


def _upgrade(connection: Connection, clock: Callable[[], Instant]) -> None:
    revision = revision_of(connection)
    upgrade_tables(connection, revision)
    if revision is None:
        ledger_id, created_at = uuid4().hex, clock()
        connection.execute(
            insert(LEDGER).values(
                id=1,
                ledger_id=ledger_id,
                created_at=created_at,
                policies=0,
                policies_hash=policy_genesis(ledger_id, created_at),
            )
        )
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")
        # Empty tables get no figures: plans then rest on the indexes alone, whatever grows later.
        connection.execute(text("ANALYZE"))
