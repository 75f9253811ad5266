"""Which leads were asked to certify which figures."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLE = "certificate_request"
# who was asked for what; the remark beside it can be erased
FIXED = ("partner_id", "report_id", "content_hash", "lead_id", "asked_by_id", "asked_at")
TRIGGERS = ((f"{TABLE}_refuses_delete", "DELETE"), (f"{TABLE}_refuses_update", f"UPDATE OF {', '.join(FIXED)}"))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f(f"fk_{TABLE}_partner_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["user.id"], name=op.f(f"fk_{TABLE}_lead_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f(f"fk_{TABLE}_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["partner_id", "report_id"], ["report.partner_id", "report.id"],
            name=op.f(f"fk_{TABLE}_partner_id_report_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{TABLE}_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f(f"uq_{TABLE}_partner_id_id")),
        sa.UniqueConstraint(
            "report_id", "content_hash", "lead_id", name=op.f(f"uq_{TABLE}_report_id_content_hash_lead_id")
        ),
    )  # fmt: skip
    for column in ("partner_id", "lead_id", "asked_by_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    for name, action in TRIGGERS:
        op.execute(_creation(name, action))


def downgrade() -> None:
    for name, _action in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" + ("" if _is_sqlite() else f" ON {TABLE}"))
    op.drop_table(TABLE)


def _creation(name: str, action: str) -> str:
    head = f"CREATE TRIGGER {name} BEFORE {action} ON {TABLE} FOR EACH ROW"
    if _is_sqlite():
        return f"{head} BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    return f"{head} EXECUTE FUNCTION refuse_change()"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
