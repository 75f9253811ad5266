"""The event log as its reader may see it: by kind, partner, person and days, page by page, newest first."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Self

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.access import Permission, may
from app.accounts.models import Grant, User
from app.events import Event
from app.extensions import db
from app.narrative import SENTENCES
from app.partners.models import Partner

PAGE_SIZE = 50
NOUNS = frozenset(kind.split(".")[0] for kind in SENTENCES)
OF_THE_HOUSE = frozenset(
    {"calendar", "password", "session", "user", "verification"}
)  # their events belong to no partner


@dataclass(frozen=True)
class Wanted:
    """What the filter asks for; empty is everything. Days are whole days of UTC."""

    kind: str = ""
    partner: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query) -> Self:
        words = {name: query.get(name, "").strip() for name in ("kind", "partner", "person", "since", "until")}
        return cls(**words, page=min(max(query.get("page", 1, type=int), 1), 100_000))

    @property
    def problem(self) -> str | None:
        """What is wrong with the days that were typed, in words."""
        for value in (self.since, self.until):
            if value and _day(value) is None:
                return f"“{value}” is not a day. Write it as 2026-11-22."
        if self.since and self.until and self.since > self.until:
            return "The first day is after the last day."
        return None

    def query(self, page: int) -> dict:
        """The same filter on another page, as arguments of url_for."""
        return {name: value for name, value in asdict(self).items() if value and name != "page"} | {"page": page}


def sees_the_house() -> bool:
    """Whoever proves the whole log reads the whole log; others read what belongs to a partner they may see."""
    return may(Permission.EVENT_VERIFY)


def nouns() -> frozenset[str]:
    """What the reader may find events about."""
    return NOUNS if sees_the_house() else NOUNS - OF_THE_HOUSE


def visible() -> Select[tuple[Event]]:
    """Every event that the reader may know of; the scope confines it to his or her partners."""
    return select(Event) if sees_the_house() else select(Event).where(Event.partner_id.is_not(None))


def events(wanted: Wanted) -> tuple[list[Event], int]:
    """One page of the events that fit, and how many fit in all."""
    found = _fitting(wanted)
    total = db.session.scalar(select(func.count()).select_from(found.with_only_columns(Event.id).subquery()))
    rows = found.order_by(Event.id.desc()).limit(PAGE_SIZE).offset((wanted.page - 1) * PAGE_SIZE)
    return db.session.scalars(rows.options(joinedload(Event.actor))).all(), total


def partners() -> dict[int, Partner]:
    """The partners that the reader may see, by id, in the order of their names."""
    return {partner.id: partner for partner in db.session.scalars(select(Partner).order_by(Partner.name))}


def people() -> dict[int, User]:
    """Everybody who may stand in what the reader sees of the log, by id, in the order of their names."""
    found = select(User).order_by(User.name, User.id)
    if not sees_the_house():
        seen = list(partners())
        acted = visible().where(Event.actor_id == User.id, Event.partner_id.in_(seen)).exists()
        found = found.where(or_(acted, User.grants.any(Grant.partner_id.in_(seen))))
    return {user.id: user for user in db.session.scalars(found)}


def _fitting(wanted: Wanted) -> Select:
    found = visible()
    if wanted.kind:
        found = found.where(or_(Event.kind == wanted.kind, Event.kind.startswith(f"{wanted.kind}.", autoescape=True)))
    if wanted.partner:
        found = found.where(Event.partner_id.in_(select(Partner.id).where(Partner.key == wanted.partner)))
    if wanted.person:
        person = select(User.id).where(User.key == wanted.person)
        about = (Event.subject == "user") & Event.subject_id.in_(person)
        found = found.where(Event.actor_id.in_(person) | about)
    if day := _day(wanted.since):
        found = found.where(Event.at >= datetime.combine(day, time(), UTC))
    if day := _day(wanted.until):
        found = found.where(Event.at <= datetime.combine(day, time.max, UTC))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
