"""The definitions that judgements used, kept once each under their SHA-256."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "definitions",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_definitions")),
    )
    for action in ("DELETE", "UPDATE") if _is_sqlite() else ("DELETE", "UPDATE", "TRUNCATE"):
        op.execute(_refusal(action))


def downgrade() -> None:
    op.drop_table("definitions")


def _refusal(action: str) -> str:
    head = f"CREATE TRIGGER definitions_refuses_{action.lower()} BEFORE {action} ON definitions"
    if _is_sqlite():
        return f"{head} FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'definitions is append-only'); END"
    each = "STATEMENT" if action == "TRUNCATE" else "ROW"
    return f"{head} FOR EACH {each} EXECUTE FUNCTION refuse_change()"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
