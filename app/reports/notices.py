"""Who is told what about a report, by mail."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import mail
from app.access import Role
from app.accounts.models import User
from app.extensions import db
from app.reports.models import Submission


def tell_decision(submission: Submission) -> None:
    """Tell those who entered and certified the figures what was decided, if they still see them; inside write()."""
    for user in sorted({submission.prepared_by, submission.certified_by}, key=lambda user: user.email):
        if user.is_active and user.scope.includes(submission.partner_id):
            mail.send(user.email, "decision", submission=submission, review=submission.review)


def tell_sent(submission: Submission) -> None:
    """Tell the managers who may decide; what was sent on a partner's behalf is told to its leads too."""
    for user in deciders(submission):
        mail.send(user.email, "sent", submission=submission)
    for user in _people(Role.LEAD, submission.partner_id) if submission.on_behalf else ():
        mail.send(user.email, "sent-on-behalf", submission=submission)


def deciders(submission: Submission) -> list[User]:
    """The managers who see the partner and had no hand in these figures."""
    return [user for user in _people(Role.MANAGER, submission.partner_id) if not submission.was_entered_by(user)]


def tell_contested(submission: Submission, reason: str, actor: User) -> None:
    """Tell the managers, the one who sent the figures among them."""
    for user in _people(Role.MANAGER, submission.partner_id):
        mail.send(user.email, "contested", submission=submission, reason=reason, actor=actor)


def _people(role: Role, partner_id: int) -> list[User]:
    """Everybody of a role who sees the partner and can log in."""
    users = select(User).where(User.role == role, User.disabled_at.is_(None)).order_by(User.id)
    found = db.session.scalars(users.options(joinedload(User.grants))).unique()
    return [user for user in found if user.scope.includes(partner_id)]
