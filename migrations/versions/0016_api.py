"""Tokens of partners' programs, and the answers kept for their repeated requests."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        *_owned("api_token"),
        *(
            sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_api_token_{column}"))
            for column in ("system_id", "made_by_id", "revoked_by_id")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "api_answer",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        *_owned("api_answer"),
        sa.ForeignKeyConstraint(
            ["partner_id", "token_id"],
            ["api_token.partner_id", "api_token.id"],
            name=op.f("fk_api_answer_partner_id_token_id"),
        ),
        sa.UniqueConstraint("token_id", "idempotency_key", name=op.f("uq_api_answer_token_id_idempotency_key")),
    )
    for table, column in (("api_token", "partner_id"), ("api_answer", "partner_id"), ("api_answer", "asked_at")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table("api_answer")
    op.drop_table("api_token")


def _owned(table: str) -> list:
    return [
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f(f"fk_{table}_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f(f"uq_{table}_partner_id_id")),
    ]
