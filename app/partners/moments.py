"""The instants that "as known at" rests on: what is sealed is complete, and every later change is later by the clock.

PostgreSQL does not make writers wait for one another, so an instant that is taken before its commit could fall before
a judgement that did not see it. Both sides therefore hold the partner's row until they commit.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, select, update

from app import clock
from app.extensions import db
from app.partners.models import Partner

TICK = timedelta(microseconds=1)


def hold(*partner_ids: int) -> Sequence[Row]:
    """Make other writers of these partners wait until the commit; before any other lock, inside write()."""
    return db.session.execute(
        select(Partner.id, Partner.sealed_at, Partner.newest_change_at)
        .where(Partner.id.in_(partner_ids))
        .order_by(Partner.id)
        .with_for_update(key_share=True)
    ).all()


def moment_of_change(*partner_ids: int) -> datetime:
    """When something changes that judgements read: after everything that was sealed. Holds the partners."""
    held = hold(*partner_ids)
    at = max([clock.now(), *(row.sealed_at + TICK for row in held if row.sealed_at)])
    for row in held:
        if row.newest_change_at is None or row.newest_change_at < at:
            _set(row.id, newest_change_at=at)
    return at


def seal(partner_id: int, now: datetime) -> datetime:
    """The instant to judge as of: all changes up to it are committed, and none can be added. Holds the partner."""
    [row] = hold(partner_id)
    at = max(instant for instant in (now, row.sealed_at, row.newest_change_at) if instant)
    if row.sealed_at != at:
        _set(partner_id, sealed_at=at)
    return at


def known_by(partner: Partner, now: datetime) -> datetime:
    """Now, or the newest change that its row tells of, where the clock stands still or another machine's is ahead."""
    return max(now, partner.newest_change_at or now)


def _set(partner_id: int, **instants: datetime) -> None:
    """Past the version that forms compare: the partner itself does not change."""
    statement = update(Partner).where(Partner.id == partner_id).values(**instants)
    db.session.execute(statement, execution_options={"synchronize_session": False})
