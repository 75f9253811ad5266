"""Who is told what about a report, by mail."""

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import mail
from app.access import Role
from app.accounts.models import User
from app.extensions import db
from app.reports.models import Submission


def tell_decision(submission: Submission) -> None:
    """Tell those who entered and certified the figures what was decided; inside write()."""
    recipients = {submission.prepared_by.email, submission.certified_by.email}
    for address in sorted(recipients):
        mail.send(address, "decision", submission=submission, review=submission.review, url=link_to(submission))


def link_to(submission: Submission) -> str:
    """The address of the report in a mail: outside a request there is no host to take it from."""
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        return url_for("reports.show", key=submission.report.key, _external=True)


def tell_sent(submission: Submission) -> None:
    """Tell the managers who may decide; what was sent on a partner's behalf is told to its leads too."""
    others = [user for user in _people(Role.MANAGER, submission.partner_id) if not submission.was_entered_by(user)]
    for user in others:
        mail.send(user.email, "sent", submission=submission, url=link_to(submission))
    for user in _people(Role.LEAD, submission.partner_id) if submission.on_behalf else ():
        mail.send(user.email, "sent-on-behalf", submission=submission, url=link_to(submission))


def tell_contested(submission: Submission, reason: str, actor: User) -> None:
    """Tell the managers, the one who sent the figures among them."""
    for user in _people(Role.MANAGER, submission.partner_id):
        mail.send(user.email, "contested", submission=submission, reason=reason, actor=actor, url=link_to(submission))


def _people(role: Role, partner_id: int) -> list[User]:
    """Everybody of a role who sees the partner and can log in."""
    users = select(User).where(User.role == role, User.disabled_at.is_(None)).order_by(User.id)
    found = db.session.scalars(users.options(selectinload(User.grants)))
    return [user for user in found if user.scope.includes(partner_id)]
