"""What a quarter still lacks before its deck says everything: reports that are not approved, charges not entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.clock import today
from app.contracts.charges import charges_of
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.decks.issuing import last_day
from app.decks.models import Deck
from app.domain.clauses import BaseRule
from app.domain.money.charges import invoice_month
from app.domain.periods import Month, Quarter
from app.domain.terms import terms_in_force
from app.extensions import db
from app.formatting import day
from app.formatting import quarter as quarter_words
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
    begins_on: date | None  # of the contract's first terms in force
    issued: tuple[int, datetime] | None = None  # number and instant of the newest edition of this quarter

    @property
    def refusal(self) -> str:
        """Why no deck can be made of this quarter, and what to do; nothing when one can."""
        if any(month.has_terms for month in self.months):
            return ""
        none = f"No terms of this contract are in force in {quarter_words(self.quarter)}"
        if self.begins_on is None:
            return f"{none}. Put its terms in force first."
        if (ended := self.contract.ends_on) and ended < self.quarter.first:
            return f"{none}: it ended on {day(ended)}. Choose a quarter up to then."
        return f"{none}: they begin on {day(self.begins_on)}. Choose a quarter from then on."

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
        terms = terms_in_force(history, month) if contract.covers(month) else None
        of_month = tuple(report for report in reports if report.month == str(month))
        agreed = terms.credits if terms and of_month else None
        lacks = agreed is not None and _lacks_invoice(agreed.base, month, charges)
        months.append(MonthReadiness(month, of_month, terms is not None, lacks))
    begins_on = min((terms.effective_from for terms in history), default=None)
    return Readiness(contract, quarter, tuple(months), now, begins_on, _newest_edition(contract, quarter))


def _newest_edition(contract: Contract, quarter: Quarter) -> tuple[int, datetime] | None:
    editions = select(Deck.number, Deck.issued_at).where(Deck.contract_id == contract.id, Deck.quarter == str(quarter))
    newest = db.session.execute(editions.where(Deck.issued_at.is_not(None)).order_by(Deck.number.desc())).first()
    return None if newest is None else (newest.number, newest.issued_at)


def _lacks_invoice(base: BaseRule, month: Month, charges: Mapping[Month, int]) -> bool:
    """Whether that is missing which the credits of the month are a share of; of a fixed fee nothing is."""
    return base.kind != "fixed_fee" and invoice_month(base, month) not in charges


def reports_of(contract: Contract, quarter: Quarter) -> Sequence[Report]:
    query = (
        select(Report)
        .where(Report.contract_id == contract.id, Report.month.in_([str(month) for month in quarter.months]))
        .where(~Report.is_dropped)
        .order_by(Report.month, Report.kind, Report.party)
    )
    return db.session.scalars(query).all()
