"""The secret address of a person's calendar feed: one at a time, only its hash is kept."""

from flask import abort
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app import clock, mail
from app.access import GRANTS, Permission
from app.accounts.models import Token, User, hash_secret, issue_token
from app.events import record
from app.extensions import db

PURPOSE = "calendar"


def open_calendar(user: User) -> str:
    """A new address, which ends the one before; inside write(). The only place that ever sees the token."""
    _end(user)
    token, row = issue_token(user, PURPOSE)
    db.session.add(row)
    record("calendar.opened", subject=user)
    return mail.link("reports.calendar", token=token)


def end_calendar(user: User) -> None:
    """Inside write()."""
    _end(user)
    record("calendar.ended", subject=user)


def calendar_of(user: User) -> Token | None:
    """The person's address that is still good."""
    return db.session.scalars(
        select(Token).where(Token.user_id == user.id, *_OPEN, Token.expires_at > clock.now())
    ).one_or_none()


def reader_of(token: str) -> User:
    """Whose feed it is: 404 for an address that never was, has ended, or whose person reads no reports any more."""
    query = select(Token).where(Token.token_hash == hash_secret(token), Token.purpose == PURPOSE)
    row = db.session.scalars(query.options(joinedload(Token.user).joinedload(User.grants))).unique().one_or_none()
    if row is None or not row.is_usable(clock.now()) or Permission.REPORT_READ not in GRANTS[row.user.role]:
        abort(404)
    return row.user


_OPEN = (Token.purpose == PURPOSE, Token.used_at.is_(None))


def _end(user: User) -> None:
    db.session.execute(update(Token).where(Token.user_id == user.id, *_OPEN).values(used_at=clock.now()))
