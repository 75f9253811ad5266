"""Cells that somebody put right on the page, beside the file that stays as it was."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("upload", "draft", "submission")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("mended", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "mended")
