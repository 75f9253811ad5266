"""Up to which instant a partner's record is sealed for judging, and when it changed last."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# every instant up to which a judgement or a deck has read, and every instant of a change that they read
SEALED = ("SELECT as_known_at AS at, partner_id FROM evaluation", "SELECT as_known_at, partner_id FROM deck")
CHANGED = (
    "SELECT sent_at AS at, partner_id FROM submission",
    "SELECT decided_at, partner_id FROM review",
    "SELECT decided_at, partner_id FROM batch",
    "SELECT credits_asked_at, partner_id FROM batch",
    "SELECT activated_at, partner_id FROM terms",
    "SELECT entered_at, partner_id FROM charge",
)


def upgrade() -> None:
    for column, instants in (("newest_change_at", CHANGED), ("sealed_at", SEALED)):
        op.add_column("partner", sa.Column(column, sa.DateTime(), nullable=True))
        found = " UNION ALL ".join(instants)
        op.execute(
            f"UPDATE partner SET {column} = "  # noqa: S608 - our own words
            f"(SELECT MAX(known.at) FROM ({found}) AS known WHERE known.partner_id = partner.id)"
        )


def downgrade() -> None:
    op.drop_column("partner", "sealed_at")
    op.drop_column("partner", "newest_change_at")
