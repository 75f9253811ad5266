"""Copies of large files with what is wrong marked in them; which report a refused file is meant for."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marked_copy",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "blob_id"], ["blob.partner_id", "blob.id"], name=op.f("fk_marked_copy_partner_id_blob_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "draft_id"],
            ["draft.partner_id", "draft.id"],
            name=op.f("fk_marked_copy_partner_id_draft_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_marked_copy_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marked_copy")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_marked_copy_draft_id")),
        sa.UniqueConstraint("key", name=op.f("uq_marked_copy_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_marked_copy_partner_id_id")),
    )
    op.create_index(op.f("ix_marked_copy_partner_id"), "marked_copy", ["partner_id"])
    op.add_column("upload", sa.Column("meant_for", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("upload", "meant_for")
    op.drop_table("marked_copy")
