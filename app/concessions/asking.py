"""Asking for a concession: what can be asked, and by whom it was. All of it inside write()."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app import events
from app.accounts.models import User
from app.concessions import notices
from app.concessions.models import Concession
from app.contracts.models import Contract
from app.extensions import db
from app.partners.moments import moment_of_change


@dataclass(frozen=True)
class Asked:
    """Amounts in minor units; None is all that is left."""

    kind: str
    month: str
    service_levels: Sequence[str]
    reason: str
    clause: str = ""
    amount_minor: int | None = None


def ask(contract: Contract, asked: Asked, *, actor: User, form_key: str) -> Concession:
    """What can be asked was checked against the judgement in force. A doubled post gets the first one's concession."""
    asked_at = moment_of_change(contract.partner_id)
    if first := _asked_already(contract, form_key):
        return first
    numbers = select(func.max(Concession.number)).where(Concession.contract_id == contract.id)
    concession = as_asked(contract, asked)
    concession.number = (db.session.scalar(numbers) or 0) + 1
    concession.form_key, concession.asked_at, concession.asked_by = form_key, asked_at, actor
    concession.by_partner = actor.role.is_partner
    db.session.add(concession)
    figures = {"number": concession.number, "month": asked.month, "concession": asked.kind}
    figures |= {"service_levels": concession.service_levels, "clause": asked.clause}
    if asked.amount_minor is not None:
        figures |= {"amount_minor": asked.amount_minor, "currency": contract.currency}
    figures["reason"] = events.digest_of(asked.reason)
    events.record("concession.asked", subject=concession, actor=actor, **figures)
    notices.tell_asked(concession)
    return concession


def as_asked(contract: Contract, asked: Asked) -> Concession:
    """The concession, not yet numbered and not in the session."""
    return Concession(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        number=0,
        month=asked.month,
        kind=asked.kind,
        service_levels=sorted(asked.service_levels),
        amount_minor=asked.amount_minor,
        clause=asked.clause,
        reason=asked.reason,
        decision="open",
        chosen="",
    )


def _asked_already(contract: Contract, form_key: str) -> Concession | None:
    return db.session.scalars(
        select(Concession).where(Concession.contract_id == contract.id, Concession.form_key == form_key)
    ).one_or_none()
