"""Work longer than a request: the job row is the queue, and the worker polls it.

A row is written in the same transaction as the business row it serves. A worker claims it with a lease; a lease that
ran out (the worker was killed) is claimed again. A job that failed waits longer before each further try. A job's
function reads slowly first and writes last.
"""

import logging
import signal
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, Index, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, tenancy
from app.extensions import Base, Keyed, db, write

LEASE = timedelta(minutes=5)
ATTEMPTS = 3
PAUSE = timedelta(seconds=10)
DAILY, HOURLY = "%Y-%m-%d", "%Y-%m-%dT%H"
log = logging.getLogger(__name__)


class Job(Keyed, Base):
    """`state` is waiting, running, done, failed or called off; `subject_id` is the row that the work is about.

    `lease_until` is until when a running job is its worker's, and before when a waiting one is not tried again.
    """

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "lease_until"),)

    kind: Mapped[str]
    subject_id: Mapped[int]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    unique_key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def reason(self) -> str:
        """Why the last attempt failed, without the name of the error."""
        return self.error.partition(": ")[2]


@dataclass(frozen=True)
class Kind:
    """How one kind of job is done. `on_failure` runs once, when the last attempt failed.

    It is done within its partner's scope, or over all partners when its row names none; `scope` says a narrower one.
    Work that somebody waits for takes a short `lease`, after which it is claimed again when its worker was killed.
    """

    work: Callable[[Job], None]
    attempts: int = ATTEMPTS
    lease: timedelta = LEASE
    scope: Callable[[Job], tenancy.Scope] | None = None
    on_failure: Callable[[Job], None] | None = None


_kinds: dict[str, Kind] = {}
_recurring: dict[str, str] = {}
_planned: dict[str, str] = {}


def job(kind: str, **how) -> Callable:
    """Register the function that does a kind of job; `how` are the other parts of a `Kind`."""

    def register(work: Callable[[Job], None]) -> Callable[[Job], None]:
        _kinds[kind] = Kind(work, **how)
        return work

    return register


def enqueue(
    kind: str,
    subject_id: int,
    *,
    partner_id: int | None = None,
    unique: str | None = None,
    after: timedelta | None = None,
) -> Job | None:
    """Write a job row inside the running transaction; a second one with the same `unique` key is not written.

    No worker takes it before `after`: until then it is left to whoever asks for it.
    """
    if kind not in _kinds:
        raise LookupError(f"no job is called {kind!r}")
    if unique and db.session.scalars(select(Job.id).where(Job.unique_key == unique)).first():
        return None
    row = Job(kind=kind, subject_id=subject_id, partner_id=partner_id, unique_key=unique, created_at=clock.now())
    row.lease_until = clock.wall() + after if after else None
    db.session.add(row)
    return row


def call_off(kinds: Collection[str], subject_id: int) -> None:
    """End what waits or runs about a row, inside write(); what already runs asks `stands` before it acts."""
    still_open = (Job.kind.in_(kinds), Job.subject_id == subject_id, Job.state.in_(("waiting", "running")))
    db.session.execute(update(Job).where(*still_open).values(state="called off", finished_at=clock.now()))


def stands(row: Job) -> bool:
    """Whether a job is still its worker's: neither called off nor taken over by another."""
    mine = select(Job.id).where(Job.id == row.id, Job.attempts == row.attempts, Job.state == "running")
    return db.session.scalar(mine.with_for_update()) is not None


def claim(*, at_once: bool = False) -> Job | None:
    """Take the oldest job whose time has come, or whose worker went away; `at_once` passes over the pauses.

    A kind that this worker does not know waits for one of another version that does.
    """
    now = clock.wall()
    is_ripe = true() if at_once else or_(Job.lease_until.is_(None), Job.lease_until <= now)
    with tenancy.unscoped("job claim"), write() as session:
        is_open = or_((Job.state == "waiting") & is_ripe, (Job.state == "running") & (Job.lease_until < now))
        oldest = select(Job).where(is_open, Job.kind.in_(_kinds)).order_by(Job.id).limit(1)
        row = session.scalars(oldest.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        row.state, row.attempts, row.lease_until = "running", row.attempts + 1, now + _kinds[row.kind].lease
        session.flush()
        session.expunge(row)
        return row


def perform(row: Job) -> None:
    """Do a claimed job within its own partner's scope; failures are kept on the row and tried again."""
    kind = _kinds[row.kind]
    db.session.remove()
    tenancy.bind((kind.scope or _scope_of)(row))
    try:
        if row.attempts > kind.attempts:
            raise TimeoutError("its worker ended before it was done, every time")
        kind.work(row)
    except Exception as failure:  # the boundary of the worker: the reason is kept on the row and logged
        log.exception("job %s (%s) failed", row.id, row.kind)
        _finish(row, failure)
    else:
        _finish(row, None)


def _scope_of(row: Job) -> tenancy.Scope:
    return tenancy.Scope.all() if row.partner_id is None else tenancy.Scope.of([row.partner_id])


def work_once(*, at_once: bool = False) -> bool:
    """Claim one job and do it in an application context of its own: no scope leaks in or out. False when none waits."""
    with current_app.app_context():
        row = claim(at_once=at_once)
        if row is None:
            return False
        perform(row)
    return True


def run_pending() -> int:
    """Do everything that waits, in this process and without the pauses: for tests and the demo story."""
    count = 0
    while work_once(at_once=True):
        count += 1
    return count


def work_forever(pause: float = 0.5) -> None:
    """The worker's life: do what waits, plan the day's recurring work, sleep, until SIGTERM ends it after a job."""
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    signal.signal(signal.SIGINT, lambda *_: stopping.append(True))
    signal.signal(signal.SIGALRM, _too_long)
    while not stopping:
        with current_app.app_context():
            plan_recurring()
        signal.alarm(int(LEASE.total_seconds()) - 10)
        worked = work_once()
        signal.alarm(0)
        if not worked:
            time.sleep(pause)


def every_day(kind: str) -> None:
    """Have a registered kind done once a day, whichever worker comes first."""
    _recurring[kind] = DAILY


def every_hour(kind: str) -> None:
    """The same once an hour."""
    _recurring[kind] = HOURLY


def plan_recurring() -> None:
    """Write the day's or the hour's row of each recurring kind that has none; another worker may do the same."""
    now = clock.now()
    hour = now.strftime(HOURLY)
    if _planned.get("hour") == hour:
        return
    try:
        with tenancy.unscoped("job claim"), write():
            for kind, occurrence in sorted(_recurring.items()):
                enqueue(kind, 0, unique=f"{kind}:{now.strftime(occurrence)}")
    except IntegrityError:
        return
    _planned["hour"] = hour


def _too_long(*_args) -> None:
    raise TimeoutError("the job ran longer than its lease")


def _finish(row: Job, failure: Exception | None) -> None:
    """Keep how it ended, unless it was called off, or its lease ran out and another worker has taken it over."""
    db.session.rollback()
    kind = _kinds[row.kind]
    final = failure is None or row.attempts >= kind.attempts
    if failure is not None and final and kind.on_failure:
        _give_up(row, kind.on_failure)
    with write() as session:
        if not stands(row):
            return
        kept = session.scalars(select(Job).where(Job.id == row.id)).one()
        kept.state = "done" if failure is None else "failed" if final else "waiting"
        kept.error = "" if failure is None else f"{type(failure).__name__}: {failure}"[:500]
        kept.lease_until = None if final else clock.wall() + PAUSE * 2 ** (row.attempts - 1)
        kept.finished_at = clock.now() if final else None


def _give_up(row: Job, on_failure: Callable[[Job], None]) -> None:
    try:
        on_failure(row)
    except Exception:  # the job has failed in any case, and the worker goes on
        log.exception("giving up job %s (%s) failed", row.id, row.kind)
        db.session.rollback()
