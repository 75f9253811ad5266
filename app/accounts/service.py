"""Adding, changing and removing people; every function runs inside write()."""

from sqlalchemy import select

from app import clock
from app.access import Role
from app.accounts import links, sessions
from app.accounts.models import Grant, User
from app.events import record
from app.extensions import db
from app.web import Conflict, Refusal


class AddressTaken(Refusal):
    """Somebody has this e-mail address already."""


class PartnerMissing(Refusal):
    """Somebody of a partner must belong to one."""


class OwnAccount(Refusal):
    """Administrators do not lock themselves out."""

    status = 403


class LastAdministrator(Conflict):
    """Somebody must be left who can let people in."""

    title = "This is the last administrator"


def add_user(email: str, name: str, role: Role, partner_ids=(), *, invited: bool = True) -> User:
    """A new person, invited by mail unless `invited` is False. Raises AddressTaken, PartnerMissing."""
    email = email.strip().lower()
    refuse_taken_address(email)
    user = User(email=email, name=name.strip(), role=role, created_at=clock.now())
    db.session.add(user)
    _grant(user, role, partner_ids)
    record("user.created", subject=user, role=role, partners=sorted(partner_ids))
    if invited:
        links.invite(user)
    return user


def awaited_administrator(email: str) -> User | None:
    """Who was made administrator and has not come in yet, whose links before this end."""
    user = db.session.scalar(select(User).where(User.email == email.strip().lower(), User.role == Role.ADMINISTRATOR))
    if user is None or user.has_joined or not user.is_active:
        return None
    links.revoke(user)
    return user


def change_user(user: User, *, email: str, name: str, role: Role, partner_ids, actor: User) -> None:
    """Change who somebody is. Raises AddressTaken, PartnerMissing, OwnAccount, LastAdministrator."""
    email = email.strip().lower()
    refuse_taken_address(email, user)
    if role != user.role:
        _keep_an_administrator(user, actor)
    moved = email != user.email
    user.email, user.name, user.role = email, name.strip(), role
    _grant(user, role, partner_ids)
    if moved:
        links.revoke(user)
    record("user.changed", subject=user, role=role, partners=sorted(partner_ids), address_changed=moved)
    if moved and not user.has_joined:
        links.invite(user)


def deactivate(user: User, actor: User) -> None:
    """End somebody's access at once: sessions and open links too. Raises OwnAccount, LastAdministrator."""
    _keep_an_administrator(user, actor)
    user.disabled_at = clock.now()
    sessions.end_all(user)
    links.revoke(user)
    record("user.deactivated", subject=user)


def reactivate(user: User) -> None:
    user.disabled_at = None
    record("user.reactivated", subject=user)


def set_money_sight(grant: Grant, sees_money: bool) -> None:
    """A partner lead lets an analyst of the own company see amounts, or no longer."""
    grant.sees_money = sees_money
    record("money-sight.granted" if sees_money else "money-sight.withdrawn", subject=grant, user=grant.user_id)


def refuse_taken_address(email: str, own: User | None = None) -> None:
    """Raises AddressTaken when another person has the address."""
    holder = db.session.scalar(select(User.id).where(User.email == email))
    if holder is not None and (own is None or holder != own.id):
        raise AddressTaken("Somebody has this e-mail address already. Look for it in the list of people.")


def _grant(user: User, role: Role, partner_ids) -> None:
    """Grants for exactly these partners; those that stay keep the sight of money."""
    wanted = set() if role is Role.ADMINISTRATOR else set(partner_ids)
    if role.is_partner and not wanted:
        raise PartnerMissing("Choose the partner this person works for.")
    kept = {grant.partner_id: grant for grant in user.grants}
    for partner_id in kept.keys() - wanted:
        user.grants.remove(kept[partner_id])
    user.grants.extend(Grant(partner_id=partner_id) for partner_id in sorted(wanted - kept.keys()))
    for grant in user.grants:
        grant.sees_money = bool(grant.sees_money) and role is Role.ANALYST


def _keep_an_administrator(user: User, actor: User) -> None:
    """On PostgreSQL two who act at once meet at the locked rows; on SQLite write() has already made them wait."""
    if user.role is not Role.ADMINISTRATOR:
        return
    if user.id == actor.id:
        raise OwnAccount("You cannot take this away from yourself. Ask another administrator.")
    able = select(User.id).where(
        User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None), User.password_hash.is_not(None)
    )
    left = set(db.session.scalars(able.order_by(User.id).with_for_update(key_share=True))) - {user.id}
    if not left:
        raise LastAdministrator("This is the last administrator who can log in. Add another one first.")
