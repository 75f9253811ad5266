"""A person's deadlines as a calendar that other programs read (RFC 5545)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import mail
from app.access import GRANTS, Permission
from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import db
from app.formatting import moment
from app.reports.models import Report, Review, Submission
from app.reports.tasks import title

BACK = timedelta(days=92)  # what is overdue longer stands on the page of tasks
MOST = 1000
ONE_DAY = timedelta(days=1)
WITH_CONTRACT = contains_eager(Report.contract).joinedload(Contract.partner)


def calendar_for(user: User, now: datetime) -> bytes:
    """What this person's side owes: due days and locks; for those who decide, what waits for them."""
    calendar = Calendar()
    for name, value in (
        ("prodid", "-//Accord//Deadlines//EN"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("x-wr-calname", "Accord deadlines"),
    ):
        calendar.add(name, value)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for report in _owed(user, now):
        calendar.add_component(_due(report))
        if report.party == "partner" and report.state != "returned":
            calendar.add_component(_lock(report))
    if Permission.SUBMISSION_APPROVE in GRANTS[user.role]:
        for submission in _waiting(user):
            calendar.add_component(_review(submission))
    return calendar.to_ical()


def _owed(user: User, now: datetime) -> Sequence[Report]:
    wanted = select(Report).join(Report.contract).where(Report.is_owed, Report.due_at > now - BACK)
    if user.role.is_partner:
        wanted = wanted.where(Report.party == "partner")
    return db.session.scalars(
        wanted.options(WITH_CONTRACT, selectinload(Report.deferrals)).order_by(Report.due_at, Report.id).limit(MOST)
    ).all()


def _waiting(user: User) -> list[Submission]:
    found = db.session.scalars(
        select(Submission)
        .join(Submission.report)
        .join(Report.contract)
        .outerjoin(Submission.review)
        .where(Report.state == "sent", Review.id.is_(None), Submission.batch_id.is_(None))
        .options(contains_eager(Submission.report).options(WITH_CONTRACT, selectinload(Report.deferrals)))
        .options(joinedload(Submission.certified_by))
        .order_by(Submission.id)
        .limit(MOST)
    )
    return [submission for submission in found if not submission.was_entered_by(user)]


def _due(report: Report) -> Event:
    zone = report.contract.zone
    words = f"Due at {moment(report.due_at, zone)}; {_closing(report, zone)}."
    return _event(f"due-{report.key}", f"Due: {_name(report)}", _day(report.due_at, zone), report, words)


def _closing(report: Report, zone: str) -> str:
    if report.state == "returned":
        return "it was returned, and can be sent again after its lock too"
    return f"locks on {moment(report.locks_at, zone)}"


def _lock(report: Report) -> Event:
    """An instant, at which it ends."""
    words = f"Locks on {moment(report.locks_at, report.contract.zone)}: it cannot be sent after that."
    return _event(f"lock-{report.key}", f"Locks: {_name(report)}", report.locks_at, report, words)


def _review(submission: Submission) -> Event:
    """To be decided by the day of the lock, or, of what came later, on the day it came."""
    report, zone = submission.report, submission.report.contract.zone
    day = max(_day(report.locks_at, zone), _day(submission.sent_at, zone))
    words = f"Version {submission.number}, sent by {submission.certified_by.name}, waits for a decision."
    return _event(f"review-{submission.key}", f"To review: {_name(report)}", day, report, words)


def _event(name: str, summary: str, begins: date | datetime, report: Report, words: str) -> Event:
    """Its name never changes; what the date rests on counts up, so that programs move the entry."""
    event = Event()
    event.add("uid", f"{name}@accord")
    event.add("dtstamp", max([report.opened_at, *(each.granted_at for each in report.deferrals)]))
    event.add("sequence", len(report.deferrals))
    event.add("summary", summary)
    event.add("dtstart", begins)
    if not isinstance(begins, datetime):
        event.add("dtend", begins + ONE_DAY)
        event.add("transp", "TRANSPARENT")
    event.add("description", words)
    event.add("url", mail.link("reports.show", key=report.key))
    return event


def _day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def _name(report: Report) -> str:
    return f"{title(report)}, {report.contract.partner.name}, {report.contract.name}"
