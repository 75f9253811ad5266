"""Evidence: what a file was is fixed; its bytes, its name and what it is said to show can go."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FIXED = (
    *("partner_id", "report_id", "claim_id", "sha256", "size", "media_type", "expires_on", "attached_at"),
    "attached_by_id",
)
TRIGGERS = (
    ("evidence_refuses_delete", "DELETE", ""),
    ("evidence_refuses_update", f"UPDATE OF {', '.join(FIXED)}", ""),
    ("evidence_stays_withdrawn", "UPDATE OF withdrawn_at, withdrawn_by_id", "WHEN (OLD.withdrawn_at IS NOT NULL)"),
)


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("attached_at", sa.DateTime(), nullable=False),
        sa.Column("attached_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.CheckConstraint("(report_id IS NULL) <> (claim_id IS NULL)", name=op.f("ck_evidence_one_subject")),
        *(_same_partner(table) for table in ("report", "claim", "blob")),
        sa.ForeignKeyConstraint(["attached_by_id"], ["user.id"], name=op.f("fk_evidence_attached_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user.id"], name=op.f("fk_evidence_withdrawn_by_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_evidence_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("key", name=op.f("uq_evidence_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_evidence_partner_id_id")),
    )
    for column in ("partner_id", "report_id", "claim_id"):
        op.create_index(op.f(f"ix_evidence_{column}"), "evidence", [column])
    for name, action, when in TRIGGERS:
        end = "BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END" if _is_sqlite() else _REFUSE
        op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON evidence FOR EACH ROW {when} {end}")
    if not _is_sqlite():
        op.execute(f"CREATE TRIGGER evidence_refuses_truncate BEFORE TRUNCATE ON evidence FOR EACH STATEMENT {_REFUSE}")


def downgrade() -> None:
    op.drop_table("evidence")


_REFUSE = "EXECUTE FUNCTION refuse_change()"


def _same_partner(table: str) -> sa.ForeignKeyConstraint:
    columns = ["partner_id", f"{table}_id"]
    return sa.ForeignKeyConstraint(
        columns, [f"{table}.partner_id", f"{table}.id"], name=op.f(f"fk_evidence_partner_id_{table}_id")
    )


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
