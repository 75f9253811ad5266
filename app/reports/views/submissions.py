"""One version as it was sent: the receipt, its rows, its file, and the partner's way to contest it."""

from flask import abort
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app import events, narrative
from app.access import Permission, may, requires
from app.blobs import Blob
from app.contracts.models import Contract
from app.extensions import db, write
from app.partners.places import places_of
from app.reports.asking import NothingAsked, template_of
from app.reports.differences import differences, lines_of, rows_of
from app.reports.forms import ContestForm
from app.reports.histories.books import HISTORY
from app.reports.mapping.remembering import version
from app.reports.models import Report, Review, Submission
from app.reports.remarks import Remark
from app.reports.sending.causes import causes_of
from app.reports.sending.certifying import contest, contest_of
from app.reports.sending.confirmations import Confirmation
from app.reports.sending.preview import levels_fed_by
from app.reports.sending.reviewing import refusal_of
from app.reports.tasks import title
from app.reports.views import bp
from app.web import back_to, download, find, page

WITH_REPORT = (
    joinedload(Submission.report).joinedload(Report.contract).joinedload(Contract.partner),
    joinedload(Submission.report).selectinload(Report.submissions),
    joinedload(Submission.report).selectinload(Report.remarks).joinedload(Remark.author),
    joinedload(Submission.review).joinedload(Review.reviewer),
    joinedload(Submission.batch),
    joinedload(Submission.certified_by),
    joinedload(Submission.prepared_by),
    selectinload(Submission.confirmations).joinedload(Confirmation.confirmed_by),
)


@bp.get("/submissions/<key>")
@requires(Permission.REPORT_READ)
def submission(key: str):
    return _submission_page(find(Submission, key, *WITH_REPORT))


@bp.get("/submissions/<key>/original")
@requires(Permission.REPORT_READ)
def original(key: str):
    """The very bytes that were uploaded, as an attachment."""
    sent = find(Submission, key)
    blob = db.session.scalars(select(Blob).where(Blob.id == sent.blob_id).options(undefer(Blob.content))).one_or_none()
    if blob is None:
        abort(404)
    return download(blob.content, sent.filename or "report", blob.media_type)


@bp.post("/submissions/<key>/contest")
@requires(Permission.SUBMISSION_CONTEST)
def contest_submission(key: str):
    sent = find(Submission, key, *WITH_REPORT)
    form = ContestForm()
    if not form.validate():
        return _submission_page(sent, form, status=422)
    with write():
        contest(sent, reason=form.reason.data, actor=current_user)
    return back_to("reports.submission", "Contested. The partner managers have your reason.", key=key)


def _submission_page(sent: Submission, form: ContestForm | None = None, status: int = 200):
    report = sent.report
    rows = rows_of(lines_of(sent))
    columns, changes = _columns(report), None
    earlier = [each for each in report.submissions if each.number == sent.number - 1]
    if earlier:
        changes = differences(rows_of(lines_of(earlier[0])), rows, columns)
    contested = contest_of(sent)
    return page(
        "reports/submission.html",
        status=status,
        submission=sent,
        report=report,
        title=title(report),
        rows=rows,
        places=places_of(report.contract.partner),
        causes=causes_of(report.id, sent.number),
        level_names=levels_fed_by(report),
        columns=columns,
        changes=changes,
        newest=report.submissions[-1],
        contest=contested,
        read_with=version(report, sent.mapping_number, HISTORY if sent.batch_id else ""),
        may_review=may(Permission.SUBMISSION_APPROVE) and not sent.batch_id and not refusal_of(sent, current_user),
        may_contest=may(Permission.SUBMISSION_CONTEST) and sent.on_behalf and not contested,
        told=narrative.narrated(events.timeline(sent), report.contract.zone),
        form=form or ContestForm(formdata=None),
    )


def _columns(report: Report):
    try:
        return template_of(report).columns
    except NothingAsked:
        return ()
