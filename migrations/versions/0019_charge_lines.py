"""Charges: the parts of them that credits are no share of."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("charge", sa.Column("lines", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("charge", "lines")
