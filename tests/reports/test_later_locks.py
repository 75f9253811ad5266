"""A later lock: granted with a reason, told, audited, and over by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.contracts.models import Contract
from app.events import Event
from app.extensions import write
from app.jobs import Job
from app.mail import Mail
from app.reports.models import Report

LOCKED = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)  # the lock of October's reports was the day before
UNTIL = datetime(2026, 12, 4, 22, 0, tzinfo=UTC)  # at the lock's time of day in Bogotá
FORM = {"until": "2026-12-04", "covers": "report", "why": "The flood of 20 November"}


@pytest.fixture
def grant(as_, report):
    """`grant("mia", covers="month")`: the answer to the form's post, and the report's key."""

    def post(who: str = "mia", now: datetime = LOCKED, **changes):
        key = report()
        with clock.at(now):
            return as_(who).post(f"/reports/{key}/deferrals", data=FORM | changes, follow_redirects=True), key

    return post


def test_the_partner_may_send_until_then_and_not_after(grant, filled, upload, as_, look):
    _, key = grant(why="nothing", until="2020-01-01")
    with clock.at(LOCKED):
        assert "was locked on 30 Nov 2026" in upload("ana", key, b"x").text
    answer, key = grant()
    assert answer.status_code == 200
    assert "This report stays open until 4 Dec 2026, 17:00 UTC−05." in answer.text
    with clock.at(UNTIL):
        tasks = as_("ana").get("/tasks").text
        assert "You may still send it: a later lock was granted, 4 Dec 2026, 17:00 UTC−05" in tasks
        upload("ana", key, filled(key))
        page = as_("leo").get(f"/reports/{key}").text
        assert "<b>Open until 4 Dec 2026, 17:00 UTC−05</b> instead of 30 Nov 2026, 17:00 UTC−05. Mia," in page
        assert "The flood of 20 November" in page
        form = {"seen": look(key)["seen"], "form_key": "k", "declared": "y"}
    with clock.at(UNTIL + timedelta(seconds=1)):
        assert as_("leo").post(f"/reports/{key}/submission", data=form).status_code == 409
        assert "Was open until 4 Dec 2026" in as_("leo").get(f"/reports/{key}").text
    with clock.at(UNTIL):
        assert as_("leo").post(f"/reports/{key}/submission", data=form).status_code == 303
    (version,) = look(key)["versions"]
    assert version["late"], "a later lock moves no due date"
    review = as_("mia").get(f"/submissions/{version['key']}/review").text
    assert "A later lock was granted" in review
    assert "The flood of 20 November" in review


def test_a_later_lock_is_where_somebody_locked_out_looks(grant, report, as_):
    key = report()
    with clock.at(LOCKED):
        manager, partner = (as_(who).get(f"/reports/{key}").text for who in ("mia", "ana"))
    assert "Ask your partner manager for a later lock" in partner
    assert manager.index("Grant a later lock") < manager.index("Fill in the template")
    grant()
    with clock.at(LOCKED):
        partner = as_("ana").get(f"/reports/{key}").text
    assert partner.index("Open until 4 Dec 2026") < partner.index("Fill in the template")
    assert partner.count("Open until 4 Dec 2026") == 1


def test_it_is_told_and_on_record(grant, inside, people, as_):
    _, key = grant()
    with inside() as session:
        event = session.scalars(select(Event).where(Event.kind == "lock.deferred")).one()
        assert (event.figures["until"], event.actor.name) == ("2026-12-04 22:00:00+00:00", "Mia")
        assert "flood" not in str(event.figures)
        told = session.scalars(select(Mail).where(Mail.subject.startswith("Open until"))).all()
        assert {mail.recipient for mail in told} == {people.ana.email, people.amy.email, people.leo.email}
        assert told[0].subject == "Open until 4 Dec 2026, 17:00 UTC−05: service report for October 2026"
        assert "The reason: The flood of 20 November" in told[0].body
    assert "Granted a later lock: 4 Dec 2026, 17:00 UTC−05" in as_("leo").get(f"/reports/{key}").text


def test_a_month_is_all_that_this_partner_owes_for_it(grant, contract, inside):
    contract("birch")
    answer, _ = grant(covers="month")
    assert "2 reports of the month stay open" in answer.text
    with inside() as session:
        deferred = session.scalars(select(Report).where(Report.deferred_until.is_not(None))).all()
        assert {(each.month, each.kind, each.party) for each in deferred} == {
            ("2026-10", "service", "partner"),
            ("2026-10", "staffing", "partner"),
        }
        assert {each.partner_id for each in deferred} == {deferred[0].partner_id}
        assert len(session.scalars(select(Mail).where(Mail.subject.contains("2 reports"))).all()) == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": "2026-11-30"}, "Choose a day after 1 Dec 2026, 10:00 UTC−05: until then this changes nothing."),
        ({"until": "2027-12-04"}, "A later lock lasts at most 92 days."),
        ({"until": "soon"}, "Write a date such as 2026-11-30."),
        ({"until": ""}, "Say the day on which it locks."),
        ({"why": " "}, "Say why this partner may send later."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(grant, inside, changes, words):
    answer, _ = grant(**changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert (changes.get("why") or FORM["why"]) in answer.text
    with inside() as session:
        assert session.scalars(select(Report).where(Report.deferred_until.is_not(None))).all() == []


@pytest.mark.parametrize("who", ["ana", "leo", "dora", "finn", "ada"])
def test_only_a_manager_grants_it(grant, who):
    assert grant(who)[0].status_code == 403


def test_what_was_sent_needs_none(grant, report, inside, as_):
    key = report()
    with inside() as session, write():
        session.scalars(select(Report).where(Report.key == key)).one().state = "approved"
    answer, _ = grant()
    assert answer.status_code == 422
    assert "This report was sent." in answer.text
    assert "Grant a later lock" not in as_("mia").get(f"/reports/{key}").text


def test_what_is_judged_by_the_record_is_judged_anew(grant, inside):
    """How long a report may still come is part of it: once for the contract, however many reports stay open."""
    grant(now=LOCKED, until="2020-01-01")
    with inside() as session:
        before = set(session.scalars(select(Job.id)))
    grant(covers="month")
    with inside() as session:
        new = [job for job in session.scalars(select(Job)) if job.id not in before]
        contract_id = session.scalars(select(Contract.id)).one()
    assert [job.subject_id for job in new if job.kind == "contract.evaluate"] == [contract_id]
