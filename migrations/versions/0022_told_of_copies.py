"""What reading a file told of it stays beside the copy without personal data."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("draft", "upload")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("told", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "told")
