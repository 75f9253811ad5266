"""Concessions about credits, decided once, and forecasts in versions that never change."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# what is asked; the free texts beside it can be erased
FIXED = (
    *("partner_id", "contract_id", "number", "form_key", "month", "kind", "service_levels", "amount_minor", "clause"),
    *("asked_at", "asked_by_id", "by_partner"),
)
DECIDED = ("decision", "chosen", "decided_at", "decided_by_id")
ISSUED = (
    *("partner_id", "contract_id", "number", "form_key", "issued_on", "measure", "rows", "filename", "entered_at"),
    "entered_by_id",
)
TRIGGERS = (
    ("concession", "concession_refuses_delete", "DELETE", ""),
    ("concession", "concession_refuses_update", f"UPDATE OF {', '.join(FIXED)}", ""),
    ("concession", "concession_refuses_again", f"UPDATE OF {', '.join(DECIDED)}", "WHEN (OLD.decision <> 'open')"),
    ("forecast_issue", "forecast_issue_refuses_delete", "DELETE", ""),
    ("forecast_issue", "forecast_issue_refuses_update", f"UPDATE OF {', '.join(ISSUED)}", ""),
)


def upgrade() -> None:
    op.create_table(
        "concession",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_levels", sa.JSON(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("by_partner", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("chosen", sa.String(), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *_owned("concession"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_concession_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_concession_decided_by_id")),
    )
    op.create_table(
        "forecast_issue",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        *_owned("forecast_issue"),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_forecast_issue_entered_by_id")),
    )
    for table in ("concession", "forecast_issue"):
        op.create_index(op.f(f"ix_{table}_partner_id"), table, ["partner_id"])
    waiting = ["partner_id", "decision", "asked_at"]
    op.create_index(op.f("ix_concession_partner_id_decision_asked_at"), "concession", waiting)
    for table, name, action, when in TRIGGERS:
        op.execute(_creation(table, name, action, when))


def downgrade() -> None:
    op.drop_table("forecast_issue")
    op.drop_table("concession")


def _owned(table: str) -> list:
    return [
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f(f"fk_{table}_partner_id")),
        sa.ForeignKeyConstraint(
            ["partner_id", "contract_id"], ["contract.partner_id", "contract.id"],
            name=op.f(f"fk_{table}_partner_id_contract_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f(f"uq_{table}_partner_id_id")),
        sa.UniqueConstraint("contract_id", "number", name=op.f(f"uq_{table}_contract_id_number")),
        sa.UniqueConstraint("partner_id", "form_key", name=op.f(f"uq_{table}_partner_id_form_key")),
    ]  # fmt: skip


def _creation(table: str, name: str, action: str, when: str) -> str:
    head = f'CREATE TRIGGER {name} BEFORE {action} ON "{table}" FOR EACH ROW {when}'
    if _is_sqlite():
        return f"{head} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return f"{head} EXECUTE FUNCTION refuse_change()"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
