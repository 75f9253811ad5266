"""Logging in and staying logged in: a session row per login, so that logging out ends it on the server."""

import re
from datetime import timedelta
from functools import cache

from flask import current_app, request, session
from flask_login import current_user, login_user
from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from app import clock, tenancy
from app.accounts import passwords, throttle
from app.accounts.models import LoginSession, User, hash_secret, new_secret
from app.events import record
from app.extensions import db, login, note, write
from app.web import asked_by_program

LIMITS = throttle.Limits(pair=5, address=30, network=60)
BROWSERS = re.compile(r"(Edg|OPR|Firefox|Chrome|Safari)/")
SYSTEMS = re.compile(r"(iPhone|iPad|Android|Windows|Mac OS X|CrOS|Linux)")
NAMES = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS", "CrOS": "ChromeOS"}


@login.user_loader
def load_user(token: str) -> User | None:
    """The user of a session row that has not expired; Flask-Login asks once per request. Programs have no sessions."""
    if asked_by_program():
        return None
    asked = {"token_hash": hash_secret(token), "now": clock.now()}
    row = db.session.scalars(_session_in_use(), asked).unique().one_or_none()
    if row is None or not row.user.is_active:
        return None
    _note(row)
    row.user.session_token = token
    return row.user


@cache
def _session_in_use() -> Select[tuple[LoginSession]]:
    """Built once: every request asks it."""
    in_use = LoginSession.token_hash == bindparam("token_hash"), LoginSession.expires_at > bindparam("now")
    return select(LoginSession).where(*in_use).options(joinedload(LoginSession.user).joinedload(User.grants))


def _note(row: LoginSession) -> None:
    """Write when the session is in use, once in a while; two pages at once write it once, and neither waits."""
    now = clock.now()
    if not row.should_be_noted(now):
        return
    before = LoginSession.seen_at.is_(None) | (LoginSession.seen_at <= now - LoginSession.SEEN_EVERY)
    try:
        with note() as connection:
            connection.execute(update(LoginSession).where(LoginSession.id == row.id, before).values(seen_at=now))
    except OperationalError as error:
        current_app.logger.info("a session's last use was not written: %s", error.orig)


def bind_scope() -> None:
    """Before each request: fix what the database session may reach to what the user may see."""
    if current_user.is_authenticated:
        tenancy.bind(current_user.scope)


def authenticate(email: str, password: str, network: str) -> User | None:
    """The user with this address and password, or None. Takes as long either way. Raises TooManyTries."""
    email = email.strip().lower()
    made = throttle.count("login", email, network, LIMITS)
    user = db.session.scalars(select(User).where(User.email == email, User.disabled_at.is_(None))).one_or_none()
    if not passwords.matches(user.password_hash if user else None, password):
        return None
    with write():
        throttle.forgive(made)
        if passwords.is_outdated(user.password_hash):
            user.password_hash = passwords.hashed(password)
    return user


def start(user: User) -> None:
    """Open a session for the user: a row with the token's hash, and a cookie that knows nothing else."""
    token, token_hash = new_secret()
    now = clock.now()
    with tenancy.unscoped("login"), write() as changes:
        changes.add(
            LoginSession(
                token_hash=token_hash,
                user_id=user.id,
                created_at=now,
                expires_at=now + timedelta(hours=current_app.config["SESSION_HOURS"]),
                device=device(request.user_agent.string),
            )
        )
        changes.execute(delete(LoginSession).where(LoginSession.expires_at < now))
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


def end_all(user: User, *, but: str | None = None) -> None:
    """Close every session of a user, inside write(); `but` is the token of one that stays."""
    ending = delete(LoginSession).where(LoginSession.user_id == user.id)
    if but:
        ending = ending.where(LoginSession.token_hash != hash_secret(but))
    db.session.execute(ending)


def running(user: User) -> list[LoginSession]:
    """The sessions that are open now, newest first."""
    return db.session.scalars(
        select(LoginSession)
        .where(LoginSession.user_id == user.id, LoginSession.expires_at > clock.now())
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
    ).all()


def device(user_agent: str) -> str:
    """Browser and system in words; the full header would be a fingerprint that nobody needs."""
    found = [match[1] for match in (BROWSERS.search(user_agent), SYSTEMS.search(user_agent)) if match]
    return " on ".join(NAMES.get(name, name) for name in found) or "Unknown browser"
