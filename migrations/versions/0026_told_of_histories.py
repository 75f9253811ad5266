"""What reading a history file told of it, for the copy without personal data that is read in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_file", sa.Column("told", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("history_file", "told")
