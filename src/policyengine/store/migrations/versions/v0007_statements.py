"""On PostgreSQL the guards look at the rows of a statement together."""

from alembic import op

from policyengine.store.migrations import guards_0007_postgres

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put guards of statements in the place of guards of rows; SQLite has none of statements."""
    if op.get_bind().dialect.name == "postgresql":
        for guard in guards_0007_postgres.GUARDS:
            op.execute(guard)


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise NotImplementedError("a ledger is never taken apart; restore a backup")
