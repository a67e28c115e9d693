"""Making a database a ledger, or a ledger of this version."""

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert

from policyengine.store.dialect import Dialect
from policyengine.store.faults import NotALedger
from policyengine.store.migrate import HEAD, revision_of, upgrade_tables
from policyengine.store.place import Place
from policyengine.store.policies import policy_genesis
from policyengine.store.tables import LEDGER
from policyengine.store.turnstile import Turnstile
from policyengine.values.calendar import Instant


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
        is_ready = revision == HEAD and dialect.is_set_up(connection)
    if revision is None and not create:
        raise NotALedger(f"{place.name} is empty: there is no ledger in it")
    if is_ready:
        return
    with (
        turnstile.turn() as deadline,
        turnstile.gate(deadline),
        engine.connect() as connection,
    ):
        dialect.set_up(connection)
        dialect.queue_creation(connection)
        _upgrade(connection, dialect, clock)
        connection.commit()


def _upgrade(connection: Connection, dialect: Dialect, clock: Callable[[], Instant]) -> None:
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
        dialect.finish_creation(connection)
