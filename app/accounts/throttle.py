"""The throttle: how often somebody may try, counted per address, per network and for both together."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import LoginAttempt
from app.events import digest_of
from app.extensions import db, write
from app.web import Refusal

WINDOW = timedelta(minutes=15)
ADVICE = "Wait 15 minutes and try again, or ask for a new password by mail."
ADVISORY_LOCK = 0x7472  # any number that no other lock uses


class TooManyTries(Refusal):
    """Too many failed tries for this address or from this network."""

    status = 429


@dataclass(frozen=True)
class Limits:
    """How many tries fit into the window. The pair is strict; the address alone is wide, or strangers could lock it."""

    pair: int
    address: int
    network: int


@dataclass(frozen=True)
class Try:
    """One try that was counted; its rows go again when it succeeds."""

    subjects: tuple[str, str, str]
    attempt_ids: tuple[int, ...]


def count(action: str, address: str, network: str, limits: Limits, words: str = ADVICE) -> Try:
    """Note a try before anything is checked, so that simultaneous ones count too. Raises TooManyTries."""
    subjects = _subjects(action, address, network)
    now = clock.wall()
    with write() as changes:
        _queue_up(changes)
        changes.execute(delete(LoginAttempt).where(LoginAttempt.at <= now - WINDOW))
        counted = dict(
            changes.execute(
                select(LoginAttempt.subject, func.count())
                .where(LoginAttempt.subject.in_(subjects))
                .group_by(LoginAttempt.subject)
            ).all()
        )
        for subject, limit in zip(subjects, (limits.pair, limits.address, limits.network), strict=True):
            if counted.get(subject, 0) >= limit:
                raise TooManyTries(words)
        attempts = [LoginAttempt(subject=subject, at=now) for subject in subjects]
        changes.add_all(attempts)
        changes.flush()
        return Try(subjects, tuple(attempt.id for attempt in attempts))


def _queue_up(session: Session) -> None:
    """On PostgreSQL simultaneous tries wait for each other here; on SQLite write() has already made them wait."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def forgive(made: Try) -> None:
    """After a success, inside write(): this try does not count, nor do earlier ones of this address from here."""
    pair = made.subjects[0]
    db.session.execute(
        delete(LoginAttempt).where((LoginAttempt.subject == pair) | LoginAttempt.id.in_(made.attempt_ids))
    )


def _subjects(action: str, address: str, network: str) -> tuple[str, str, str]:
    """Salted digests: the table says neither who was tried nor from where."""
    return (
        digest_of(f"{action}:pair:{address}:{network}"),
        digest_of(f"{action}:address:{address}"),
        digest_of(f"{action}:network:{network}"),
    )
