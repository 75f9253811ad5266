"""Files wait for their verdict in rows of their own, and bytes that nothing refers to may be swept."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFUSAL = "blob_refuses_delete"  # what refers to a blob keeps it: its foreign key refuses the deletion


def upgrade() -> None:
    op.create_table(
        "history_file",
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("import_key", sa.String(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_history_file_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_file")),
        sa.UniqueConstraint("key", name=op.f("uq_history_file_key")),
    )
    op.create_table(
        "upload",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "blob_id"], ["blob.partner_id", "blob.id"], name=op.f("fk_upload_partner_id_blob_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "report_id"], ["report.partner_id", "report.id"], name=op.f("fk_upload_partner_id_report_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_upload_partner_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_upload_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_upload_partner_id_id")),
    )
    op.create_index(op.f("ix_upload_partner_id"), "upload", ["partner_id"])
    op.create_index(op.f("ix_upload_report_id_state"), "upload", ["report_id", "state"])
    op.execute(f"DROP TRIGGER {REFUSAL}" + ("" if _is_sqlite() else " ON blob"))


def downgrade() -> None:
    head = f"CREATE TRIGGER {REFUSAL} BEFORE DELETE ON blob FOR EACH ROW"
    if _is_sqlite():
        op.execute(f"{head} BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END")
    else:
        op.execute(f"{head} EXECUTE FUNCTION refuse_change()")
    op.drop_table("upload")
    op.drop_table("history_file")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
