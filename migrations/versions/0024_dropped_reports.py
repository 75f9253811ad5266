"""Reports that nobody owes any more; the daily job says of which."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("dropped_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("report", "dropped_at")
