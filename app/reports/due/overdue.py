"""What is late: one line a partner, however many reports, the client's own figures about it among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.contracts.models import Contract
from app.extensions import db
from app.formatting import month as month_in_words
from app.partners.models import Partner
from app.reports.models import Report


@dataclass(frozen=True)
class Overdue:
    """A partner's late reports, the longest overdue first."""

    partner: Partner
    reports: Sequence[Report]

    @property
    def oldest(self) -> Report:
        return self.reports[0]

    def locked(self, now: datetime) -> int:
        """How many the partner can no longer send."""
        theirs = (report for report in self.reports if report.party == "partner" and report.state != "returned")
        return sum(report.is_locked(now) for report in theirs)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What is late of each kind, and the months: ('service', '7 months, Apr 2026 the first')."""
        ordered = sorted(self.reports, key=lambda report: (report.kind, report.party, report.month))
        return [
            (f"{kind}, client figures" if party == "client" else kind, _months(sorted({each.month for each in late})))
            for (kind, party), late in groupby(ordered, key=lambda report: (report.kind, report.party))
        ]


def overdue_reports(now: datetime) -> list[Overdue]:
    """By partner, the longest overdue first."""
    late = db.session.scalars(
        select(Report)
        .join(Report.contract)
        .join(Contract.partner)
        .where(Report.is_overdue(now))
        .options(contains_eager(Report.contract).contains_eager(Contract.partner))
        .order_by(Partner.name, Partner.id, Report.due_at, Report.id)
    )
    found = [
        Overdue(partner, list(reports)) for partner, reports in groupby(late, key=lambda each: each.contract.partner)
    ]
    return sorted(found, key=lambda each: each.oldest.due_at)


def _months(months: Sequence[str]) -> str:
    if len(months) < 3:
        return " and ".join(month_in_words(month) for month in months)
    return f"{len(months)} months, {month_in_words(months[0])} the first"
