"""Ends of partnerships and contracts: the columns say what holds now, these rows what was known at any instant."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, select

from app.extensions import db
from app.partners.models import Ending
from app.partners.moments import moment_of_change


def state_end(partner_id: int, last_day: date | None, contract_id: int | None = None) -> None:
    """The last day of the contract, or of the whole partnership, from now on; None: it goes on. Inside write()."""
    stated_at = moment_of_change(partner_id)
    db.session.add(Ending(partner_id=partner_id, contract_id=contract_id, last_day=last_day, stated_at=stated_at))


def last_days(partner_id: int, contract_id: int, as_known_at: datetime) -> Iterable[date]:
    """The last days of partnership and contract as they were known at an instant; one statement."""
    stated = db.session.scalars(
        select(Ending)
        .where(
            Ending.partner_id == partner_id,
            or_(Ending.contract_id.is_(None), Ending.contract_id == contract_id),
            Ending.stated_at <= as_known_at,
        )
        .order_by(Ending.stated_at, Ending.id)
    )
    newest = {ending.contract_id: ending.last_day for ending in stated}
    return [day for day in newest.values() if day is not None]
