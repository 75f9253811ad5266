"""Proving that the log is whole: asked for as a row, done by the worker in steps, each kept before the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import clock, events, jobs
from app.accounts.models import User
from app.audit.models import Verification
from app.events import GENESIS, ChainHead, Event
from app.extensions import db, write

STEP = 2_000
# Long before the lease ends the rest is left to a job of its own, behind whatever waits meanwhile.
SPELL = timedelta(seconds=20)


@dataclass(frozen=True)
class Stretch:
    """What reading some events in a row came to."""

    position: int
    newest: str
    checked: int
    wrong: tuple[int, ...]

    @classmethod
    def of(cls, found: Sequence[Event], position: int, newest: str) -> "Stretch":
        wrong = []
        for event in found:
            if not event.follows(newest):
                wrong.append(event.id)
            position, newest = event.id, event.hash
        return cls(position, newest, len(found), tuple(wrong))


def request_verification(actor: User) -> Verification:
    """The row with the head as it stands now, and the job that starts; while one is open, that one. Inside write()."""
    session = db.session()
    head = session.scalars(select(ChainHead).where(ChainHead.id == 1).with_for_update()).one_or_none()
    running = session.scalars(select(Verification).where(Verification.state.in_(("waiting", "running")))).first()
    if running is not None:
        return running
    asked = Verification(
        requested_by_id=actor.id,
        requested_at=clock.now(),
        head=head.hash if head else GENESIS,
        length=head.length if head else 0,
        last_id=session.scalar(select(func.max(Event.id))) or 0,
    )
    session.add(asked)
    session.flush()
    jobs.enqueue("events.verify", asked.id)
    return asked


def first_wrong(verification: Verification) -> Event | None:
    """The first event that does not fit, as long as it is there."""
    return db.session.scalars(select(Event).where(Event.id == verification.first_wrong_id)).one_or_none()


def last_read(verification: Verification) -> Event | None:
    return db.session.scalars(select(Event).where(Event.id == verification.position)).one_or_none()


def _give_up(row: jobs.Job) -> None:
    with write():
        held = _held(row.subject_id)
        if held.is_open:
            _end(held, "failed")


@jobs.job("events.verify", on_failure=_give_up)
def verify(row: jobs.Job) -> None:
    """Step by step from where the row stands; the rest is a further job when this one has taken long enough."""
    until = clock.wall() + SPELL
    while _step(row.subject_id):
        if clock.wall() >= until:
            with write():
                jobs.enqueue("events.verify", row.subject_id)
            return


def _step(verification_id: int) -> bool:
    """Read some events, then keep what they came to; whether more is to be done here.

    Another worker that took the job over has moved the row on: then what was read here is dropped.
    """
    known = db.session.scalars(select(Verification).where(Verification.id == verification_id)).one()
    start = known.position
    ahead = select(Event).where(Event.id > start, Event.id <= known.last_id).order_by(Event.id).limit(STEP)
    stretch = Stretch.of(db.session.scalars(ahead).all(), start, known.newest)
    with write():
        held = _held(verification_id)
        if not held.is_open or held.position != start:
            return False
        _keep(held, stretch)
        if stretch.checked < STEP:
            _end(held, "broken" if held.wrong or not held.ends_at_its_head else "whole")
        return held.is_open


def _keep(held: Verification, stretch: Stretch) -> None:
    held.state, held.position, held.newest = "running", stretch.position, stretch.newest
    held.checked += stretch.checked
    held.wrong += len(stretch.wrong)
    if held.first_wrong_id is None and stretch.wrong:
        held.first_wrong_id = stretch.wrong[0]


def _end(held: Verification, state: str) -> None:
    held.state, held.finished_at = state, clock.now()
    events.record(
        "verification.finished",
        subject=held,
        actor=held.requested_by,
        outcome=state,
        events=held.checked,
        wrong=held.wrong,
        head=held.head,
    )


def _held(verification_id: int) -> Verification:
    """Two that do the same work meet here."""
    query = (
        select(Verification).where(Verification.id == verification_id).options(joinedload(Verification.requested_by))
    )
    return db.session.scalars(query.with_for_update(of=Verification).execution_options(populate_existing=True)).one()
