"""Warnings about a draft and who answered them, figures that are not available, columns with personal data."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = (
    ("draft", "warnings", "[]"),
    ("draft", "personal", "[]"),
    ("history_file", "personal", "[]"),
    ("upload", "personal", "[]"),
    ("line", "unavailable", "{}"),
)
# what was confirmed; the comment beside it can be erased
FIXED = ("partner_id", "report_id", "content_hash", "warnings", "confirmed_by_id", "confirmed_at")
TRIGGERS = (
    ("confirmation_refuses_delete", "DELETE"),
    ("confirmation_refuses_update", f"UPDATE OF {', '.join(FIXED)}"),
)


def upgrade() -> None:
    for table, name, empty in COLUMNS:
        op.add_column(table, sa.Column(name, sa.JSON(), nullable=False, server_default=empty))
    op.create_table(
        "confirmation",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_confirmation_partner_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_confirmation_confirmed_by_id")),
        sa.ForeignKeyConstraint(
            ["partner_id", "report_id"], ["report.partner_id", "report.id"],
            name=op.f("fk_confirmation_partner_id_report_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("key", name=op.f("uq_confirmation_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_confirmation_partner_id_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_confirmation_partner_id"), "confirmation", ["partner_id"])
    op.create_index(op.f("ix_confirmation_report_id_content_hash"), "confirmation", ["report_id", "content_hash"])
    for name, action in TRIGGERS:
        op.execute(_creation(name, action))


def downgrade() -> None:
    for name, _action in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" + ("" if _is_sqlite() else " ON confirmation"))
    op.drop_table("confirmation")
    for table, name, _empty in reversed(COLUMNS):
        op.drop_column(table, name)


def _creation(name: str, action: str) -> str:
    head = f"CREATE TRIGGER {name} BEFORE {action} ON confirmation FOR EACH ROW"
    if _is_sqlite():
        return f"{head} BEGIN SELECT RAISE(ABORT, 'confirmation is append-only'); END"
    return f"{head} EXECUTE FUNCTION refuse_change()"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
