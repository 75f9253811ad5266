"""How a partner reports: in time, complete, and right the first time, from Accord's own record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import contains_eager

from app.contracts.models import Contract
from app.domain.periods import Month, is_overdue
from app.extensions import db
from app.partners.models import Partner
from app.reports.models import Line, Report, Review, Submission

MONTHS = 12
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Delivery:
    """One report as it was first sent. Each answer is None while it cannot be told."""

    report: Report
    first: Submission | None
    timely: bool
    complete: bool | None
    right: bool | None


@dataclass(frozen=True)
class Rate:
    met: int
    of: int

    @property
    def percent(self) -> Decimal | None:
        return self.met * HUNDRED / self.of if self.of else None


@dataclass(frozen=True)
class Punctuality:
    """The reports of up to twelve months; each figure is a sum over a sum, never a mean of months."""

    months: tuple[Month, ...]
    deliveries: Sequence[Delivery]

    def rate(self, figure: str, month: Month | None = None) -> Rate:
        told = [getattr(each, figure) for each in self.deliveries if month is None or each.report.month == str(month)]
        return Rate(sum(answer is True for answer in told), sum(answer is not None for answer in told))

    def short_of(self, figure: str) -> list[Delivery]:
        return [each for each in self.deliveries if getattr(each, figure) is False]

    @cached_property
    def is_empty(self) -> bool:
        return not self.deliveries


def punctuality_of(partner: Partner, last: Month, now: datetime) -> Punctuality:
    """The partner's own reports of the twelve months up to `last`, the newest first. Imported history is left out."""
    months = tuple(last.plus(1 - MONTHS).through(last))
    has_gap = exists().where(Line.submission_id == Submission.id, Line.note != "", ~Line.nil)
    found = db.session.execute(
        select(Report, Submission, Review, has_gap)
        .join(Report.contract)
        .join(Contract.partner)
        .outerjoin(Submission, and_(Submission.report_id == Report.id, Submission.number == 1))
        .outerjoin(Review, Review.submission_id == Submission.id)
        .where(
            Report.partner_id == partner.id,
            Report.party == "partner",
            Report.month.between(str(months[0]), str(months[-1])),
        )
        .options(contains_eager(Report.contract).contains_eager(Contract.partner))
        .order_by(Report.month.desc(), Report.contract_id, Report.kind)
    )
    return Punctuality(months, [_delivery(*row) for row in found if _counts(row[0], row[1], now)])


def _counts(report: Report, first: Submission | None, now: datetime) -> bool:
    if report.comes_after_the_end:
        return False
    return first.batch_id is None if first else is_overdue(report.due_at, now)


def _delivery(report: Report, first: Submission | None, review: Review | None, has_gap: bool) -> Delivery:
    """Complete: no row says why it has no figures, unless it is nil. Right: approved as first sent, and it still is."""
    if first is None:
        return Delivery(report, None, False, None, None)
    right = review.decision == "approved" and report.approved_submission_id == first.id if review else None
    return Delivery(report, first, not first.was_late, not has_gap, right)
