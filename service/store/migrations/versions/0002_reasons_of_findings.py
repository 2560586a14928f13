"""reasons of findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; versions saved before have no reasons."""
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reasons", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_column("reasons")
