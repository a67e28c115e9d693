"""How Alembic runs the steps: on the connection of the store, inside its one transaction."""

from alembic import context

from policyengine.store import projections  # declares the projections in the metadata
from policyengine.store.tables import METADATA

assert projections.LOT.metadata is METADATA  # noqa: S101  # the import above is used

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite's data definition is transactional when the driver lets it be, and the store does.
    transactional_ddl=True,
)
context.run_migrations()
