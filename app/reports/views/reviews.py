"""The reviewer's queue and the decision on one submission."""

from collections.abc import Iterable

from flask import abort, request
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from app import clock
from app.access import Permission, requires
from app.accounts.mailboxes import let_in
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.domain.periods import Month
from app.evidence.service import card_of, with_files
from app.extensions import db, write
from app.partners.models import Partner
from app.relief.models import Claim
from app.reports import notices
from app.reports.differences import rows_of
from app.reports.due.deadlines import month_runs
from app.reports.due.deferrals import Deferral
from app.reports.due.overdue import overdue_reports
from app.reports.histories.batches import Batch
from app.reports.models import Line, Report, Review, Submission
from app.reports.remarks import Remark
from app.reports.sending import reviewing
from app.reports.sending.causes import causes_of
from app.reports.sending.certifying import contest_of
from app.reports.sending.comparison import Place, compare
from app.reports.sending.confirmations import Confirmation
from app.reports.sending.preview import outlook
from app.reports.uploads.returned import SentAgain, sent_again
from app.reports.views import bp
from app.web import back_to, find, page, with_link

WITH_LINES = (
    selectinload(Submission.lines).joinedload(Line.site),
    selectinload(Submission.lines).joinedload(Line.queue),
)


class ReturnForm(FlaskForm):
    seen = HiddenField()
    reason = TextAreaField(
        "What has to change",
        [InputRequired("Say what has to change, so that the partner can mend it."), Length(max=4000)],
        description="The partner sees these words. Name the row and the figure.",
    )


class ApprovalForm(FlaskForm):
    seen = HiddenField()


@bp.get("/reviews")
@requires(Permission.SUBMISSION_APPROVE)
def reviews():
    """What waits for a decision, oldest due first, then what partners still owe."""
    with_contract = joinedload(Submission.report).joinedload(Report.contract).joinedload(Contract.partner)
    waiting = db.session.scalars(
        select(Submission)
        .join(Submission.report)
        .outerjoin(Submission.review)
        .where(Report.state == "sent", Review.id.is_(None), Submission.batch_id.is_(None))
        .options(with_contract, joinedload(Submission.certified_by))
        .order_by(Report.due_at, Report.id)
    ).all()
    now = clock.now()
    imported = select(Batch).where(Batch.state == "sent").options(joinedload(Batch.imported_by)).order_by(Batch.id)
    imports = {batch.import_key: batch for batch in db.session.scalars(imported)}
    claims = db.session.scalar(select(func.count()).select_from(Claim).where(Claim.decision == "open"))
    return page(
        "reports/reviews.html",
        block="queue",
        waiting=waiting,
        imports=list(imports.values()),
        overdue=overdue_reports(now),
        claims=claims,
        is_empty=not db.session.scalar(select(select(Partner).exists())),
        now=now,
    )


@bp.get("/submissions/<key>/review")
@requires(Permission.SUBMISSION_APPROVE)
def review(key: str):
    return _review_page(_load(key))


@bp.post("/submissions/<key>/approval")
@requires(Permission.SUBMISSION_APPROVE)
def approve(key: str):
    submission = _load(key)
    form = ApprovalForm()
    if not form.validate():
        return _review_page(submission, status=422)
    with write():
        reviewing.approve(submission, seen_hash=form.seen.data, reviewer=current_user)
        notices.tell_decision(submission)
    return _to_the_queue("Approved", submission)


@bp.post("/submissions/<key>/return")
@requires(Permission.SUBMISSION_APPROVE)
def send_back(key: str):
    submission = _load(key)
    form = ReturnForm()
    if not form.validate():
        return _review_page(submission, form=form, status=422)
    with write():
        reviewing.send_back(submission, seen_hash=form.seen.data, reviewer=current_user, reason=form.reason.data)
        notices.tell_decision(submission)
    return _to_the_queue("Returned to the partner", submission)


def _to_the_queue(decided: str, submission: Submission):
    words = f"See version {submission.number}"
    told = f"{decided}: {_title(submission.report)}."
    return back_to("reports.reviews", with_link(told, words, "reports.submission", key=submission.key))


def _review_page(submission: Submission, form: ReturnForm | None = None, status: int = 200):
    now, corrected = clock.now(), _corrected_by(submission)
    earlier = corrected or _approved_before(submission.report)
    measures = [measure for measure in CATALOGUE.measures.values() if measure.kind == submission.report.kind]
    places, gone = compare(submission, earlier, measures, corrects=corrected is not None)
    expected = outlook(submission.report, rows_of(submission.lines), now)
    again = sent_again(submission, *WITH_LINES, joinedload(Submission.review).joinedload(Review.reviewer))
    known = let_in({submission.prepared_by, submission.certified_by}, current_user)
    return page(
        "reports/review.html",
        block="decision" if request.method == "POST" else None,
        status=status,
        submission=submission,
        report=submission.report,
        earlier=earlier,
        corrected=corrected,
        again=again,
        places=places,
        same=[place for place in places if _is_as_before(place, corrected, again)],
        odd=_odd(submission, places),
        gone=gone,
        outlook=expected,
        metrics=CATALOGUE.metrics,
        is_running=month_runs(submission.report, clock.now()),
        refusal=reviewing.refusal_of(submission, current_user),
        contest=contest_of(submission),
        causes=causes_of(submission.report_id, submission.number),
        card=card_of(submission.report, current_user, expected.names if expected else {}),
        let_in=known,
        others=_others(submission) if known else [],
        return_form=form or ReturnForm(formdata=None, seen=submission.content_hash),
        approval_form=ApprovalForm(formdata=None, seen=submission.content_hash),
    )


def _is_as_before(place: Place, corrected: Submission | None, again: SentAgain | None) -> bool:
    """Whether the reviewer, or the one before, has seen the place with these very figures."""
    if corrected:
        return not place.has_changed
    return again is not None and place.codes not in again.places


def _odd(submission: Submission, places: Iterable[Place]) -> list[tuple[Place, str, list[str]]]:
    """What to look at twice and nobody was warned about: a place, why, and of which measures."""
    confirmed = submission.confirmations[-1].warnings if submission.confirmations else ()
    named = {tuple(figure) for warning in confirmed for figure in warning["about"]}
    odd = []
    for place in places:
        measures: dict[str, list[str]] = {}
        for change in place.oddities:
            if (*place.codes, change.measure.key) not in named:
                measures.setdefault(change.oddity or "", []).append(change.measure.name)
        odd += [(place, oddity, names) for oddity, names in measures.items()]
    return odd


def _others(submission: Submission) -> list[str]:
    """Who else could decide, by name."""
    return [user.name for user in notices.deciders(submission) if user.has_joined and user != current_user]


def _load(key: str) -> Submission:
    report = joinedload(Submission.report)
    submission = find(
        Submission,
        key,
        report.joinedload(Report.contract).joinedload(Contract.partner),
        report.joinedload(Report.remarks).joinedload(Remark.author),
        report.joinedload(Report.submissions),
        report.joinedload(Report.deferrals).joinedload(Deferral.granted_by),
        report.options(with_files(Report.files)),
        joinedload(Submission.review).joinedload(Review.reviewer),
        joinedload(Submission.certified_by),
        joinedload(Submission.prepared_by),
        joinedload(Submission.confirmations).joinedload(Confirmation.confirmed_by),
        *WITH_LINES,
    )
    if submission.batch_id is not None:
        abort(404)
    return submission


def _corrected_by(submission: Submission) -> Submission | None:
    """The approved version in whose place a correction comes, or came."""
    if not submission.correction_reason:
        return None
    approved = (
        select(Submission)
        .join(Submission.review)
        .where(
            Submission.report_id == submission.report_id,
            Submission.number < submission.number,
            Review.decision == "approved",
        )
        .order_by(Submission.number.desc())
        .limit(1)
    )
    return db.session.scalars(approved.options(*WITH_LINES)).one_or_none()


def _approved_before(report: Report) -> Submission | None:
    """The approved submission of the month before, for comparison."""
    month = str(Month.parse(report.month).previous())
    return db.session.scalars(
        select(Submission)
        .join(Report, Report.approved_submission_id == Submission.id)
        .where(
            Report.contract_id == report.contract_id,
            Report.month == month,
            Report.kind == report.kind,
            Report.party == report.party,
        )
        .options(*WITH_LINES)
    ).one_or_none()


def _title(report: Report) -> str:
    return f"{report.contract.partner.name}, {report.kind} report for {Month.parse(report.month).first:%B %Y}"
