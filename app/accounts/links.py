"""One-time links by mail: invitations and password resets. The token is made when its mail is sent, never kept."""

from flask import abort
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app import clock, jobs, mail
from app.accounts import passwords, sessions
from app.accounts.models import Token, User, hash_secret, issue_token
from app.events import record
from app.extensions import db, write
from app.web import Refusal

ENDPOINTS = {"invitation": "accounts.invitation", "password-reset": "accounts.password_reset"}

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
    """Have the worker send an invitation, inside write()."""
    jobs.enqueue("invitation.send", user.id)
    record("user.invited", subject=user)


def ask_reset(email: str) -> None:
    """Have the worker send a link if somebody has the address; the same steps are taken when nobody has."""
    user_id = db.session.scalar(select(User.id).where(User.email == email.strip().lower()))
    with write():
        jobs.enqueue("password-reset.send", user_id or 0)


def find_link(purpose: str, token: str) -> Token:
    """The link's row: 404 when there never was one, LinkEnded when its time is over."""
    query = select(Token).where(Token.token_hash == hash_secret(token), Token.purpose == purpose)
    row = db.session.scalars(query.options(joinedload(Token.user)).with_for_update(of=Token)).one_or_none()
    if row is None:
        abort(404)
    if not row.is_usable(clock.now()):
        raise LinkEnded(ENDED[purpose])
    return row


def redeem(purpose: str, token: str, password: str, name: str | None = None) -> User:
    """Set the password by a link, inside write(): the link, all others and all sessions of the user end."""
    user = find_link(purpose, token).user
    revoke(user)
    sessions.end_all(user)
    user.password_hash = passwords.hashed(password)
    if name:
        user.name = name
    record("user.joined" if purpose == "invitation" else "password.reset", subject=user, actor=user)
    return user


def revoke(user: User) -> None:
    """End every open link of the user, inside write()."""
    db.session.execute(
        update(Token).where(Token.user_id == user.id, Token.used_at.is_(None)).values(used_at=clock.now())
    )


@jobs.job("invitation.send")
def send_invitation(job: jobs.Job) -> None:
    user = _active(job.subject_id)
    if user is not None and not user.has_joined:
        _send(user, "invitation")


@jobs.job("password-reset.send")
def send_reset(job: jobs.Job) -> None:
    """Somebody who was invited and never came gets the invitation again."""
    user = _active(job.subject_id)
    if user is not None:
        _send(user, "password-reset" if user.has_joined else "invitation")


def _active(user_id: int) -> User | None:
    return db.session.scalars(select(User).where(User.id == user_id, User.disabled_at.is_(None))).one_or_none()


def _send(user: User, purpose: str) -> None:
    with write():
        link = make_link(user, purpose)
    mail.post(user.email, purpose, person=user, link=link)
