"""Deadlines: later locks that were granted, reminders that were sent, how early a partner is reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("deferred_until", sa.DateTime(), nullable=True))
    op.add_column("partner", sa.Column("remind_days", sa.Integer(), server_default="2", nullable=False))
    op.create_table(
        "deferral",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        *_owned("deferral"),
        sa.ForeignKeyConstraint(["granted_by_id"], ["user.id"], name=op.f("fk_deferral_granted_by_id")),
    )
    op.create_table(
        "reminder",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        *_owned("reminder"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reminder_user_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_reminder_mail_id")),
        sa.UniqueConstraint("report_id", "user_id", "stage", name=op.f("uq_reminder_report_id_user_id_stage")),
    )
    for table, column in (
        ("deferral", "partner_id"),
        ("deferral", "report_id"),
        ("reminder", "partner_id"),
        ("reminder", "user_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for action in ("DELETE", "UPDATE"):
        end = "BEGIN SELECT RAISE(ABORT, 'deferral is append-only'); END" if _is_sqlite() else _REFUSE
        op.execute(f"CREATE TRIGGER deferral_refuses_{action.lower()} BEFORE {action} ON deferral FOR EACH ROW {end}")
    if not _is_sqlite():
        op.execute(f"CREATE TRIGGER deferral_refuses_truncate BEFORE TRUNCATE ON deferral FOR EACH STATEMENT {_REFUSE}")


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_table("deferral")
    op.drop_column("partner", "remind_days")
    op.drop_column("report", "deferred_until")


_REFUSE = "EXECUTE FUNCTION refuse_change()"


def _owned(table: str) -> tuple:
    """What every row of a partner about a report has."""
    return (
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "report_id"],
            ["report.partner_id", "report.id"],
            name=op.f(f"fk_{table}_partner_id_report_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f(f"fk_{table}_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f(f"uq_{table}_partner_id_id")),
    )


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
