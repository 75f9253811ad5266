"""One-time links by mail: invitations and password resets. The token is made when its mail is sent, never kept."""

from collections.abc import Callable

from flask import abort
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app import clock, jobs, mail
from app.access import Role
from app.accounts import passwords, sessions
from app.accounts.models import Token, User, hash_secret, issue_token
from app.events import record, timeline
from app.extensions import db, write
from app.web import Refusal

ENDPOINTS = {"invitation": "accounts.invitation", "password-reset": "accounts.password_reset"}
SENDING = ("invitation.send", "password-reset.send")

ENDED = {
    "invitation": "This link has been used, or it is too old. An invitation lets you in once, within seven days.",
    "password-reset": "This link has been used, or it is too old. It sets a new password once, within two hours.",
}


class LinkEnded(Refusal):
    """The link was used, replaced or is too old."""

    status = 410


def make_link(user: User, purpose: str) -> str:
    """A fresh link for the user, inside write(); the only place that ever sees the token."""
    token, row = issue_token(user, purpose)
    db.session.add(row)
    return mail.link(ENDPOINTS[purpose], token=token)


def invite(user: User) -> None:
    """Have the worker send an invitation, inside write(); one that still waits to be sent would be a second mail."""
    jobs.call_off(["invitation.send"], user.id)
    jobs.enqueue("invitation.send", user.id)
    record("user.invited", subject=user)


def ask_reset(email: str) -> None:
    """Have the worker send a link if somebody has the address; the same steps are taken when nobody has.

    One that still waits would be a second mail: a mail server that was down gets the newest alone.
    """
    user_id = db.session.scalar(select(User.id).where(User.email == email.strip().lower())) or 0
    with write():
        jobs.call_off(["password-reset.send"], user_id)
        jobs.enqueue("password-reset.send", user_id)


def find_link(purpose: str, token: str, *, to_redeem: bool = False) -> Token:
    """The link's row: 404 when there never was one, LinkEnded when its time is over.

    Who redeems it holds the user before all links, as everybody does who ends them; inside write().
    """
    query = select(Token).where(Token.token_hash == hash_secret(token), Token.purpose == purpose)
    row = db.session.scalars(query.options(joinedload(Token.user))).one_or_none()
    if row is None:
        abort(404)
    if to_redeem:
        db.session.refresh(row.user, with_for_update={"of": User, "key_share": True})
        db.session.refresh(row)
    if not row.is_usable(clock.now()):
        raise LinkEnded(ENDED[purpose])
    return row


def redeem(purpose: str, token: str, password: str, name: str | None = None) -> User:
    """Set the password by a link, inside write(): the link, all others and all sessions of the user end."""
    user = find_link(purpose, token, to_redeem=True).user
    revoke(user)
    sessions.end_all(user)
    user.password_hash = passwords.hashed(password)
    if name:
        user.name = name
    record("user.joined" if purpose == "invitation" else "password.reset", subject=user, actor=user)
    return user


def revoke(user: User) -> None:
    """End every open link of the user, the calendar feed's address too, and call off those that are still to be sent.

    Inside write().
    """
    db.session.execute(
        update(Token).where(Token.user_id == user.id, Token.used_at.is_(None)).values(used_at=clock.now())
    )
    jobs.call_off(SENDING, user.id)


@jobs.job("invitation.send", attempts=mail.ATTEMPTS)
def send_invitation(job: jobs.Job) -> None:
    _send(job, lambda user: None if user.has_joined else "invitation")


@jobs.job("password-reset.send", attempts=mail.ATTEMPTS)
def send_reset(job: jobs.Job) -> None:
    """Somebody who was invited and never came gets the invitation again."""
    _send(job, lambda user: "password-reset" if user.has_joined else "invitation")


def _send(job: jobs.Job, purpose_of: Callable[[User], str | None]) -> None:
    """A link made now, for whoever may still use it: the mail server may have been down since it was asked for."""
    with write():
        user = _active(job.subject_id)
        purpose = purpose_of(user) if user is not None and jobs.stands(job) else None
        if user is None or purpose is None:
            return
        recipient, link = user.email, make_link(user, purpose)
        asked_by = _inviter(user) if purpose == "invitation" else None
        companies = sorted(grant.partner.name for grant in user.grants) if user.role.is_partner else []
    mail.post(recipient, purpose, person=user, link=link, inviter=asked_by, companies=companies)


def _inviter(user: User) -> User | None:
    """Who invited them last; None for an account that the command line made."""
    invited = (event for event in timeline(user) if event.kind == "user.invited")
    return next((event.actor for event in invited), None)


def _active(user_id: int) -> User | None:
    person = select(User).where(User.id == user_id, User.disabled_at.is_(None), User.role != Role.SYSTEM)
    return db.session.scalars(person).one_or_none()
