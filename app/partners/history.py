"""What happened to a partner, its sites and its queues, in words for its page."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.events import Event
from app.extensions import db
from app.narrative import Told, narrated
from app.partners.models import Partner

LENGTH = 12
SUBJECTS = ("partner", "site", "queue")


def history_of(partner: Partner) -> list[Told]:
    """Newest first; events of contracts and reports stand on their own pages."""
    events = db.session.scalars(
        select(Event)
        .where(Event.partner_id == partner.id, Event.subject.in_(SUBJECTS))
        .order_by(Event.id.desc())
        .limit(LENGTH)
        .options(joinedload(Event.actor))
    )
    return narrated(events, partner.zone)
