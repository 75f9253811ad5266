"""What nothing refers to is removed after a while; what anything refers to never, also while it is brought again."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import blobs, clock, jobs, tenancy
from app.accounts.models import User
from app.blobs import Blob
from app.events import Event
from app.extensions import db, write
from app.partners.models import Partner
from app.reports.models import Report
from app.reports.uploads.models import Upload
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
LONG_AGO = THE_DAY - blobs.KEPT - timedelta(days=1)


@pytest.fixture
def store(inside):
    """`store(b"bytes", at)`: keep bytes of Cedar that nothing refers to; returns their id."""

    def keep(content: bytes, at=LONG_AGO) -> int:
        with inside() as session, clock.at(at), write():
            cedar = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
            return blobs.store(cedar.id, content, "text/csv").id

    return keep


@pytest.fixture
def sweep(app, inside):
    """Do a day's sweep; what is left is returned by id."""

    def work() -> set[int]:
        with app.app_context():
            with tenancy.unscoped("job claim"), write():
                jobs.enqueue("blobs.sweep", 0)
            jobs.run_pending()
        with inside() as session:
            return set(session.scalars(select(Blob.id)))

    return work


def test_what_nothing_refers_to_is_removed_after_a_while(store, sweep, inside):
    old, new = store(b"old"), store(b"new", THE_DAY)
    assert sweep() == {new}
    assert old not in sweep()
    with inside() as session:
        swept = session.scalars(select(Event).where(Event.kind == "blob.swept")).all()
        assert [event.figures["files"] for event in swept] == [1]


def test_many_are_removed_in_several_short_steps(store, sweep, monkeypatch):
    monkeypatch.setattr(blobs, "AT_ONCE", 2)
    for number in range(5):
        store(b"%d" % number)
    assert sweep() == set()


def test_the_bytes_of_a_draft_stay_and_those_of_a_refused_file_go(report, filled, upload, sweep, inside):
    key = report()
    with clock.at(LONG_AGO):
        upload("ana", key, filled(key))
        upload("ana", key, b"nothing\nof the kind\n", "letter.csv")
    with inside() as session:
        of_the_draft = session.scalars(select(Report).where(Report.key == key)).one().draft.blob_id
        assert session.scalar(select(func.count()).select_from(Blob)) == 2
    assert sweep() == {of_the_draft}


def test_the_database_keeps_what_a_row_refers_to(report, filled, upload, inside):
    key = report()
    upload("ana", key, filled(key))
    with inside() as session:
        blob = session.scalars(select(Report).where(Report.key == key)).one().draft.blob
        with pytest.raises(IntegrityError), write():
            session.delete(blob)


def test_a_file_that_is_brought_again_while_the_sweep_runs_is_kept(app, report, store, sweep, inside):
    """Bytes of long ago come again: between their being found and the row that refers to them, the sweep begins."""
    key = report()
    blob_id = store(b"the same bytes")
    with inside() as session:
        report_id, partner_id = session.execute(select(Report.id, Report.partner_id).where(Report.key == key)).one()
        ana = session.scalars(select(User.id).where(User.name == "Ana")).one()
    found, swept = threading.Event(), []

    def run_the_sweep() -> None:
        found.wait(5)
        with app.app_context(), clock.at(THE_DAY):
            tenancy.bind(tenancy.Scope.all())
            blobs._sweep_some(LONG_AGO + timedelta(seconds=1))
            swept.append(True)
            db.session.remove()

    sweeper = threading.Thread(target=run_the_sweep)
    sweeper.start()
    with inside() as session, write():
        kept = blobs.store(partner_id, b"the same bytes", "text/csv")
        assert kept.id == blob_id
        found.set()
        sweeper.join(0.5)
        session.add(
            Upload(
                partner_id=partner_id, report_id=report_id, blob_id=kept.id, filename="again.csv",
                uploaded_by_id=ana, uploaded_at=THE_DAY,
            )
        )  # fmt: skip
    sweeper.join(20)
    assert swept == [True]
    assert sweep() == {blob_id}
