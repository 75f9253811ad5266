"""How a file writes its numbers, where that is not how its partner does; and what reading told of a file that was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("upload", "draft", "submission")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("number_style", sa.String(), server_default="", nullable=False))
    op.add_column("submission", sa.Column("told", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("submission", "told")
    for table in reversed(TABLES):
        op.drop_column(table, "number_style")
