"""Who is told what about a report, by mail."""

from collections.abc import Sequence

from app import mail
from app.access import Role
from app.accounts.models import User
from app.accounts.reach import people_of
from app.reports.histories.batches import Batch
from app.reports.models import Report, Submission


def tell_asked(report: Report, leads: Sequence[User], remark: str, actor: User) -> None:
    """Ask the leads who may certify the draft to do so; inside write()."""
    for lead in leads:
        mail.send(lead.email, "certify", report=report, remark=remark, actor=actor)


def tell_decision(submission: Submission) -> None:
    """Tell those who entered and certified the figures what was decided, if they still see them; inside write().

    A program reads no mail: what it alone has sent is told to the leads.
    """
    people = {user for user in (submission.prepared_by, submission.certified_by) if user.role.is_person}
    people = people or set(people_of(Role.LEAD, submission.partner_id))
    for user in sorted(people, key=lambda user: user.email):
        if user.is_active and user.scope.includes(submission.partner_id):
            mail.send(user.email, "decision", submission=submission, review=submission.review)


def tell_sent(submission: Submission) -> None:
    """Tell the managers who may decide; what was sent on a partner's behalf is told to its leads too."""
    for user in deciders(submission):
        mail.send(user.email, "sent", submission=submission)
    for user in people_of(Role.LEAD, submission.partner_id) if submission.on_behalf else ():
        mail.send(user.email, "sent-on-behalf", submission=submission)


def deciders(submission: Submission) -> list[User]:
    """The managers who see the partner and had no hand in these figures."""
    return [user for user in people_of(Role.MANAGER, submission.partner_id) if not submission.was_entered_by(user)]


def tell_deferred(reports: Sequence[Report], reason: str, actor: User) -> None:
    """Tell the partner's people how long they may still send, in one mail each."""
    for role in (Role.ANALYST, Role.LEAD):
        for user in people_of(role, reports[0].partner_id):
            mail.send(user.email, "later-lock", reports=reports, reason=reason, actor=actor)


def tell_contested(submission: Submission, reason: str, actor: User) -> None:
    """Tell the managers, the one who sent the figures among them."""
    for user in people_of(Role.MANAGER, submission.partner_id):
        mail.send(user.email, "contested", submission=submission, reason=reason, actor=actor)


def tell_imported(batches: Sequence[Batch], actor: User) -> None:
    """Tell who may decide on imported history, each in one mail about the partners that they see: the managers, and the
    directors where no manager but the importer sees a partner. A partner's leads are told what was imported for it.
    """
    for user in dict.fromkeys(user for batch in batches for user in _deciding_on(batch, actor)):
        seen = [batch for batch in batches if user.scope.includes(batch.partner_id)]
        mail.send(user.email, "history-imported", batches=seen, actor=actor)
    for batch in batches:
        for user in people_of(Role.LEAD, batch.partner_id) if batch.is_on_behalf else ():
            mail.send(user.email, "history-on-behalf", batch=batch, actor=actor)


def _deciding_on(batch: Batch, actor: User) -> list[User]:
    managers = [user for user in people_of(Role.MANAGER, batch.partner_id) if user != actor]
    return managers or people_of(Role.DIRECTOR, batch.partner_id)


def tell_import_decided(batches: Sequence[Batch], state: str, actor: User) -> None:
    """Tell whoever imported it what was decided, if they still see it."""
    brought = batches[0].imported_by
    seen = [batch for batch in batches if brought.scope.includes(batch.partner_id)]
    if brought.is_active and seen:
        mail.send(brought.email, "history-decided", batches=seen, state=state, actor=actor)
