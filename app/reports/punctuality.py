"""How a partner reports: in time, complete, and right the first time, from Accord's own record."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app.contracts.models import Contract
from app.domain.periods import Month, is_overdue
from app.extensions import db
from app.partners.models import Partner
from app.reports.models import Line, Report, Submission

MONTHS = 12
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Delivery:
    """One report as it was first sent. Each answer is None while it cannot be told."""

    report: Report
    timely: bool | None
    complete: bool | None
    right: bool | None

    @property
    def first(self) -> Submission | None:
        return self.report.submissions[0] if self.report.submissions else None


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
    found = db.session.scalars(
        select(Report)
        .join(Report.contract)
        .where(
            Report.partner_id == partner.id,
            Report.party == "partner",
            Report.month.between(str(months[0]), str(months[-1])),
        )
        .options(
            contains_eager(Report.contract).joinedload(Contract.partner),
            selectinload(Report.submissions).joinedload(Submission.review),
        )
        .order_by(Report.month.desc(), Report.contract_id, Report.kind)
    ).all()
    reports = [each for each in found if not each.comes_after_the_end and not _was_imported(each)]
    gaps = _with_gaps([report.submissions[0].id for report in reports if report.submissions])
    told = [_delivery(report, gaps, now) for report in reports]
    return Punctuality(months, [each for each in told if each.timely is not None])


def _delivery(report: Report, gaps: Collection[int], now: datetime) -> Delivery:
    if not report.submissions:
        return Delivery(report, False if is_overdue(report.due_at, now) else None, None, None)
    first = report.submissions[0]
    return Delivery(report, not first.was_late, first.id not in gaps, _was_right(report, first))


def _was_right(report: Report, first: Submission) -> bool | None:
    """Approved as it was first sent and never corrected since; None until it is decided."""
    if first.review is None:
        return None
    return first.review.decision == "approved" and report.approved_submission_id == first.id


def _was_imported(report: Report) -> bool:
    return bool(report.submissions) and report.submissions[0].batch_id is not None


def _with_gaps(submission_ids: Sequence[int]) -> set[int]:
    """The submissions in which a figure is said to be not available: a note on a row that is not nil."""
    gaps = select(Line.submission_id).where(Line.submission_id.in_(submission_ids), Line.note != "", ~Line.nil)
    return set(db.session.scalars(gaps.distinct()))
