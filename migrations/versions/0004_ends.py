"""When an end was stated and a report opened, so that both are readable as known at an instant; and what never changes."""

import secrets
from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# columns that judgements read and that have no history, because they are fixed from the start
FIXED = {
    "contract": ("partner_id", "currency", "zone"),
    "queue": ("partner_id", "code"),
    "report": ("contract_id", "month", "kind", "party", "due_at", "opened_at"),
    "site": ("partner_id", "code"),
}

event = sa.table(
    "event", sa.column("id"), sa.column("partner_id"), sa.column("at", sa.DateTime()), sa.column("kind"),
    sa.column("subject"), sa.column("subject_id"), sa.column("figures", sa.JSON()),
)  # fmt: skip
partner = sa.table("partner", sa.column("id"), sa.column("created_at", sa.DateTime()), sa.column("ended_on", sa.Date()))
contract = sa.table(
    "contract", sa.column("id"), sa.column("partner_id"), sa.column("created_at", sa.DateTime()),
    sa.column("ends_on", sa.Date()),
)  # fmt: skip
STATED = {"partner.ended": "ended_on", "partner.resumed": "ended_on", "contract.changed": "ends_on"}


def upgrade() -> None:
    _make_endings()
    _date_reports()
    if not _is_sqlite():
        op.execute(
            "CREATE FUNCTION refuse_fixed() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% does not change in %', TG_TABLE_NAME, array_to_string(TG_ARGV, ', '); END $$"
        )
    for name, action, table, only in _triggers():
        op.execute(_creation(name, action, table, only))


def downgrade() -> None:
    for name, _action, table, _only in _triggers():
        op.execute(f"DROP TRIGGER {name}" + ("" if _is_sqlite() else f' ON "{table}"'))
    if not _is_sqlite():
        op.execute("DROP FUNCTION refuse_fixed()")
    op.drop_column("report", "opened_at")
    op.drop_table("ending")


def _make_endings() -> None:
    ending = op.create_table(
        "ending",
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "contract_id"],
            ["contract.partner_id", "contract.id"],
            name=op.f("fk_ending_partner_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_ending_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ending")),
        sa.UniqueConstraint("key", name=op.f("uq_ending_key")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_ending_partner_id_id")),
    )
    op.create_index(op.f("ix_ending_partner_id"), "ending", ["partner_id"])
    if rows := list(_stated()):
        op.bulk_insert(ending, rows)


def _stated() -> Iterator[dict]:
    """What the event log tells of ends, and of an end that it does not tell, the instant of the beginning."""
    told = op.get_bind().execute(sa.select(event).where(event.c.kind.in_(STATED)).order_by(event.c.id)).all()
    known: dict[tuple[str, int], date | None] = {}
    for each in told:
        subject, text = (each.subject, each.subject_id), each.figures.get(STATED[each.kind])
        last_day = date.fromisoformat(text) if text else None
        if known.get(subject) != last_day:
            known[subject] = last_day
            yield _row(each.partner_id, each.subject_id if each.subject == "contract" else None, last_day, each.at)
    for row in op.get_bind().execute(sa.select(partner)):
        if row.ended_on and ("partner", row.id) not in known:
            yield _row(row.id, None, row.ended_on, row.created_at)
    for row in op.get_bind().execute(sa.select(contract)):
        if row.ends_on and ("contract", row.id) not in known:
            yield _row(row.partner_id, row.id, row.ends_on, row.created_at)


def _row(partner_id: int, contract_id: int | None, last_day: date | None, stated_at) -> dict:
    key = secrets.token_urlsafe(9)
    return {
        "partner_id": partner_id,
        "contract_id": contract_id,
        "last_day": last_day,
        "stated_at": stated_at,
        "key": key,
    }


def _date_reports() -> None:
    op.add_column("report", sa.Column("opened_at", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE report SET opened_at = COALESCE("
        "(SELECT MIN(event.at) FROM event WHERE event.subject = 'report' AND event.subject_id = report.id), "
        "(SELECT contract.created_at FROM contract WHERE contract.id = report.contract_id))"
    )
    with op.batch_alter_table("report") as batch_op:
        batch_op.alter_column("opened_at", existing_type=sa.DateTime(), nullable=False)


def _triggers() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    yield "ending_refuses_delete", "DELETE", "ending", ()
    yield "ending_refuses_update", "UPDATE", "ending", ()
    for table, columns in FIXED.items():
        yield f"{table}_stays_fixed", "UPDATE", table, columns
    if not _is_sqlite():
        yield "ending_refuses_truncate", "TRUNCATE", "ending", ()


def _creation(name: str, action: str, table: str, only: tuple[str, ...]) -> str:
    watched = f" OF {', '.join(only)}" if only else ""
    each = "FOR EACH STATEMENT" if action == "TRUNCATE" else "FOR EACH ROW"
    head = f'CREATE TRIGGER {name} BEFORE {action}{watched} ON "{table}" {each}'
    columns = ", ".join(only)
    if _is_sqlite():
        said = f"{table} does not change in {columns}" if only else f"{table} is append-only"
        return f"{head} BEGIN SELECT RAISE(ABORT, '{said}'); END"
    return f"{head} EXECUTE FUNCTION " + (f"refuse_fixed('{columns}')" if only else "refuse_change()")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
