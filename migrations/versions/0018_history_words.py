"""What a history file asks before it is imported: its columns, and its warnings."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_file", sa.Column("sketch", sa.JSON(), nullable=True))
    op.add_column("history_file", sa.Column("chosen", sa.JSON(), nullable=True))
    op.add_column("history_file", sa.Column("warnings", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("history_file", sa.Column("comment", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("comment", "warnings", "chosen", "sketch"):
        op.drop_column("history_file", name)
