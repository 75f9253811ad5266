"""A session knows when it was last in use; of those that are open already nothing is known but when they began."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # a column that may be empty is added in place, on both databases: no table is rebuilt, no trigger lost
    op.add_column("login_session", sa.Column("seen_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("login_session", "seen_at")
