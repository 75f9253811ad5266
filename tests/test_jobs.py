"""The job row is the queue: claimed once, taken over from a worker that went away, given up in the end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.extensions import db, write
from app.jobs import Job, Kind
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable


@pytest.fixture
def work(monkeypatch):
    """A kind of job of this test's own; what was done and what was given up are listed."""
    done, given_up = [], []
    known = Kind(lambda row: done.append(row.subject_id), on_failure=lambda row: given_up.append(row.subject_id))
    monkeypatch.setitem(jobs._kinds, "test.work", known)
    return done, given_up


@pytest.fixture
def change(monkeypatch, work):
    """`change(lease=…)`: the same kind of job with another part."""
    return lambda **parts: monkeypatch.setitem(jobs._kinds, "test.work", replace(jobs._kinds["test.work"], **parts))


@pytest.fixture
def state(inside):
    def read() -> str:
        with inside() as session:
            return session.scalars(select(Job.state).where(Job.kind == "test.work")).one()

    return read


def enqueue(app) -> None:
    with app.app_context(), write():
        jobs.enqueue("test.work", 7)


def test_a_job_is_done_once(app, work, state):
    enqueue(app)
    with app.app_context():
        assert jobs.run_pending() == 1
        assert jobs.run_pending() == 0
    assert work == ([7], [])
    assert state() == "done"


def test_a_claimed_job_belongs_to_its_worker_until_the_lease_ends(app, work):
    enqueue(app)
    with app.app_context(), clock.at(THE_DAY):
        assert jobs.claim() is not None
        assert jobs.claim() is None
        with clock.at(THE_DAY + jobs.LEASE + timedelta(seconds=1)):
            assert jobs.run_pending() == 1
    assert work == ([7], [])


def test_the_lease_ends_also_where_the_demo_holds_the_day(app, change, monkeypatch):
    enqueue(app)
    monkeypatch.setitem(app.config, "FIXED_NOW", THE_DAY)
    change(lease=timedelta(0))
    with app.app_context():
        assert jobs.claim() is not None
        assert jobs.run_pending() == 1


def test_a_job_that_ends_every_worker_is_given_up(app, work, state):
    enqueue(app)
    for taken in range(jobs.ATTEMPTS):
        with app.app_context(), clock.at(THE_DAY + 2 * taken * jobs.LEASE):
            assert jobs.claim() is not None
    with app.app_context(), clock.at(THE_DAY + timedelta(days=1)):
        jobs.run_pending()
        assert jobs.claim() is None
    assert work == ([], [7])
    assert state() == "failed"


def test_a_kind_that_the_worker_does_not_know_waits_for_one_that_does(app, work, state, monkeypatch):
    enqueue(app)
    with app.app_context():
        with monkeypatch.context() as older:
            older.delitem(jobs._kinds, "test.work")
            assert jobs.run_pending() == 0
        assert state() == "waiting"
        assert jobs.run_pending() == 1
    assert work == ([7], [])


def test_two_workers_plan_the_same_day(app, inside, monkeypatch):
    with inside() as session, write():
        jobs.enqueue("reports.open", 0, unique="reports.open:2026-11-22")
    monkeypatch.setattr(jobs, "_planned", {})
    monkeypatch.setattr(jobs, "enqueue", _blindly)
    with app.app_context(), clock.at(THE_DAY):
        jobs.plan_recurring()
    with inside() as session:
        assert len(session.scalars(select(Job).where(Job.unique_key.endswith(":2026-11-22"))).all()) == 1


def _blindly(kind: str, subject_id: int, unique: str) -> None:
    """As when the other worker commits after this one looked."""
    db.session.add(Job(kind=kind, subject_id=subject_id, unique_key=unique, created_at=clock.now()))


def test_a_job_that_failed_waits_longer_before_each_further_try(app, work, change, monkeypatch):
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    change(work=fail)
    enqueue(app)
    with app.app_context(), clock.at(THE_DAY):
        assert jobs.work_once()
        assert not jobs.work_once()
        with clock.at(THE_DAY + jobs.PAUSE):
            assert jobs.work_once()
            assert not jobs.work_once()
        with clock.at(THE_DAY + jobs.PAUSE * 2):
            assert not jobs.work_once()
        with clock.at(THE_DAY + jobs.PAUSE * 3):
            assert jobs.work_once()
    assert work == ([], [7])


def test_a_worker_whose_job_was_taken_over_writes_no_end(app, work, state):
    enqueue(app)
    with app.app_context(), clock.at(THE_DAY):
        slow = jobs.claim()
    with app.app_context(), clock.at(THE_DAY + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.claim() is not None
        jobs._finish(slow, RuntimeError("too late"))
    assert state() == "running"


def test_giving_up_may_fail_and_the_worker_goes_on(app, state, change, monkeypatch):
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    change(work=fail, on_failure=fail)
    enqueue(app)
    with app.app_context():
        assert jobs.run_pending() == jobs.ATTEMPTS
    assert state() == "failed"


def test_write_inside_write_is_refused(app):
    with app.app_context():
        with pytest.raises(RuntimeError, match="inside write"), write(), write():
            pass
        with write():
            assert db.session.scalars(select(Job)).all() == []


def fail(_row) -> None:
    raise RuntimeError("it does not work")


@pytest.mark.parametrize("taken", [False, True])
def test_what_is_called_off_stays_so(app, work, state, taken):
    enqueue(app)
    with app.app_context(), clock.at(THE_DAY):
        row = jobs.claim() if taken else None
        with write():
            jobs.call_off(["test.work", "test.other"], 7)
        if row is not None:
            jobs._finish(row, RuntimeError("too late"))
        assert jobs.claim() is None
    assert (state(), work) == ("called off", ([], []))


def test_only_what_is_about_the_row_is_called_off(app, work, state):
    enqueue(app)
    with app.app_context(), write():
        jobs.call_off(["test.work"], 8)
        jobs.call_off(["test.other"], 7)
    assert state() == "waiting"
