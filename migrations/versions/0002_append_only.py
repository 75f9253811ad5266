"""Rows of the record can be added and never changed: the database itself refuses."""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("event", "submission", "line", "review", "finding", "ledger_entry", "charge", "blob")

# table: when a row of it is settled (None: from the start), and the one column that may then still be set, once
SETTLED = {
    "terms": ("OLD.state <> 'draft'", None),
    "deck": ("OLD.state = 'issued'", None),
    "batch": ("OLD.state <> 'sent'", "credits_asked_at"),
    "evaluation": (None, "superseded_at"),
}


class Trigger(NamedTuple):
    """Refuses an action on a table; `only` names the columns that it watches, None stands for all."""

    table: str
    name: str
    action: str
    when: str | None = None
    only: tuple[str, ...] | None = None


def upgrade() -> None:
    if not _is_sqlite():
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for trigger in _triggers():
        op.execute(_creation(trigger))


def downgrade() -> None:
    for trigger in _triggers():
        op.execute(f"DROP TRIGGER {trigger.name}" + ("" if _is_sqlite() else f' ON "{trigger.table}"'))
    if not _is_sqlite():
        op.execute("DROP FUNCTION refuse_change()")


def _triggers() -> Iterator[Trigger]:
    settled = dict.fromkeys(APPEND_ONLY, (None, None)) | SETTLED
    for table, (when, still_open) in settled.items():
        yield Trigger(table, f"{table}_refuses_delete", "DELETE", when)
        yield Trigger(table, f"{table}_refuses_update", "UPDATE", when, _all_but(table, still_open))
        if still_open:
            yield Trigger(table, f"{table}_refuses_again", "UPDATE", f"OLD.{still_open} IS NOT NULL", (still_open,))
        if not _is_sqlite():
            yield Trigger(table, f"{table}_refuses_truncate", "TRUNCATE")


def _all_but(table: str, still_open: str | None) -> tuple[str, ...] | None:
    """The counter that every change through the models moves is no part of the record."""
    if still_open is None:
        return None
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    return tuple(name for name in columns if name not in (still_open, "version_id"))


def _creation(trigger: Trigger) -> str:
    watched = f" OF {', '.join(trigger.only)}" if trigger.only else ""
    head = f'CREATE TRIGGER {trigger.name} BEFORE {trigger.action}{watched} ON "{trigger.table}"'
    each = "FOR EACH STATEMENT" if trigger.action == "TRUNCATE" else "FOR EACH ROW"
    when = f"WHEN ({trigger.when})" if trigger.when else ""
    if _is_sqlite():
        return f"{head} {each} {when} BEGIN SELECT RAISE(ABORT, '{trigger.table} is append-only'); END"
    return f"{head} {each} {when} EXECUTE FUNCTION refuse_change()"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
