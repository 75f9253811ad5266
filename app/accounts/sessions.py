"""Logging in and staying logged in: argon2id, a session row per login, a throttle on failures."""

from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app, session
from flask_login import current_user, login_user
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from app import clock, tenancy
from app.accounts.models import LoginAttempt, LoginSession, User, hash_secret, new_secret
from app.events import digest_of, record
from app.extensions import db, login, write
from app.web import Refusal

hasher = PasswordHasher()
NOBODYS_HASH = hasher.hash("nobody has this password")
WINDOW = timedelta(minutes=15)
TRIES_PER_ADDRESS = 5
TRIES_PER_NETWORK = 50


class TooManyTries(Refusal):
    """The throttle: too many failed logins for this address or from this network."""

    status = 429


@login.user_loader
def load_user(token: str) -> User | None:
    """The user of a session row that has not expired; Flask-Login asks once per request."""
    row = db.session.scalars(
        select(LoginSession)
        .where(LoginSession.token_hash == hash_secret(token), LoginSession.expires_at > clock.now())
        .options(joinedload(LoginSession.user).joinedload(User.grants))
    ).unique().one_or_none()  # fmt: skip
    if row is None or not row.user.is_active:
        return None
    row.user.session_token = token
    return row.user


def bind_scope() -> None:
    """Before each request: fix what the database session may reach to what the user may see."""
    if current_user.is_authenticated:
        tenancy.bind(current_user.scope)


def authenticate(email: str, password: str, network: str) -> User | None:
    """The user with this address and password, or None after noting the failure. Takes as long either way."""
    email = email.strip().lower()
    subjects = [digest_of(f"address:{email}"), digest_of(f"network:{network}")]
    _refuse_too_many(subjects)
    user = db.session.scalars(select(User).where(User.email == email)).one_or_none()
    known = user is not None and user.password_hash is not None and user.is_active
    try:
        hasher.verify(user.password_hash if known else NOBODYS_HASH, password)
    except (VerifyMismatchError, InvalidHashError):
        known = False
    if known:
        return user
    with write() as changes:
        changes.add_all(LoginAttempt(subject=subject, at=clock.now()) for subject in subjects)
    return None


def start(user: User) -> None:
    """Open a session for the user: a row with the token's hash, and a cookie that knows nothing else."""
    token, token_hash = new_secret()
    lifetime = timedelta(hours=current_app.config["SESSION_HOURS"])
    with tenancy.unscoped("login"), write() as changes:
        changes.add(
            LoginSession(
                token_hash=token_hash, user_id=user.id, created_at=clock.now(), expires_at=clock.now() + lifetime
            )
        )
        changes.execute(delete(LoginSession).where(LoginSession.expires_at < clock.now()))
        changes.execute(delete(LoginAttempt).where(LoginAttempt.at < clock.now() - WINDOW))
        record("session.opened", subject=user, actor=user)
    session.clear()
    user.session_token = token
    login_user(user)


def end(user: User) -> None:
    """Close the session on the server; a copy of the cookie is worth nothing afterwards."""
    token_hash = hash_secret(user.session_token)
    with write() as changes:
        changes.execute(delete(LoginSession).where(LoginSession.token_hash == token_hash))
        record("session.closed", subject=user)
    session.clear()


def end_all(user: User) -> None:
    """Close every session of a user, inside write(): after a new password or a deactivation."""
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))


def _refuse_too_many(subjects: list[str]) -> None:
    counted = dict(
        db.session.execute(
            select(LoginAttempt.subject, func.count())
            .where(LoginAttempt.subject.in_(subjects), LoginAttempt.at > clock.now() - WINDOW)
            .group_by(LoginAttempt.subject)
        ).all()
    )
    address, network = (counted.get(subject, 0) for subject in subjects)
    if address >= TRIES_PER_ADDRESS or network >= TRIES_PER_NETWORK:
        raise TooManyTries("Too many failed tries. Wait 15 minutes, or ask for a new password.")
