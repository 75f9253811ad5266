"""Reports fall due: one per contract, month, kind and party, opened once and with its deadlines fixed."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, events
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.domain.clauses import Deadline
from app.domain.periods import Month, deadline
from app.domain.terms import Terms, terms_in_force
from app.extensions import db, write
from app.jobs import Job, every_day, job
from app.partners.moments import moment_of_change
from app.reports.asking import is_asked_for
from app.reports.models import Report


def open_reports(contract: Contract, now: datetime) -> int:
    """Open what is due for every month up to the present one, and drop what is asked for no more; inside write().
    Returns how many were new.

    The present month is opened early, so that its templates can be had. Deadlines of open reports never move.
    """
    opened_at = moment_of_change(contract.partner_id)  # two workers do not open the same report
    history = terms_history(contract)
    reports = db.session.scalars(select(Report).where(Report.contract_id == contract.id).order_by(Report.id)).all()
    known = {(report.month, report.kind, report.party) for report in reports}
    _settle_what_is_owed(reports, contract, history, opened_at)
    opened = 0
    for month in _months(contract, now) if history else ():
        terms = terms_in_force(history, month)
        if terms is None or not terms.rows(month):
            continue
        for kind, party in terms.reports_due(CATALOGUE):
            if (str(month), kind, party) not in known:
                report = _report(contract, terms, month, now)
                report.kind, report.party, report.opened_at = kind, party, opened_at
                _open(report)
                opened += 1
    return opened


def _months(contract: Contract, now: datetime):
    """From the start to the present month of the contract's zone, or to the end of contract or partner.

    The opening month is opened ahead, however far: a new partner gets its first template when it is set up.
    """
    present = Month.of(now.astimezone(ZoneInfo(contract.zone)).date())
    last = max(present, Month.of(contract.starts_on))
    for end in (contract.ends_on, contract.partner.ended_on):
        if end is not None:
            last = min(last, Month.of(end))
    return Month.of(contract.starts_on).through(last)


def _report(contract: Contract, terms: Terms, month: Month, now: datetime) -> Report:
    """A month that is opened when its lock has passed stays open for as long as lies between due and lock."""

    def instant(wanted: Deadline) -> datetime:
        return deadline(month, wanted.working_day, wanted.at, contract.zone, terms.calendar.holidays)

    due_at, lock_at = instant(terms.calendar.due), instant(terms.calendar.lock)
    return Report(
        partner_id=contract.partner_id,
        contract=contract,
        month=str(month),
        due_at=due_at,
        lock_at=lock_at if lock_at > now else now + (lock_at - due_at),
    )


def _open(report: Report) -> None:
    db.session.add(report)
    figures = {"month": report.month, "report": report.kind, "party": report.party, "due_at": report.due_at}
    events.record("report.opened", subject=report, **figures)


def _settle_what_is_owed(reports: Sequence[Report], contract: Contract, history: Sequence[Terms], at: datetime) -> None:
    """Kept on the report, so that every list asks the same column; a later amendment or end may ask for it again."""
    changed = [each for each in reports if _is_dropped(each, contract, history) != (each.dropped_at is not None)]
    for report in changed:
        report.dropped_at = None if report.dropped_at else at
    db.session.flush()  # all of them before the record is: others hold one report and wait for it
    for report in changed:
        figures = {"month": report.month, "report": report.kind, "party": report.party}
        events.record("report.dropped" if report.dropped_at else "report.resumed", subject=report, **figures)


def _is_dropped(report: Report, contract: Contract, history: Sequence[Terms]) -> bool:
    is_over = report.outlives(contract.ends_on) or report.outlives(contract.partner.ended_on)
    return is_over or not is_asked_for(report, history)


@job("reports.open")
def open_due(row: Job) -> None:
    """For one contract when its terms or its end change, for a partner's when that ends, for all of them once a day."""
    wanted = select(Contract.id).order_by(Contract.id)
    if row.subject_id:
        wanted = wanted.where(Contract.id == row.subject_id)
    for contract_id in db.session.scalars(wanted).all():
        with write():
            open_reports(_contract(contract_id), clock.now())


every_day("reports.open")


def _contract(contract_id: int) -> Contract:
    query = select(Contract).where(Contract.id == contract_id).options(joinedload(Contract.partner, innerjoin=True))
    return db.session.scalars(query).one()
