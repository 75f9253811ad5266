"""A version that was returned, and the one that was sent again after it: why, and what is different now."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.contracts.catalogue import CATALOGUE
from app.extensions import db
from app.partners.places import Places
from app.reports.differences import Difference, differences, rows_of
from app.reports.models import Draft, Report, Review, Submission
from app.reports.remarks import Remark
from app.reports.template import columns_of


def returned_version(report: Report) -> Submission | None:
    """The newest version, when it was returned and nothing was sent since."""
    newest = report.submissions[-1] if report.submissions else None
    return newest if newest and newest.review and newest.review.decision == "returned" else None


def holds_the_returned_file(draft: Draft) -> bool:
    return is_returned_file(draft.report, draft.blob_id)


def is_returned_file(report: Report, blob_id: int | None) -> bool:
    returned = returned_version(report)
    return returned is not None and blob_id is not None and blob_id == returned.blob_id


@dataclass(frozen=True)
class SentAgain:
    """`review` returned the version before; `remarks` were written since."""

    review: Review
    changes: Sequence[Difference]
    remarks: Sequence[Remark]
    names: Places

    @property
    def places(self) -> set[tuple[str, str]]:
        """(site, queue) codes where a figure is another one now."""
        return {(change.site, change.queue) for change in self.changes}


def sent_again(submission: Submission, *loaded) -> SentAgain | None:
    """None for a version that follows no returned one. `loaded` are the options for reading the version before."""
    if submission.number == 1:
        return None
    before = db.session.scalars(
        select(Submission)
        .join(Submission.review)
        .where(
            Submission.report_id == submission.report_id,
            Submission.number == submission.number - 1,
            Review.decision == "returned",
        )
        .options(*loaded)
    ).one_or_none()
    if before is None or before.review is None:
        return None
    lines = [*before.lines, *submission.lines]
    columns = columns_of(
        CATALOGUE, {key for line in lines for key in line.measures}, {key for line in lines for key in line.stated}
    )
    remarks = [each for each in submission.report.remarks if each.written_at >= before.review.decided_at]
    changes = differences(rows_of(before.lines), rows_of(submission.lines), columns)
    names = Places(
        {line.site.code: line.site.name for line in lines}, {line.queue.code: line.queue.name for line in lines}
    )
    return SentAgain(before.review, changes, remarks, names)
