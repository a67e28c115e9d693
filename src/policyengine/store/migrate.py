"""Bringing a database's tables up to this version; refusing what is not a ledger or is newer."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from policyengine.store.faults import LedgerTooNew, NotALedger

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0007"
"""The latest step; a test compares it with Alembic's own view of the folder."""

_FOLDER: Final = Path(__file__).parent / "migrations"
_VERSION_TABLE: Final = "alembic_version"


def revision_of(connection: Connection) -> str | None:
    """Give the step that a database is at; None for an empty database.

    Raises: NotALedger for a database with other tables.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if not {_VERSION_TABLE, "ledger", "txn"} <= tables:
        listed = ", ".join(f"`{name}`" for name in sorted(tables)[:3])
        raise NotALedger(
            f"this database is not a ledger: it has tables of something else ({listed})"
        )
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(found) != 1:
        raise NotALedger("this database is not a whole ledger: its version is not noted once")
    return str(found[0])


def upgrade_tables(connection: Connection, revision: str | None) -> None:
    """Run the steps that a database lacks, in the caller's transaction.

    Raises: LedgerTooNew when the database is at a step that this version does not know.
    """
    if revision == HEAD:
        return
    # Alembic takes a tenth of a second to import, and a ledger is rarely behind.
    from alembic import command  # noqa: PLC0415  # as said above
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # as said above

    config = alembic_config(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise LedgerTooNew(
            f"this ledger is at step `{revision}`, which this version does not know: it knows up "
            f"to `{HEAD}`; use the newer version that wrote it"
        )
    command.upgrade(config, "head")


def alembic_config(connection: Connection | None = None) -> "Config":
    """Give Alembic's settings for the steps in this package."""
    from alembic.config import Config  # noqa: PLC0415  # Alembic is slow to import

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
