"""Holds may have a grace time, in which they can be captured and released after their end."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column; holds of before have no grace time."""
    op.add_column("hold", sa.Column("grace_until", _INT64, nullable=True))


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise NotImplementedError("a ledger is never taken apart; restore a backup")
