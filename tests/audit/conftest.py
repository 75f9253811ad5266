"""What the tests of the log share: events that happened, a hand that tampers, and a proof from asking to result."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.accounts.models import User
from app.events import record
from app.extensions import write
from app.partners.models import Partner
from tests.rig.people import THE_DAY


@pytest.fixture
def happened(inside, people):
    """`happened("deck.issued", "cedar", who=people.mia, days=-1)` writes an event; its key."""

    def write_event(kind: str, code: str = "cedar", who=None, days: int = 0, **figures) -> str:
        with inside(), clock.at(THE_DAY + timedelta(days=days)), write() as session:
            partner = session.scalars(select(Partner).where(Partner.code == code)).one()
            actor = who and session.scalars(select(User).where(User.email == who.email)).one()
            return record(kind, subject=partner, actor=actor, **figures).key

    return write_event


@pytest.fixture
def ada(as_):
    return as_("ada")


@pytest.fixture
def tamper(databases):
    """Somebody with the database in hand takes the triggers away and runs a statement."""

    def run(*statements: str) -> None:
        connection = sqlite3.connect(databases.under_test)
        for action in ("update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS event_refuses_{action}")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0
        connection.commit()
        connection.close()

    return run


@pytest.fixture
def ask(ada):
    """Ask for a verification of the log; the page that shows it."""

    def post() -> str:
        answer = ada.post("/events/verifications")
        assert answer.status_code == 303
        return answer.location

    return post


@pytest.fixture
def prove(app, ada, ask):
    """Ask, let the worker do all that waits, and read the result."""

    def to_the_end() -> str:
        place = ask()
        with app.app_context():
            jobs.run_pending()
        return ada.get(place).text

    return to_the_end
