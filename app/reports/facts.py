"""What the arithmetic may know of a contract at an instant: approved figures, and where each report stands."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import joinedload

from app.contracts.models import Contract
from app.domain.facts import Facts, Line, ReportKey, ReportStatus, Standing
from app.domain.periods import Month, is_overdue
from app.extensions import db
from app.partners.ends import last_days
from app.partners.models import Queue, Site
from app.reports import models
from app.reports.histories.batches import Batch
from app.reports.models import Report, Submission
from app.reports.tables.figures import kept


def facts_of(contract: Contract, as_known_at: datetime) -> Facts:
    """Per report the submission that was approved last by `as_known_at`, or the one that waits; three statements."""
    sent: dict[Report, list[Submission]] = {}
    for report, submission in _opened_by(contract, as_known_at):
        sent.setdefault(report, []).extend([submission] if submission else [])
    ends = last_days(contract.partner_id, contract.id, as_known_at)
    keys = {report.id: ReportKey(Month.parse(report.month), report.kind, report.party) for report in sent}
    stands = {report.id: _stand(report, submissions, ends, as_known_at) for report, submissions in sent.items()}
    batches = {report.id: _batch(submissions, as_known_at) for report, submissions in sent.items()}
    lines = _lines({chosen.id: chosen for _, chosen in stands.values() if chosen}, keys)
    figured = {line.submission for line in lines if not line.nil}
    return Facts(
        lines=lines,
        reports={
            keys[report_id]: _status(*stand, batches.get(report_id), figured, as_known_at)
            for report_id, stand in stands.items()
        },
    )


def approved_at(submission: Submission) -> datetime | None:
    """When the figures became approved: by their own review, or with the imported batch they came in."""
    if submission.review is not None:
        return submission.review.decided_at if submission.review.decision == "approved" else None
    batch = submission.batch
    return batch.decided_at if batch is not None and batch.state == "approved" else None


def _opened_by(contract: Contract, instant: datetime) -> Iterable[Row[tuple[Report, Submission | None]]]:
    """Each report beside each version of it that was sent by then, or beside none, the newest version last."""
    return db.session.execute(
        select(Report, Submission)
        .outerjoin(Submission, and_(Submission.report_id == Report.id, Submission.sent_at <= instant))
        .where(Report.contract_id == contract.id, Report.opened_at <= instant)
        .options(joinedload(Submission.review), joinedload(Submission.batch))
        .order_by(Report.id, Submission.number)
    ).all()


def _stand(
    report: Report, submissions: Sequence[Submission], ends: Iterable[date], instant: datetime
) -> tuple[Standing, Submission | None]:
    """A report whose month began after an end is owed by nobody."""
    approved = [each for each in submissions if is_approved(each, instant)]
    if approved:
        return Standing.APPROVED, approved[-1]
    waiting = [each for each in submissions if not was_decided(each, instant)]
    if waiting:
        return Standing.AWAITING, waiting[-1]
    if is_overdue(report.due_at, instant) and not any(map(report.outlives, ends)):
        return Standing.OVERDUE, None
    return (Standing.AWAITING if submissions else Standing.NOT_DUE), None


def _batch(submissions: Iterable[Submission], instant: datetime) -> Batch | None:
    """The import that the report's figures first came in, also when they were corrected since."""
    return next((each.batch for each in submissions if each.batch and is_approved(each, instant)), None)


def _status(
    standing: Standing, chosen: Submission | None, batch: Batch | None, figured: set[str], instant: datetime
) -> ReportStatus:
    """An approved return without one figure is nil. What was imported earns credits only where finance asked for them,
    also after a correction."""
    if standing is not Standing.APPROVED or chosen is None:
        return ReportStatus(standing)
    if chosen.nil_reason and chosen.key not in figured:
        standing = Standing.NIL
    return ReportStatus(standing, credited=batch is None or batch.earns_credits(instant))


def is_approved(submission: Submission, instant: datetime) -> bool:
    approved = approved_at(submission)
    return approved is not None and approved <= instant


def was_decided(submission: Submission, instant: datetime) -> bool:
    decision = submission.review or submission.batch
    return decision is not None and decision.decided_at is not None and decision.decided_at <= instant


def _lines(contributing: dict[int, Submission], keys: dict[int, ReportKey]) -> tuple[Line, ...]:
    rows = db.session.execute(
        select(models.Line, Site.code, Queue.code)
        .join(Site, models.Line.site_id == Site.id)
        .join(Queue, models.Line.queue_id == Queue.id)
        .where(models.Line.submission_id.in_(contributing))
        .order_by(models.Line.id)
    ).all()
    return tuple(_line(row, site, queue, contributing[row.submission_id], keys) for row, site, queue in rows)


def _line(row: models.Line, site: str, queue: str, submission: Submission, keys: dict[int, ReportKey]) -> Line:
    key, values = keys[submission.report_id], kept(row.measures)
    return Line(
        month=key.month,
        kind=key.kind,
        party=key.party,
        site=site,
        queue=queue,
        values=values,
        submission=submission.key,
        row=row.row_number,
        stated=kept(row.stated),
        day=row.day,
        days_reported=row.days_reported,
        nil=row.nil or (bool(submission.nil_reason) and not values),
    )
