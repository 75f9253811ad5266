"""Rights and proposals are kept with the judgement that found them, and what people made of each, once."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEPT = ("rights", "proposals")
FIXED = ("partner_id", "contract_id", "right_key", "service_level", "month")
DECIDED = ("decision", "decided_on", "decided_at", "decided_by_id")
TRIGGERS = (
    ("evaluation", "evaluation_keeps_what_it_found", f"UPDATE OF {', '.join(KEPT)}", ""),
    ("opened_right", "opened_right_refuses_delete", "DELETE", ""),
    ("opened_right", "opened_right_refuses_update", f"UPDATE OF {', '.join(FIXED)}", ""),
    ("opened_right", "opened_right_refuses_again", f"UPDATE OF {', '.join(DECIDED)}", "WHEN (OLD.decision <> '')"),
)


def upgrade() -> None:
    for name in KEPT:
        op.add_column("evaluation", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "opened_right",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("right_key", sa.String(), nullable=False),
        sa.Column("service_level", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *_owned("opened_right"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_opened_right_decided_by_id")),
        sa.UniqueConstraint(
            "contract_id", "right_key", "service_level", "month",
            name=op.f("uq_opened_right_contract_id_right_key_service_level_month"),
        ),
    )  # fmt: skip
    op.create_table(
        "target_proposal",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("service_level", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=True),
        sa.Column("declined_at", sa.DateTime(), nullable=True),
        sa.Column("declined_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *_owned("target_proposal"),
        sa.ForeignKeyConstraint(["declined_by_id"], ["user.id"], name=op.f("fk_target_proposal_declined_by_id")),
        sa.ForeignKeyConstraint(
            ["partner_id", "terms_id"], ["terms.partner_id", "terms.id"],
            name=op.f("fk_target_proposal_partner_id_terms_id"),
        ),
        sa.UniqueConstraint(
            "contract_id", "service_level", "month", name=op.f("uq_target_proposal_contract_id_service_level_month")
        ),
    )  # fmt: skip
    for table in ("opened_right", "target_proposal"):
        op.create_index(op.f(f"ix_{table}_partner_id"), table, ["partner_id"])
    for table, name, action, when in TRIGGERS:
        op.execute(_creation(table, name, action, when))


def downgrade() -> None:
    for table, name, _action, _when in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" + ("" if _is_sqlite() else f' ON "{table}"'))
    op.drop_table("target_proposal")
    op.drop_table("opened_right")
    for name in KEPT:
        op.drop_column("evaluation", name)


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
    ]  # fmt: skip


def _creation(table: str, name: str, action: str, when: str) -> str:
    head = f'CREATE TRIGGER {name} BEFORE {action} ON "{table}" FOR EACH ROW {when}'
    if _is_sqlite():
        return f"{head} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return f"{head} EXECUTE FUNCTION refuse_change()"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
