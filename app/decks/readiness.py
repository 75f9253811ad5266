"""What a quarter still lacks before its deck says everything: reports that are not approved, charges not entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.clock import today
from app.contracts.charges import charges_of
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.decks.issuing import last_day
from app.domain.periods import Month, Quarter
from app.domain.terms import terms_in_force
from app.extensions import db
from app.reports.models import Report


@dataclass(frozen=True)
class MonthReadiness:
    """One month of the quarter: its reports, and whether a credit of it could be priced."""

    month: Month
    reports: tuple[Report, ...]
    has_terms: bool
    lacks_charges: bool

    @property
    def open_reports(self) -> list[Report]:
        return [report for report in self.reports if report.state != "approved"]

    @property
    def is_ready(self) -> bool:
        return self.has_terms and bool(self.reports) and not self.open_reports and not self.lacks_charges


@dataclass(frozen=True)
class Readiness:
    contract: Contract
    quarter: Quarter
    months: tuple[MonthReadiness, ...]
    now: datetime

    @property
    def runs_until(self) -> date | None:
        """The last day of a quarter that has not ended."""
        last = last_day(self.contract, self.quarter)
        return last if today(self.contract.zone, self.now) <= last else None

    @property
    def is_complete(self) -> bool:
        return all(month.is_ready for month in self.months)

    @property
    def can_say_anything(self) -> bool:
        return any(report.state == "approved" for month in self.months for report in month.reports)


def readiness_of(contract: Contract, quarter: Quarter, now: datetime) -> Readiness:
    history, charges = terms_history(contract), charges_of(contract)
    reports = reports_of(contract, quarter)
    months = []
    for month in quarter.months:
        terms = terms_in_force(history, month)
        of_month = tuple(report for report in reports if report.month == str(month))
        lacks = bool(of_month) and terms is not None and terms.credits is not None and month not in charges
        months.append(MonthReadiness(month, of_month, terms is not None, lacks))
    return Readiness(contract, quarter, tuple(months), now)


def reports_of(contract: Contract, quarter: Quarter) -> Sequence[Report]:
    query = (
        select(Report)
        .where(Report.contract_id == contract.id, Report.month.in_([str(month) for month in quarter.months]))
        .order_by(Report.month, Report.kind, Report.party)
    )
    return db.session.scalars(query).all()
