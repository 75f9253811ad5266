"""Claims for relief: what is asked is fixed from the start, the decision is written once."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# what is asked; the free texts beside it can be erased
FIXED = (
    *("partner_id", "contract_id", "number", "form_key", "month", "kind", "service_levels", "days", "adjust", "cause"),
    *("clause", "filed_at", "filed_on", "filed_by_id", "on_behalf"),
)
DECIDED = ("decision", "granted_days", "granted_adjust", "decided_at", "decided_by_id")
TRIGGERS = (
    ("claim_refuses_delete", "DELETE", ""),
    ("claim_refuses_update", f"UPDATE OF {', '.join(FIXED)}", ""),
    ("claim_refuses_again", f"UPDATE OF {', '.join(DECIDED)}", "WHEN (OLD.decision <> 'open')"),
)


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_levels", sa.JSON(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("adjust", sa.JSON(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("granted_days", sa.JSON(), nullable=True),
        sa.Column("granted_adjust", sa.JSON(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_claim_decided_by_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user.id"], name=op.f("fk_claim_filed_by_id")),
        sa.ForeignKeyConstraint(
            ["partner_id", "contract_id"],
            ["contract.partner_id", "contract.id"],
            name=op.f("fk_claim_partner_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_claim_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("key", name=op.f("uq_claim_key")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_claim_contract_id_number")),
        sa.UniqueConstraint("partner_id", "form_key", name=op.f("uq_claim_partner_id_form_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_claim_partner_id_id")),
    )
    op.create_index(op.f("ix_claim_partner_id"), "claim", ["partner_id"])
    op.create_index(op.f("ix_claim_partner_id_decision_filed_at"), "claim", ["partner_id", "decision", "filed_at"])
    for name, action, when in TRIGGERS:
        end = "BEGIN SELECT RAISE(ABORT, 'claim is append-only'); END" if _is_sqlite() else _REFUSE
        op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON claim FOR EACH ROW {when} {end}")
    if not _is_sqlite():
        op.execute(f"CREATE TRIGGER claim_refuses_truncate BEFORE TRUNCATE ON claim FOR EACH STATEMENT {_REFUSE}")


def downgrade() -> None:
    op.drop_table("claim")


_REFUSE = "EXECUTE FUNCTION refuse_change()"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
