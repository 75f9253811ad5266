"""One person with two mailboxes could send figures and approve them: what can be seen of it, and who let whom in."""

from collections.abc import Collection, Iterable
from pathlib import Path

from sqlalchemy import and_, exists, select

from app.access import Role
from app.accounts.models import Grant, User
from app.events import Event
from app.extensions import db

# Anybody can have a mailbox here: two people at one of these say nothing about each other.
PUBLIC_DOMAINS = frozenset(Path(__file__).with_name("public-mail-domains.txt").read_text().split())
OF_PARTNERS = [role for role in Role if role.is_partner]


def domain_of(email: str) -> str:
    return email.strip().lower().rpartition("@")[2]


def is_shared(email: str, role: Role, partner_ids: Collection[int] = ()) -> bool:
    """Whether the address is at a domain that the other side uses: for somebody of a partner everybody who does not
    work for it, for somebody internal every partner. It is not said which: that may be out of the asker's sight.

    An address that somebody has already is refused for that alone.
    """
    domain, address = domain_of(email), email.strip().lower()
    if domain in PUBLIC_DOMAINS:
        return False
    there = User.email.endswith(f"@{domain}", autoescape=True)
    of_a_partner = User.role.in_(OF_PARTNERS)
    if role.is_partner:
        ours = exists().where(Grant.user_id == User.id, Grant.partner_id.in_(partner_ids))
        other_side = ~and_(of_a_partner, ours)
    else:
        other_side = of_a_partner
    others = select(User.id).where(there, other_side, ~exists().where(User.email == address).correlate(None))
    return db.session.scalars(others.limit(1)).first() is not None


def let_in(people: Iterable[User], by: User) -> list[User]:
    """Those of these people whom somebody added, invited, or gave another address; one statement."""
    known = {person.id: person for person in people}
    acts = select(Event.subject_id, Event.kind, Event.figures).where(
        Event.subject == User.__tablename__,
        Event.subject_id.in_(known),
        Event.actor_id == by.id,
        Event.kind.in_(("user.created", "user.invited", "user.changed")),
    )
    found = {
        subject_id
        for subject_id, kind, figures in db.session.execute(acts)
        if kind != "user.changed" or figures.get("address_changed")
    }
    return [person for person_id, person in known.items() if person_id in found]
