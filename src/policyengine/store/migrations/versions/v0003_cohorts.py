"""Wallets may be in a cohort, which has other multipliers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; wallets of before are in no cohort."""
    op.add_column("wallet", sa.Column("cohort", sa.Text(), nullable=True))


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise NotImplementedError("a ledger is never taken apart; restore a backup")
