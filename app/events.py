"""The record of what happened: append-only, hash-chained, written in the same transaction as the change.

An event holds ids, states and figures. Names and free text live in rows that can be erased; an event that must
refer to a text holds its salted digest.
"""

import hashlib
import json
from datetime import datetime
from decimal import Decimal

from flask import current_app
from flask_login import current_user
from sqlalchemy import JSON, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock
from app.extensions import Base, Keyed, db
from app.tenancy import partner_of

GENESIS = "0" * 64


class Event(Keyed, Base):
    __tablename__ = "event"
    __table_args__ = (Index(None, "subject", "subject_id"),)

    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    subject: Mapped[str]
    subject_id: Mapped[int]
    figures: Mapped[dict] = mapped_column(JSON)
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    actor: Mapped["User | None"] = relationship(viewonly=True)  # noqa: F821

    def digest(self) -> str:
        """SHA-256 over the canonical form of everything this event states and the hash before it."""
        stated = [self.previous, self.at.isoformat(), self.kind, self.actor_id, self.partner_id]
        stated += [self.subject, self.subject_id, self.figures]
        canonical = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def follows(self, previous: str) -> bool:
        """Whether its link and its own hash are right, when `previous` is the hash of the event before it."""
        return self.previous == previous and self.hash == self.digest()


class ChainHead(Base):
    """The newest hash: one row, locked while an event is added, exported so that a cut tail shows."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
    length: Mapped[int]


def record(kind: str, *, subject, actor=None, partner_id: int | None = None, **figures) -> Event:
    """Add an event inside the running writing transaction; the actor is the user who is logged in."""
    session = db.session()
    session.flush()
    head = session.scalars(select(ChainHead).where(ChainHead.id == 1).with_for_update()).one_or_none()
    if head is None:
        head = ChainHead(id=1, hash=GENESIS, length=0)
        session.add(head)
    if actor is None and current_user and current_user.is_authenticated:
        actor = current_user
    event = Event(
        partner_id=partner_id if partner_id is not None else partner_of(subject),
        at=clock.now(),
        kind=kind,
        actor_id=actor.id if actor is not None else None,
        subject=subject.__tablename__,
        subject_id=subject.id,
        figures={name: _plain(value) for name, value in figures.items()},
        previous=head.hash,
    )
    event.hash = event.digest()
    head.hash, head.length = event.hash, head.length + 1
    session.add(event)
    session.flush()
    return event


def digest_of(text: str) -> str:
    """A salted digest of a text that lives elsewhere: proves which text it was without keeping it."""
    return hashlib.blake2b(text.encode(), key=current_app.secret_key.encode()[:64], digest_size=16).hexdigest()


def timeline(*subjects) -> list[Event]:
    """The events of some rows of one kind, newest first."""
    if not subjects:
        return []
    ids = [row.id for row in subjects]
    return db.session.scalars(
        select(Event)
        .where(Event.subject == subjects[0].__tablename__, Event.subject_id.in_(ids))
        .order_by(Event.id.desc())
        .options(joinedload(Event.actor))
    ).all()


def _plain(value):
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, (str, int, bool, type(None), list, dict)) else str(value)
