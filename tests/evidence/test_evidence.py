"""Files as evidence: attached to a report or a claim, read as they were, withdrawn until somebody has decided."""

import hashlib
import io
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from app import blobs, clock, jobs, tenancy
from app.access import Role
from app.accounts.models import Grant, User
from app.events import Event
from app.evidence.models import Evidence
from app.evidence.service import withdraw
from app.extensions import db, write
from app.jobs import run_pending
from app.mail import Mail
from app.partners.models import Partner
from app.reports.models import Report
from app.web import Conflict
from tests.rig.people import THE_DAY

LOG = b"%PDF-1.7\n09:00 the lines were down"


@pytest.fixture
def places(world) -> dict[str, str]:
    """Where files are attached to something of Cedar's."""
    keys = world.keys["cedar"]
    return {"report": f"/reports/{keys['report:sent']}", "claim": f"/claims/{keys['claim:open']}"}


@pytest.fixture
def attach(app, world, places):
    """`attach("leo", "report", LOG)`: posts a file; further fields as keywords."""

    def post(who: str, place: str, content: bytes = LOG, filename: str = "log.pdf", **fields):
        file = {"evidence": (io.BytesIO(content), filename), "shows": "Outage log of 12 October", **fields}
        return world.visitor(app, who).post(f"{places[place]}/evidence-files", data=file)

    return post


@pytest.fixture
def newest(inside):
    def look() -> Evidence:
        with inside() as session:
            return session.scalars(select(Evidence).order_by(Evidence.id.desc()).limit(1)).one()

    return look


@pytest.mark.portable
@pytest.mark.parametrize("place", ["report", "claim"])
def test_a_file_comes_back_byte_for_byte_as_an_attachment(app, world, places, attach, newest, place):
    assert attach("ana", place).status_code == 303
    kept = newest()
    page = world.visitor(app, "mia").get(places[place]).text
    assert f'href="/evidence-files/{kept.key}"' in page
    assert hashlib.sha256(LOG).hexdigest() == kept.sha256
    answer = world.visitor(app, "mia").get(f"/evidence-files/{kept.key}")
    assert answer.data == LOG
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=log.pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_number_of_a_person_in_the_name_of_a_file_is_not_kept_and_a_month_is(attach, newest):
    attach("ana", "report", filename="emp-10417 of staff_202610.pdf")
    assert newest().filename == "[left out] of staff_202610.pdf"


def test_the_same_file_twice_is_one(attach, inside):
    assert (attach("ana", "report").status_code, attach("leo", "report").status_code) == (303, 303)
    with inside() as session:
        digest = hashlib.sha256(LOG).hexdigest()
        assert len(session.scalars(select(Evidence).where(Evidence.sha256 == digest)).all()) == 1
        assert len(session.scalars(select(Event).where(Event.kind == "evidence.attached")).all()) == 3


@pytest.mark.parametrize("place", ["report", "claim"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"content": b"<svg onload='x'/>", "filename": "plan.svg"}, "can hold programs"),
        ({"shows": ""}, "Say in a few words what the file shows."),
        ({"expires_on": "12.10.2026"}, "Not a valid date value."),
    ],
)
def test_what_is_not_taken_is_said_beside_what_was_typed(attach, newest, place, change, said):
    before = newest().id
    answer = attach("leo", place, **{"shows": "Typed & kept", **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert ("Typed &amp; kept" in answer.text) == ("shows" not in change)
    assert (" again: a form that comes back does not keep its file." in answer.text) == ("content" not in change)
    assert newest().id == before


@pytest.mark.portable
def test_withdrawing_takes_the_bytes_and_leaves_the_record(app, world, places, attach, newest, inside):
    attach("ana", "claim")
    kept = newest()
    assert world.visitor(app, "mia").post(f"/evidence-files/{kept.key}/withdrawal").status_code == 403
    assert world.visitor(app, "leo").post(f"/evidence-files/{kept.key}/withdrawal").status_code == 303
    assert world.visitor(app, "leo").get(f"/evidence-files/{kept.key}").status_code == 404
    assert world.visitor(app, "leo").post(f"/evidence-files/{kept.key}/withdrawal").status_code == 409
    page = world.visitor(app, "mia").get(places["claim"]).text
    assert "Withdrawn" in page
    assert kept.sha256 in page
    with inside(), clock.at(THE_DAY + blobs.KEPT + timedelta(days=1)):
        with write():
            jobs.enqueue("blobs.sweep", 0)
        run_pending()
    with inside() as session:
        assert session.scalars(select(blobs.Blob).where(blobs.Blob.sha256 == kept.sha256)).first() is None


def test_what_a_decision_rests_on_stays(app, world, attach, newest, inside):
    attach("ana", "report")
    kept = newest()
    with inside() as session, write():
        session.execute(update(Report).where(Report.id == kept.report_id).values(state="approved"))
    answer = world.visitor(app, "ana").post(f"/evidence-files/{kept.key}/withdrawal")
    assert answer.status_code == 409
    assert "The decision rests on this file" in answer.text


@pytest.mark.portable
def test_what_is_being_decided_on_is_not_withdrawn_meanwhile(app, attach, newest, inside, people):
    attach("ana", "report")
    kept, refused = newest(), []

    def withdraw_it() -> None:
        with app.app_context():
            tenancy.bind(tenancy.Scope.all())
            mine = db.session.scalars(select(Evidence).where(Evidence.id == kept.id)).one()
            ana = db.session.scalars(select(User).where(User.email == people.ana.email)).one()
            try:
                with write():
                    withdraw(mine, ana)
            except Conflict as refusal:
                refused.append(refusal.message)
            db.session.remove()

    other = threading.Thread(target=withdraw_it)
    with inside() as session, write():
        session.scalars(select(Report).where(Report.id == kept.report_id).with_for_update()).one().state = "approved"
        session.flush()
        other.start()
        other.join(1)
    other.join(20)
    assert refused == ["The decision rests on this file, so it stays."]


def test_what_was_withdrawn_while_one_waited_is_not_withdrawn_twice(attach, newest, inside, people):
    attach("ana", "report")
    kept = newest()
    with inside() as session, write():
        mine = session.scalars(select(Evidence).where(Evidence.id == kept.id)).one()
        ana = session.scalars(select(User).where(User.email == people.ana.email)).one()
        gone = {"blob_id": None, "withdrawn_at": THE_DAY, "withdrawn_by_id": ana.id}
        other = update(Evidence).where(Evidence.id == kept.id).values(**gone)
        session.execute(other, execution_options={"synchronize_session": False})
        with pytest.raises(Conflict, match="withdrawn already"):
            withdraw(mine, ana)


@pytest.mark.portable
def test_people_are_reminded_once_before_the_last_day(attach, newest, inside):
    last = THE_DAY.date() + timedelta(days=30)
    attach("ana", "report", expires_on=last.isoformat())

    def told(days: int) -> list[str]:
        with inside(), clock.at(THE_DAY + timedelta(days=days)):
            with write():
                jobs.enqueue("evidence.remind", 0)
            run_pending()
        with inside() as session, tenancy.unscoped("job claim"):
            mails = session.scalars(select(Mail).where(Mail.subject.startswith("Runs out on"))).all()
            return sorted(mail.recipient for mail in mails)

    assert told(15) == []
    assert told(16) == ["ana@cedar.example", "leo@cedar.example"]
    assert told(17) == told(16)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"role": Role.SYSTEM}, ["leo@cedar.example"]),
        ({"role": Role.MANAGER, "sees": "birch"}, ["mia@accord.example", "mona@accord.example"]),
    ],
    ids=["a program", "a manager who sees it no more"],
)
def test_whoever_attached_it_is_reminded_if_they_read_mail_and_see_it_still(attach, inside, people, change, told):
    attach("ana", "report", expires_on=(THE_DAY.date() + timedelta(days=5)).isoformat())
    with inside() as session, write():
        ana = session.scalars(select(User).where(User.email == people.ana.email)).one()
        ana.role = change["role"]
        if "sees" in change:
            birch = session.scalars(select(Partner.id).where(Partner.code == change["sees"])).one()
            ana.grants = [Grant(partner_id=birch)]
        jobs.enqueue("evidence.remind", 0)
    with inside():
        run_pending()
    with inside() as session, tenancy.unscoped("job claim"):
        mails = session.scalars(select(Mail.recipient).where(Mail.subject.startswith("Runs out on"))).all()
    assert sorted(mails) == told


def test_a_file_past_its_last_day_says_so(app, world, places, attach):
    attach("ana", "report", expires_on=(THE_DAY.date() - timedelta(days=1)).isoformat())
    assert "Expired" in world.visitor(app, "leo").get(places["report"]).text


@pytest.mark.portable
def test_the_reviewer_sees_the_files(app, world, attach):
    attach("ana", "report")
    page = world.visitor(app, "mia").get(f"/submissions/{world.keys['cedar']['submission:sent']}/review").text
    assert "Outage log of 12 October" in page
    assert "Attach a file" not in page


@pytest.mark.portable
@pytest.mark.parametrize("change", [{"sha256": "0"}, {"size": 1}, {"expires_on": None}])
def test_what_a_file_was_never_changes(attach, newest, inside, change):
    attach("ana", "report", expires_on="2027-01-01")
    kept = newest()
    with inside() as session, pytest.raises(DatabaseError, match="append-only"), write():
        session.execute(update(Evidence).where(Evidence.id == kept.id).values(**change))
