"""The reports that a finding of Accord's own record rests on: when each was due, when it came, what was decided."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from app.domain.facts import Party
from app.domain.wording import grouped
from app.extensions import db
from app.formatting import DASH
from app.performance.models import Finding
from app.reports.models import Report, Review, Submission


@dataclass(frozen=True)
class Recorded:
    """One report as it was judged; `first` is the version that was sent first, None while nothing was."""

    report: Report
    first: Submission | None
    values: dict[str, Decimal]
    decision: Review | None

    def written(self, measure: str) -> str:
        return grouped(str(self.values[measure])) if measure in self.values else DASH


def recorded_behind(finding: Finding) -> list[Recorded]:
    """By month and kind; one statement, and none for a finding of what was submitted."""
    values: dict[tuple[str, str], dict[str, Decimal]] = {}
    sent = set()
    for part in finding.detail["contributions"]:
        if part["party"] == Party.RECORD:
            of_report = values.setdefault((part["month"], part["queue"]), {})
            of_report |= {measure: Decimal(number) for measure, number in part["values"].items()}
            sent.add(part["submission"])
    if not values:
        return []
    rows = db.session.execute(
        select(Report, Submission)
        .outerjoin(Submission, and_(Submission.report_id == Report.id, Submission.key.in_(sent)))
        .where(
            Report.contract_id == finding.evaluation.contract_id,
            Report.party == "partner",
            Report.month.in_({month for month, _ in values}),
        )
        .options(joinedload(Submission.review).joinedload(Review.reviewer))
        .order_by(Report.month, Report.kind)
    )
    return [
        Recorded(report, first, values[report.month, report.kind], _decision(finding, first))
        for report, first in rows
        if (report.month, report.kind) in values
    ]


def _decision(finding: Finding, first: Submission | None) -> Review | None:
    """On the version that was sent first, as far as it was known when this was judged."""
    review = first.review if first else None
    return review if review and review.decided_at <= finding.evaluation.as_known_at else None
