"""What a partner said of the columns of its own workbook, kept by version; submissions say which they were read with."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mapping",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(), nullable=True),
        sa.Column("forgotten_by_id", sa.Integer(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "contract_id"], ["contract.partner_id", "contract.id"],
            name=op.f("fk_mapping_partner_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_mapping_partner_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_mapping_confirmed_by_id")),
        sa.ForeignKeyConstraint(["forgotten_by_id"], ["user.id"], name=op.f("fk_mapping_forgotten_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping")),
        sa.UniqueConstraint("key", name=op.f("uq_mapping_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_mapping_partner_id_id")),
        sa.UniqueConstraint(
            "contract_id", "kind", "party", "number", name=op.f("uq_mapping_contract_id_kind_party_number")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_mapping_partner_id"), "mapping", ["partner_id"])
    op.add_column("upload", sa.Column("sketch", sa.JSON(none_as_null=True), nullable=True))
    for table in ("draft", "submission"):
        op.add_column(table, sa.Column("mapping_number", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in ("draft", "submission"):
        op.drop_column(table, "mapping_number")
    op.drop_column("upload", "sketch")
    op.drop_table("mapping")
