"""The decision on a claim, by somebody who did not file it, once; or the claim is withdrawn. Inside write()."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from app import events, jobs
from app.accounts.mailboxes import let_in
from app.accounts.models import User
from app.extensions import db
from app.partners.moments import moment_of_change
from app.relief import notices
from app.relief.filing import problems_of_figures
from app.relief.models import Claim
from app.web import Conflict, Refusal


class OwnClaim(Refusal):
    """Nobody decides on a claim that they filed."""

    status = 403


class AlreadyDecided(Conflict):
    """Somebody was faster; the message names them."""


class NotYourClaim(Refusal):
    """A claim is withdrawn by the partner, or by the person who filed it."""

    status = 403


class MoreThanAsked(Refusal):
    """What is granted goes beyond what was asked."""


def refusal_of(claim: Claim, decider: User) -> str | None:
    """Why this person cannot decide on this claim, in words; None when they can."""
    if not claim.is_open:
        return _as_decided(claim)
    if claim.filed_by_id == decider.id:
        return "You filed this claim, so somebody else decides on it."
    return None


def check(claim: Claim, decider: User) -> None:
    """Raises OwnClaim, AlreadyDecided."""
    if not claim.is_open:
        raise AlreadyDecided(_as_decided(claim))
    if problem := refusal_of(claim, decider):
        raise OwnClaim(problem)


def may_withdraw(claim: Claim, user: User) -> bool:
    return claim.is_open and (user.role.is_partner or claim.filed_by_id == user.id)


def problems_of_grant(claim: Claim, days: Sequence[date], adjust: Mapping[str, Decimal]) -> dict[str, str]:
    """What is wrong with granting so much: never more than was asked, and something."""
    if claim.kind == "days":
        return {} if days and set(map(str, days)) <= set(claim.days) else {"days": "Choose among the days asked for."}
    most = {measure: Decimal(number) for measure, number in claim.adjust.items()}
    return problems_of_figures(adjust, most, "were asked for") if claim.kind == "adjust" else {}


def grant(
    claim: Claim, *, actor: User, reason: str, days: Sequence[date] = (), adjust: Mapping[str, Decimal] | None = None
) -> None:
    """Without `days` or `adjust` all that was asked. Raises OwnClaim, AlreadyDecided, MoreThanAsked."""
    granted_days = sorted(map(str, days)) or claim.days
    granted_adjust = claim.adjust if adjust is None else {measure: f"{number:f}" for measure, number in adjust.items()}
    problems = problems_of_grant(claim, [*map(date.fromisoformat, granted_days)], _numbers(granted_adjust))
    if problems:
        raise MoreThanAsked(" ".join(problems.values()))
    _settle(claim, "granted", actor)
    claim.granted_days, claim.granted_adjust = granted_days, granted_adjust
    said = {"in_part": claim.is_granted_in_part, "let_in": bool(let_in([claim.filed_by], actor))}
    _record(claim, actor, reason, days=granted_days, adjust=granted_adjust, **said)


def refuse(claim: Claim, *, actor: User, reason: str) -> None:
    """Raises OwnClaim, AlreadyDecided."""
    _settle(claim, "refused", actor)
    _record(claim, actor, reason)


def withdraw(claim: Claim, *, actor: User, reason: str = "") -> None:
    """Raises NotYourClaim, AlreadyDecided."""
    _settle(claim, "withdrawn", actor)
    _record(claim, actor, reason)


def _settle(claim: Claim, decision: str, actor: User) -> None:
    decided_at = moment_of_change(claim.partner_id)
    db.session.refresh(claim, with_for_update={"of": Claim})
    if decision != "withdrawn":
        check(claim, actor)
    elif not claim.is_open:
        raise AlreadyDecided(_as_decided(claim))
    elif not may_withdraw(claim, actor):
        raise NotYourClaim("Only the partner, or who filed the claim, can withdraw it.")
    claim.decision, claim.decided_at, claim.decided_by = decision, decided_at, actor


def _record(claim: Claim, actor: User, reason: str, **figures) -> None:
    claim.decision_reason = reason
    figures = {"number": claim.number, "month": claim.month, **figures, "reason": events.digest_of(reason)}
    events.record(f"claim.{claim.decision}", subject=claim, actor=actor, **figures)
    jobs.enqueue("contract.evaluate", claim.contract_id, partner_id=claim.partner_id)
    notices.tell_decided(claim)


def _as_decided(claim: Claim) -> str:
    return f"{claim.decided_by.name} has already {claim.decision} this claim."


def _numbers(adjust: Mapping[str, str]) -> dict[str, Decimal]:
    return {measure: Decimal(number) for measure, number in adjust.items()}
