"""A file is kept before it is checked: the verdict comes at once, or to a page that waits for it; never not at all."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.accounts.models import User
from app.blobs import Blob
from app.events import Event
from app.extensions import write
from app.jobs import Job
from app.reading import StillReading
from app.reports.models import Report
from app.reports.uploads import intake
from app.reports.uploads.models import Upload
from app.reports.views import drafts
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable


@pytest.fixture
def bring(as_):
    """`bring("ana", key, content)`: the answer to the upload's post, redirects not followed."""

    def post(who: str, key: str, content: bytes, name: str = "october.xlsx"):
        data = {"file": (io.BytesIO(content), name)}
        return as_(who).post(f"/reports/{key}/draft", data=data, content_type="multipart/form-data")

    return post


@pytest.fixture
def slow(monkeypatch):
    """Every file is too large to be checked while somebody waits."""
    monkeypatch.setattr(intake, "QUICK_BYTES", 0)


@pytest.fixture
def receive(inside):
    """`receive(key, content, at)`: the file is kept, and the process that took it is gone."""

    def keep(key: str, content: bytes, at=THE_DAY) -> int:
        with inside() as session, clock.at(at):
            report = session.scalars(select(Report).where(Report.key == key)).one()
            ana = session.scalars(select(User).where(User.name == "Ana")).one()
            return intake.receive(report, "october.xlsx", content, ana).id

    return keep


@pytest.fixture
def state(inside):
    def read(upload_id: int) -> tuple[str, str]:
        with inside() as session:
            row = session.scalars(select(Upload).where(Upload.id == upload_id)).one()
            return row.state, row.refusal

    return read


def work(app) -> None:
    with app.app_context():
        jobs.run_pending()


def test_a_usual_file_has_its_verdict_in_the_answer(app, report, filled, bring, look, inside):
    key = report()
    answer = bring("ana", key, filled(key))
    assert answer.headers["Location"] == f"/reports/{key}/draft"
    before = look(key)
    work(app)
    assert look(key) == before
    with inside() as session:
        assert session.scalars(select(Event.kind)).all().count("draft.saved") == 1
        assert session.scalars(select(Job.state).where(Job.kind == "upload.check")).all() == ["done"]


def test_a_large_file_is_kept_and_its_page_waits_for_the_verdict(app, slow, report, filled, bring, as_, look):
    key = report()
    waiting = bring("ana", key, filled(key)).headers["Location"]
    ana = as_("ana")
    shown = ana.get(waiting)
    assert "Your file is being checked" in shown.text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown.text
    assert f'hx-get="{waiting}" hx-trigger="every 1s"' in shown.text
    assert "<html" not in ana.get(waiting, headers={"HX-Request-Type": "partial"}).text
    assert waiting in ana.get(f"/reports/{key}").text
    assert look(key)["draft"] is None
    work(app)
    assert ana.get(waiting).headers["Location"] == f"/reports/{key}/draft"
    told = ana.get(waiting, headers={"HX-Request-Type": "partial"})
    assert (told.status_code, told.headers["HX-Redirect"]) == (200, f"/reports/{key}/draft")
    assert "Check and send" in ana.get(f"/reports/{key}/draft").text
    assert waiting not in ana.get(f"/reports/{key}").text


def test_a_file_that_takes_too_long_is_left_to_the_worker(app, monkeypatch, report, filled, bring, look):
    """However fast the child is: whoever waits has no patience, the worker has."""
    key, reading = report(), intake.read

    def impatient(*file, patience, **others):
        if patience is not None:
            raise StillReading
        return reading(*file, patience=None, **others)

    monkeypatch.setattr(intake, "read", impatient)
    assert bring("ana", key, filled(key)).headers["Location"].startswith("/uploads/")
    work(app)
    assert len(look(key)["draft"]["rows"]) == 2


def test_a_refusal_of_the_worker_says_why_and_keeps_the_earlier_draft(app, report, filled, bring, as_, look, slow):
    key = report()
    bring("ana", key, filled(key))
    work(app)
    before = look(key)
    waiting = bring("ana", key, b"nothing\nof the kind\n", "letter.csv").headers["Location"]
    work(app)
    shown = as_("ana").get(waiting)
    assert shown.status_code == 200
    assert "This is not the template of this report" in shown.text
    assert f'action="/reports/{key}/draft"' in shown.text
    assert f'href="/reports/{key}/template.xlsx"' in shown.text
    assert "hx-trigger" not in shown.text
    assert look(key) == before
    assert "The newest file was not taken" in as_("ana").get(f"/reports/{key}").text
    with clock.at(THE_DAY + timedelta(minutes=1)):
        bring("ana", key, filled(key))
    work(app)
    assert "The newest file was not taken" not in as_("ana").get(f"/reports/{key}").text


def test_a_file_outlives_the_process_that_took_it(app, report, filled, receive, state, look, inside):
    key = report()
    upload_id = receive(key, filled(key))
    with inside() as session:
        kept = session.scalars(select(Upload).where(Upload.id == upload_id)).one()
        assert session.scalars(select(Blob.size).where(Blob.id == kept.blob_id)).one() > 0
    assert state(upload_id) == ("waiting", "")
    with app.app_context(), clock.at(THE_DAY):
        assert not jobs.work_once()
    with app.app_context(), clock.at(THE_DAY + intake.HEAD_START):
        assert jobs.work_once()
    assert state(upload_id) == ("ready", "")
    assert len(look(key)["draft"]["rows"]) == 2


def test_a_worker_that_dies_over_a_file_is_replaced_within_a_minute(app, report, filled, receive, state):
    key = report()
    upload_id = receive(key, filled(key))
    start = THE_DAY + intake.HEAD_START
    with app.app_context(), clock.at(start):
        assert jobs.claim() is not None
        assert not jobs.work_once()
        with clock.at(start + timedelta(seconds=61)):
            assert jobs.work_once()
    assert state(upload_id) == ("ready", "")


def test_a_file_over_which_every_worker_dies_ends_in_a_clear_sentence(app, report, filled, receive, state, look):
    key = report()
    upload_id = receive(key, filled(key))
    with app.app_context():
        for attempt in range(jobs.ATTEMPTS):
            with clock.at(THE_DAY + timedelta(minutes=2 * attempt + 1)):
                assert jobs.claim() is not None
        with clock.at(THE_DAY + timedelta(minutes=20)):
            assert jobs.work_once()
    refused, words = state(upload_id)
    assert refused == "refused"
    assert "something went wrong in Accord, not in your file" in words
    assert look(key)["draft"] is None


def test_an_older_file_that_is_checked_later_does_not_replace_newer_figures(
    report, filled, receive, state, look, inside
):
    key = report()
    older = receive(key, filled(key, {"Offered": 7, "Answered": 7, "Answered in threshold": 7, "Abandoned": 0}))
    newer = receive(key, filled(key), THE_DAY + timedelta(seconds=1))
    with inside():
        intake._settle(newer)
        intake._settle(older)
    assert state(newer) == ("ready", "")
    assert state(older)[0] == "refused"
    assert "Newer figures" in state(older)[1]
    assert look(key)["draft"]["rows"][0]["measures"]["offered"] == "1000"


def test_progress_is_written_down_while_a_file_is_read(app, report, filled, receive, inside):
    upload_id = receive(report(), filled(report()))
    with inside():
        intake.Progress(lambda: intake._held(upload_id))(50)
    with inside() as session:
        row = session.scalars(select(Upload).where(Upload.id == upload_id)).one()
        assert (row.state, row.progress, row.step) == ("checking", 40, "Reading october.xlsx")


def test_a_file_sent_while_the_report_closes_is_refused_in_words(app, report, filled, receive, state, inside):
    key = report()
    upload_id = receive(key, filled(key))
    with inside() as session, write():
        session.scalars(select(Report).where(Report.key == key)).one().state = "sent"
    work(app)
    assert state(upload_id)[0] == "refused"
    assert re.search("waits for a decision", state(upload_id)[1])


def test_many_rows_are_shown_page_by_page_and_certified_together(report, filled, upload, as_, look, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_ROWS", 1)
    key = report()
    first = upload("ana", key, filled(key)).text
    second = as_("leo").get(f"/reports/{key}/draft?page=2").text
    rows = look(key)["draft"]["rows"]
    assert "Page 1 of 2 · 2 rows" in first
    assert [f'id="row-{row["row"]}"' in first for row in rows] == [True, False]
    assert [f'id="row-{row["row"]}"' in second for row in rows] == [False, True]
    assert look(key)["seen"] in second
    assert "It holds for exactly these figures, all 2 rows of them" in second
