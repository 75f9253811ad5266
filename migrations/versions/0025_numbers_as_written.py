"""How a file that is read again was read before: number style, mapping; and what reading told of one that was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = ("upload", "draft", "submission")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("number_style", sa.String(), server_default="", nullable=False))
    op.add_column("batch", sa.Column("notes", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("upload", sa.Column("mapping_number", sa.Integer()))
    op.add_column("submission", sa.Column("told", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("submission", "told")
    op.drop_column("upload", "mapping_number")
    op.drop_column("batch", "notes")
    for table in reversed(TABLES):
        op.drop_column(table, "number_style")
