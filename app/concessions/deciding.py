"""The decision on a concession, by somebody who did not ask for it, once; or it is withdrawn. Inside write()."""

from app import events, jobs
from app.accounts.mailboxes import let_in
from app.accounts.models import User
from app.concessions import notices
from app.concessions.models import Concession
from app.extensions import db
from app.partners.moments import moment_of_change
from app.web import Conflict, Refusal


class OwnConcession(Refusal):
    """Nobody decides on what they asked for."""

    status = 403


class AlreadyDecided(Conflict):
    """Somebody was faster; the message names them."""


class NotYours(Refusal):
    """A concession is withdrawn by the side that asked for it."""

    status = 403


def refusal_of(concession: Concession, decider: User) -> str | None:
    """Why this person cannot decide on it, in words; None when they can."""
    if not concession.is_open:
        return _as_decided(concession)
    if concession.asked_by_id == decider.id:
        return "You asked for this, so somebody else decides on it."
    return None


def check(concession: Concession, decider: User) -> None:
    """Raises OwnConcession, AlreadyDecided."""
    if not concession.is_open:
        raise AlreadyDecided(_as_decided(concession))
    if problem := refusal_of(concession, decider):
        raise OwnConcession(problem)


def may_withdraw(concession: Concession, user: User) -> bool:
    mine = concession.asked_by_id == user.id
    return concession.is_open and (mine or (user.role.is_partner and concession.by_partner))


def decide(concession: Concession, decision: str, *, actor: User, reason: str, chosen: str = "") -> None:
    """`decision` is granted, refused or withdrawn. Raises OwnConcession, AlreadyDecided, NotYours."""
    decided_at = moment_of_change(concession.partner_id)
    db.session.refresh(concession, with_for_update={"of": Concession})
    if decision != "withdrawn":
        check(concession, actor)
    elif not concession.is_open:
        raise AlreadyDecided(_as_decided(concession))
    elif not may_withdraw(concession, actor):
        raise NotYours("Only the side that asked for it can withdraw it.")
    concession.decision, concession.decided_at, concession.decided_by = decision, decided_at, actor
    concession.decision_reason, concession.chosen = reason, chosen
    figures = {"number": concession.number, "month": concession.month, "concession": concession.kind}
    figures |= {"chosen": chosen or None, "reason": events.digest_of(reason)}
    if decision == "granted":
        figures["let_in"] = bool(let_in([concession.asked_by], actor))
    events.record(f"concession.{decision}", subject=concession, actor=actor, **figures)
    if decision != "withdrawn":
        jobs.enqueue("contract.evaluate", concession.contract_id, partner_id=concession.partner_id)
        notices.tell_decided(concession)


def _as_decided(concession: Concession) -> str:
    return f"{concession.decided_by.name} has already {concession.decision} this."
