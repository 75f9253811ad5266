"""The list of people as an administrator asks for it: by words, role, partner and state, page by page.

The partners to choose among are asked for through the mapping: the package of partners stands above this one.
"""

from dataclasses import asdict, dataclass
from typing import Self

from sqlalchemy import Select, func, inspect, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Role
from app.accounts.models import Grant, User
from app.events import Event
from app.extensions import db

PAGE_SIZE = 25
HISTORY_LENGTH = 20
STATES = {
    "active": (User.disabled_at.is_(None), User.password_hash.is_not(None)),
    "invited": (User.disabled_at.is_(None), User.password_hash.is_(None)),
    "deactivated": (User.disabled_at.is_not(None),),
}


@dataclass(frozen=True)
class Wanted:
    """What the filter asks for; empty is everything."""

    q: str = ""
    role: str = ""
    partner: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query) -> Self:
        words = {name: query.get(name, "").strip() for name in ("q", "role", "partner", "state")}
        return cls(**words, page=min(max(query.get("page", 1, type=int), 1), 100_000))

    def query(self, page: int) -> dict:
        """The same filter on another page, as arguments of url_for."""
        return {name: value for name, value in asdict(self).items() if value and name != "page"} | {"page": page}


def people(wanted: Wanted) -> tuple[list[User], int]:
    """One page of the people who fit, with their partners, and how many fit in all."""
    found = _fitting(wanted)
    total = db.session.scalar(select(func.count()).select_from(found.subquery()))
    rows = found.order_by(func.lower(User.name), User.id).limit(PAGE_SIZE).offset((wanted.page - 1) * PAGE_SIZE)
    loaded = rows.options(selectinload(User.grants).options(joinedload(Grant.partner)))
    return db.session.scalars(loaded).all(), total


def partners() -> list:
    """The partners within the scope, by name."""
    partner = _partner()
    return db.session.scalars(select(partner).order_by(partner.name)).all()


def history_of(user: User) -> list[Event]:
    """What was done to a person's account, newest first; logging in and out is for the audit page."""
    return db.session.scalars(
        select(Event)
        .where(Event.subject == "user", Event.subject_id == user.id, Event.kind.not_like("session.%"))
        .order_by(Event.id.desc())
        .limit(HISTORY_LENGTH)
        .options(joinedload(Event.actor))
    ).all()


def _fitting(wanted: Wanted) -> Select:
    found = select(User).where(User.role != Role.SYSTEM)
    for word in wanted.q.split():
        found = found.where(
            or_(User.name.icontains(word, autoescape=True), User.email.icontains(word, autoescape=True))
        )
    if wanted.role in set(Role):
        found = found.where(User.role == Role(wanted.role))
    if wanted.partner:
        partner = _partner()
        ids = select(partner.id).where(partner.key == wanted.partner)
        found = found.where(User.grants.any(Grant.partner_id.in_(ids)))
    return found.where(*STATES.get(wanted.state, ()))


def _partner() -> type:
    return inspect(Grant).relationships["partner"].mapper.class_
