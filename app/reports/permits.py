"""Who may send what, when: asked by pages, so that they offer nothing that is refused, and by the acts themselves."""

from datetime import datetime

from app.access import GRANTS, Permission, Role
from app.accounts.models import User
from app.accounts.reach import people_of
from app.formatting import day, moment
from app.reports.models import Draft, Report
from app.web import Conflict, Refusal


class NotYours(Refusal):
    """The report or the step belongs to somebody else."""

    status = 403


class Ended(Refusal):
    """The month began after the contract or the partner had ended."""


class NoLongerAsked(Refusal):
    """An amendment dropped the report."""


class NotOpen(Conflict):
    """The report waits for a decision."""

    title = "A decision comes first"


class ReportLocked(Conflict):
    """The lock instant has passed."""

    title = "This report is locked"


class Unconfirmed(Refusal):
    """What was warned about has no answer yet."""


class SecondPersonNeeded(Refusal):
    """Who prepared the figures does not certify them."""

    status = 403


class NeedsNobody(Conflict):
    """Whoever asks can certify the figures themselves."""

    title = "You need to ask nobody"


def refusal_to_prepare(report: Report, user: User, now: datetime) -> Refusal | None:
    """Why this person cannot upload for this report now; None when they can."""
    if not report.is_sent_by(user):
        return NotYours("These are the client's own figures: your client sends them. You can read them here.")
    contract = report.contract
    for name, ended_on in ((contract.partner.name, contract.partner.ended_on), (contract.name, contract.ends_on)):
        if report.outlives(ended_on):
            return Ended(f"{name} ended on {day(ended_on)}. Nothing is reported for months after that.")
    if report.dropped_at is not None:
        return NoLongerAsked("The terms of this month no longer ask for this report, so nothing is to be sent.")
    if report.state == "sent":
        waits = "The correction" if report.is_approved else "What was sent"
        return NotOpen(f"{waits} waits for a decision. It can be replaced when it has been returned.")
    if not report.accepts_submission(now) and user.role.is_partner:
        locked = moment(report.locks_at, contract.zone)
        ask = "Ask your partner manager for a later lock, or to send it on your behalf."
        return ReportLocked(f"This report was locked on {locked}. {ask}")
    return None


def refusal_to_certify(report: Report, draft: Draft, user: User, now: datetime, certification: str) -> Refusal | None:
    """Why this person cannot certify and send this draft; None when they can.

    Internal people need no second person here: another internal person decides on what they sent.
    """
    if refusal := refusal_to_prepare(report, user, now):
        return refusal
    if draft.problems:
        return Refusal("Something is still wrong in the file. Put it right and upload it again before you send it.")
    if draft.personal:
        return Refusal("The file has columns with personal data. Leave them out, or upload a file without them.")
    if draft.awaits_confirmation:
        return Unconfirmed("Some figures look unusual. Confirm them with a comment before they are sent.")
    if not user.role.is_partner or certification == "declaration":
        return None
    if Permission.SUBMISSION_CERTIFY not in GRANTS[user.role]:
        return SecondPersonNeeded("Your lead certifies this report, which sends it.")
    if draft.was_prepared_by(user):
        return SecondPersonNeeded("You prepared these figures, so another lead of your company certifies them.")
    return None


def refusal_to_ask(report: Report, draft: Draft, user: User, now: datetime, certification: str) -> Refusal | None:
    """Why this person asks nobody to certify the draft; None when it takes somebody else of the company."""
    refusal = refusal_to_certify(report, draft, user, now, certification)
    if isinstance(refusal, SecondPersonNeeded):
        return None
    return refusal or NeedsNobody("You can certify these figures yourself, which sends them.")


def certifiers(report: Report, draft: Draft, now: datetime, certification: str) -> list[User]:
    """The leads of the partner who can certify this draft."""
    leads = [user for user in people_of(Role.LEAD, report.partner_id) if user.has_joined]
    return [user for user in leads if refusal_to_certify(report, draft, user, now, certification) is None]
