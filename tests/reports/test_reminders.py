"""Reminders: whom they reach, when, and that nobody hears twice; by a real mail server where that matters."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from app import clock, jobs
from app.extensions import write
from app.mail import Mail
from app.partners.models import Partner
from app.reports.due.reminders import Reminder, stage_of
from app.reports.models import Report
from tests.accounts.conftest import smtp  # noqa: F401
from tests.accounts.postal import Peer

BOGOTA = "America/Bogota"
DUE = datetime(2026, 11, 9, 22, 0, tzinfo=UTC)  # Monday, 17:00 in Bogotá: the fifth working day after a holiday
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "ahead", "stage"),
    [
        (datetime(2026, 11, 4, 14, tzinfo=UTC), 2, None),
        (datetime(2026, 11, 5, 14, tzinfo=UTC), 2, "ahead"),
        (datetime(2026, 11, 8, 14, tzinfo=UTC), 2, "ahead"),
        (datetime(2026, 11, 6, 14, tzinfo=UTC), 0, None),
        (datetime(2026, 11, 9, 4, 59, tzinfo=UTC), 0, None),
        (datetime(2026, 11, 9, 5, 0, tzinfo=UTC), 0, "today"),
        (DUE, 2, "today"),
        (DUE + timedelta(seconds=1), 2, "overdue"),
    ],
)
def test_the_stage_is_told_by_the_partners_days(now, ahead, stage):
    assert stage_of(DUE, now, BOGOTA, (), ahead) == stage


def test_a_holiday_brings_the_reminder_forward():
    wednesday = datetime(2026, 11, 4, 14, tzinfo=UTC)
    assert stage_of(DUE, wednesday, BOGOTA, {date(2026, 11, 6)}, 2) == "ahead"


@pytest.fixture
def remind(app, inside):
    """`remind(instant)`: the worker does its hour then; (recipient, subject) of the reminders it wrote."""

    def work(now: datetime) -> list[tuple[str, str]]:
        with inside() as session:
            before = set(session.scalars(select(Mail.id)))
        with app.app_context(), clock.at(now):
            jobs.enqueue("reports.remind", 0)
            jobs.db.session.commit()
            jobs.run_pending()
        with inside() as session:
            new = [mail for mail in session.scalars(select(Mail).order_by(Mail.id)) if mail.id not in before]
            return [(mail.recipient, mail.subject) for mail in new]

    return work


def to(told, name: str) -> list[str]:
    return [subject for recipient, subject in told if recipient.startswith(f"{name}@")]


@pytest.fixture
def only_october(report, inside):
    """Cedar's reports of October are open; those of September were sent."""
    report()
    with inside() as session, write():
        for row in session.scalars(select(Report).where(Report.month == "2026-09")):
            row.state = "sent"


def test_one_digest_a_person_once_a_stage(only_october, remind):
    soon = remind(datetime(2026, 11, 5, 14, tzinfo=UTC))
    assert to(soon, "ana") == to(soon, "leo") == ["Reports: 2 due soon"]
    assert to(soon, "mia") == ["Due soon: service report for October 2026, Cedar, Voice"], "the client's own figures"
    assert to(soon, "bea") == to(soon, "max") == to(soon, "dora") == to(soon, "ada") == []
    assert remind(datetime(2026, 11, 5, 15, tzinfo=UTC)) == []
    assert remind(datetime(2026, 11, 6, 14, tzinfo=UTC)) == []
    assert to(remind(DUE - HOUR), "ana") == ["Reports: 2 due today"]
    late = remind(DUE + HOUR)
    assert to(late, "ana") == ["Reports: 2 overdue"]
    assert to(late, "mia") == to(late, "mona") == ["Reports: 3 overdue"]
    assert remind(DUE + 24 * HOUR) == []


def test_nobody_is_woken(only_october, remind):
    before_eight, eight = datetime(2026, 11, 9, 12, 59, tzinfo=UTC), datetime(2026, 11, 9, 13, 0, tzinfo=UTC)
    assert remind(before_eight) == []
    assert to(remind(eight), "ana") == ["Reports: 2 due today"]


def test_what_was_sent_or_ended_or_is_locked_is_left_out(only_october, inside, remind):
    with inside() as session, write():
        by_kind = {row.kind: row for row in session.scalars(select(Report).where(Report.month == "2026-10"))}
        by_kind["staffing"].state = "sent"
        for row in session.scalars(select(Report).where(Report.kind == "service")):
            row.lock_at = row.due_at
    late = remind(DUE + HOUR)
    assert to(late, "ana") == to(late, "leo") == [], "they can no longer send it"
    assert to(late, "mia") == ["Reports: 2 overdue"]
    with inside() as session, write():
        session.scalars(select(Partner).where(Partner.code == "cedar")).one().ended_on = date(2026, 9, 30)
        session.execute(delete(Reminder))
    assert remind(DUE + HOUR) == []


def test_the_partner_chooses_how_early(only_october, as_, inside, remind):
    with inside() as session:
        cedar = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
        here, version = f"/partners/{cedar.key}/edit", cedar.version_id
    form = {"name": "Cedar", "zone": BOGOTA, "number_style": "1,234.5", "version_id": version}
    refused = as_("mia").post(here, data=form | {"remind_days": "soon"})
    assert refused.status_code == 422
    assert "Write a whole number of working days from 0 to 20." in refused.text
    assert as_("mia").post(here, data=form | {"remind_days": "0"}).status_code == 303
    assert to(remind(datetime(2026, 11, 5, 14, tzinfo=UTC)), "ana") == []


def test_a_reminder_goes_through_a_mail_server(only_october, remind, smtp, people):  # noqa: F811
    peer = smtp(Peer())
    remind(datetime(2026, 11, 5, 14, tzinfo=UTC))
    (letter,) = [message for message in peer.messages if message["To"] == people.ana.email]
    text = letter.get_content().replace("\r\n", "\n")
    assert text.startswith("Due soon:\n\n- S")
    assert "Due in 2 working days, Monday 9 Nov, 17:00 in Bogotá. Locks on 30 Nov 2026, 17:00 UTC−05" in text
    assert text.count("/reports/") == 2
    assert text.rstrip().endswith("You are told once at each stage, and no more once it is sent.")


def test_a_later_lock_is_told_before_it_comes_and_again_when_it_was_moved(only_october, remind, inside):
    def defer(until: datetime) -> None:
        of_october = (Report.month == "2026-10", Report.kind == "service", Report.party == "partner")
        with inside() as session, write():
            session.scalars(select(Report).where(*of_october)).one().deferred_until = until

    def closing(now: datetime, name: str = "ana") -> list[str]:
        return [subject for subject in to(remind(now), name) if "losing soon" in subject]

    remind(DUE + HOUR)
    friday = datetime(2026, 12, 4, 22, tzinfo=UTC)
    defer(friday)
    assert closing(friday - timedelta(days=4)) == []
    assert closing(friday - timedelta(days=1)) == ["Reports: 1 closing soon, 2 due soon"]
    assert closing(friday - HOUR) == []
    defer(friday + timedelta(days=7))
    assert len(closing(friday + timedelta(days=6), "leo")) == 1
    assert closing(friday + timedelta(days=8), "leo") == [], "it is locked"
