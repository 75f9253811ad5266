"""Who is told what about a concession, by mail."""

from collections.abc import Iterable

from app import mail
from app.access import Role
from app.accounts.models import User
from app.accounts.reach import people_of
from app.concessions.models import KINDS, Concession


def tell_asked(concession: Concession) -> None:
    """Tell those who may decide, except who asked."""
    deciders = [user for role in (Role.MANAGER, Role.DIRECTOR) for user in people_of(role, concession.partner_id)]
    _tell(concession, deciders, "concession-asked", concession.asked_by)


def tell_decided(concession: Concession) -> None:
    """Tell who asked and who pays the invoice, and the partner's leads what was granted or what they asked for."""
    told = [concession.asked_by, *people_of(Role.FINANCE, concession.partner_id)]
    if concession.decision == "granted" or concession.by_partner:
        told += people_of(Role.LEAD, concession.partner_id)
    reached = (user for user in told if user.is_active and user.scope.includes(concession.partner_id))
    _tell(concession, reached, "concession-decided", concession.decided_by)


def _tell(concession: Concession, people: Iterable[User], template: str, but: User) -> None:
    for user in {user.id: user for user in people}.values():
        if user.id != but.id:
            mail.send(user.email, template, concession=concession, kind=KINDS[concession.kind])
