"""A wallet counts how often its projections were made anew, so that no process keeps older ones."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column; of what was made anew before, nothing is known."""
    op.add_column("wallet", sa.Column("rebuilds", _INT64, nullable=True))


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise NotImplementedError("a ledger is never taken apart; restore a backup")
