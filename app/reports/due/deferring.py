"""Granting one partner a later lock, for a report or for what is open of its month. Inside write()."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app import clock, events, jobs
from app.accounts.models import User
from app.contracts.models import Contract
from app.domain.periods import instant_of
from app.extensions import db
from app.formatting import moment
from app.partners.moments import moment_of_change
from app.reports import notices
from app.reports.due.deferrals import Deferral
from app.reports.models import Report
from app.web import Refusal

LONGEST = timedelta(days=92)  # a quarter: what needs longer is for the contract to say


class NotDeferred(Refusal):
    """A later lock would change nothing, or is further away than an exception should be."""


def refusal_to_defer(report: Report) -> Refusal | None:
    """Why no later lock can be granted; None when it can."""
    if report.party != "partner":
        return NotDeferred("These are the client's own figures. Internal people send them after the lock too.")
    if report.state not in {"due", "drafted"}:
        return NotDeferred("This report was sent. What is returned can be sent again without a later lock.")
    if report.dropped_at is not None:
        return NotDeferred("Nobody owes this report: it is no longer asked for.")
    return None


def defer(report: Report, *, until: date, whole_month: bool, reason: str, actor: User) -> list[Report]:
    """Keep it open until the lock's time of day on another day. Tells the partner. Raises NotDeferred.

    How long a report may still come is part of Accord's own record, by which a contract may judge.
    """
    granted_at = moment_of_change(report.partner_id)
    found = _hold(report, whole_month=whole_month)
    if refusal := refusal_to_defer(report):
        raise refusal
    _refuse_unless_later(report, until)
    others = [each for each in found if each is not report and refusal_to_defer(each) is None]
    deferred = [report, *(each for each in others if locked_on(each, until) > each.locks_at)]
    grants = [_grant(each, until, granted_at, reason.strip(), actor) for each in deferred]
    for each, figures in zip(deferred, grants, strict=True):
        events.record("lock.deferred", subject=each, actor=actor, **figures)
    for contract_id in sorted({each.contract_id for each in deferred}):
        jobs.enqueue("contract.evaluate", contract_id, partner_id=report.partner_id)
    notices.tell_deferred(deferred, reason, actor)
    return deferred


def locked_on(report: Report, day: date) -> datetime:
    """The instant of a day at which the report's contract locks."""
    at = report.lock_at.astimezone(ZoneInfo(report.contract.zone)).time()
    return instant_of(day, at, report.contract.zone)


def _refuse_unless_later(report: Report, until: date) -> None:
    now, wanted = clock.now(), locked_on(report, until)
    if wanted <= max(now, report.locks_at):
        held = max(now, report.locks_at)
        raise NotDeferred(f"Choose a day after {moment(held, report.contract.zone)}: until then this changes nothing.")
    if wanted > now + LONGEST:
        raise NotDeferred(f"A later lock lasts at most {LONGEST.days} days. Amend the terms for a lasting change.")


def _hold(report: Report, *, whole_month: bool) -> list[Report]:
    """The report, or all that its partner owes for the same month over all contracts, read again and held."""
    same_month = (Report.partner_id == report.partner_id, Report.month == report.month, Report.party == "partner")
    about = same_month if whole_month else (Report.id == report.id,)
    wanted = select(Report).join(Report.contract).where(*about).order_by(Report.id)
    loaded = contains_eager(Report.contract).joinedload(Contract.partner)
    held = wanted.options(loaded).with_for_update(of=Report).execution_options(populate_existing=True)
    return list(db.session.scalars(held))


def _grant(report: Report, until: date, at: datetime, reason: str, actor: User) -> dict:
    """What the record says of it."""
    granted = Deferral(
        partner_id=report.partner_id,
        report_id=report.id,
        before=report.locks_at,
        until=locked_on(report, until),
        reason=reason,
        granted_at=at,
        granted_by_id=actor.id,
    )
    db.session.add(granted)
    report.deferred_until = granted.until
    return {"before": granted.before, "until": granted.until, "reason": events.digest_of(reason)}
