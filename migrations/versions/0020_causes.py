"""Causes of misses, given before the figures are sent; evidence may be about one service level."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cause",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service_level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_cause_author_id")),
        sa.ForeignKeyConstraint(
            ["partner_id", "report_id"], ["report.partner_id", "report.id"], name=op.f("fk_cause_partner_id_report_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_cause_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause")),
        sa.UniqueConstraint("key", name=op.f("uq_cause_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_cause_partner_id_id")),
        sa.UniqueConstraint(
            "report_id", "number", "service_level", name=op.f("uq_cause_report_id_number_service_level")
        ),
    )
    op.create_index(op.f("ix_cause_partner_id"), "cause", ["partner_id"])
    op.add_column("evidence", sa.Column("service_level", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("evidence", "service_level")
    op.drop_table("cause")
