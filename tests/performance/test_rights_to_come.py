"""A right of a month that was approved before its end: it opens on the last day, and is to come until then."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.accounts.models import User
from app.decks.gathering import gather, slides_of
from app.decks.service import request_deck
from app.domain.periods import Month
from app.extensions import db, write
from app.mail import Mail
from app.performance.judging.service import evaluate_contract
from app.performance.models import OpenedRight
from tests.decks.test_editions import row
from tests.domain.story import FIGURES, SEPTEMBER
from tests.performance.history import begin, cedar_document
from tests.rig.people import THE_DAY

EXIT = {
    "key": "exit", "name": "Termination for chronic failure", "of": "minimum_misses", "consecutive": "2",
    "service_levels": ["voice-service-level"], "lapses_after": "90", "clause": "Section 14.3",
}  # fmt: skip
NEXT_MONTH = THE_DAY + timedelta(days=9)


@pytest.fixture
def ahead(inside):
    """October and, on 22 November already, November missed the Minimum: the right opens on 30 November."""
    with inside():
        history = begin(terms=cedar_document(rights=[EXIT]))
        history.approve(Month(2026, 10), FIGURES[SEPTEMBER])
        history.approve(Month(2026, 11), FIGURES[SEPTEMBER], at=THE_DAY - timedelta(hours=1))
        evaluate_contract(history.contract, THE_DAY)
        right = db.session.scalars(select(OpenedRight)).one()
        assert right.month == "2026-11"
        return {"right": right.key, "contract": history.contract.key, "partner": history.contract.partner.key}


def test_the_mail_names_the_day_on_which_the_right_opens(inside, app, ahead):
    with app.app_context():
        jobs.run_pending()
    with inside():
        mails = db.session.scalars(select(Mail).where(Mail.subject.startswith("A right "))).all()
        assert {mail.subject for mail in mails} == {
            "A right opens on 30 Nov 2026: Termination for chronic failure, Cedar"
        }
        for mail in mails:
            assert "It opens on 30 Nov 2026, when the month ends" in mail.body
            assert "lapses on 28 Feb 2027" in mail.body
            assert "opened" not in mail.body.replace("opened the right", "")


@pytest.mark.parametrize("address", ["/contracts/{contract}", "/partners/{partner}/scorecard"])
def test_until_its_day_a_right_stands_as_one_to_come_and_then_as_open(as_, ahead, address):
    page = as_("mia").get(address.format(**ahead)).text
    assert "To come" in page
    assert "lapses on 28 Feb 2027" in page
    assert "lapsed" not in page
    with clock.at(NEXT_MONTH):
        assert "To come" not in as_("mia").get(address.format(**ahead)).text


def test_nothing_is_recorded_of_a_right_before_its_day(as_, inside, ahead):
    manager, address = as_("mia"), f"/rights/{ahead['right']}"
    page = manager.get(address).text
    assert "Opens on" in page
    assert "Decline it" not in page
    assert "Record that it was exercised" not in page
    exercised = manager.post(f"{address}/exercise", data={"on": "2026-11-22", "reason": "Notice sent."})
    declined = manager.post(f"{address}/refusal", data={"reason": "They recover."})
    for answer in (exercised, declined):
        assert answer.status_code == 422
        assert "The right opens on 30 Nov 2026. Nothing can be recorded of it before." in answer.text
    with inside():
        assert db.session.scalars(select(OpenedRight.decision)).one() == ""
    with clock.at(NEXT_MONTH):
        later = as_("mia")
        assert "Decline it" in later.get(address).text
        assert later.post(f"{address}/refusal", data={"reason": "They recover."}).status_code == 303


def test_a_deck_made_before_its_day_calls_a_right_yet_to_open(inside, ahead):
    with inside() as session:
        contract = db.session.scalars(select(OpenedRight)).one().contract
        mia = session.scalars(select(User).where(User.name == "Mia")).one()
        with write():
            key = request_deck(contract, "2026-Q4", actor=mia, held_on=date(2026, 11, 25), commentary="").key
        slides = slides_of(gather(row(session, key)))
    assert "One right is yet to open" in slides
    assert "Opens on 30 Nov 2026" in slides
    assert "lapses on 28 Feb 2027" in slides
    assert "stands open" not in slides
