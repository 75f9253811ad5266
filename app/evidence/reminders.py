"""Telling people in time that a certificate or a policy runs out."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, mail
from app.access import Role
from app.accounts.models import User
from app.accounts.reach import people_of
from app.evidence.models import Evidence
from app.extensions import db, write
from app.jobs import Job, every_day, job

AHEAD = timedelta(days=14)


@job("evidence.remind")
def remind(_row: Job) -> None:
    """Once per file, fourteen days before its last day, or on the first day after that on which a worker runs."""
    today = clock.now().date()
    running_out = db.session.scalars(
        select(Evidence)
        .where(
            Evidence.expires_on.between(today, today + AHEAD),
            Evidence.withdrawn_at.is_(None),
            Evidence.reminded_at.is_(None),
        )
        .options(joinedload(Evidence.report), joinedload(Evidence.claim), joinedload(Evidence.attached_by))
        .order_by(Evidence.id)
    ).all()
    for evidence in running_out:
        with write():
            for user in _told(evidence):
                mail.send(user.email, "evidence-expires", evidence=evidence)
            evidence.reminded_at = clock.now()


every_day("evidence.remind")


def _told(evidence: Evidence) -> list[User]:
    """Whoever attached it and sees it still, and who answers for that side; a program reads no mail."""
    role = Role.LEAD if evidence.attached_by.role.is_partner else Role.MANAGER
    told = {user.id: user for user in people_of(role, evidence.partner_id)}
    attached_by = evidence.attached_by
    if attached_by.is_active and attached_by.role.is_person and attached_by.scope.includes(evidence.partner_id):
        told[attached_by.id] = attached_by
    return list(told.values())
