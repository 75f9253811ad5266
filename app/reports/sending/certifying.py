"""Certifying is sending: a draft becomes a submission, once. All of it inside write()."""

from datetime import date, datetime

from sqlalchemy import or_, select

from app import clock, events, jobs
from app.accounts.models import User
from app.domain.periods import is_overdue
from app.extensions import db
from app.partners.moments import known_by, moment_of_change
from app.reports import notices
from app.reports.asking import places_of, template_of, terms_of
from app.reports.differences import comparable, lines_of, rows_of
from app.reports.models import Draft, Line, Report, Submission
from app.reports.permits import refusal_to_certify, refusal_to_prepare
from app.reports.remarks import Remark
from app.reports.sending.explaining import Said, explain_exactly
from app.reports.tables.marked_copies import forget_copy
from app.reports.template import Template
from app.reports.uploads.drafting import next_number
from app.web import Conflict, Refusal


class DraftChanged(Conflict):
    """The figures are no longer those that the certifier saw."""


class TermsChanged(Conflict):
    """The file was checked against terms that no longer hold for its month."""

    title = "The terms have changed"


class NothingToCertify(Conflict):
    """There is no draft."""

    title = "There is nothing to send"


class NothingCorrected(Conflict):
    """The figures are those that are approved."""

    title = "Nothing was corrected"


class ReasonNeeded(Refusal):
    """An approved number never changes without a reason."""


class NotOnBehalf(Refusal):
    """Only what somebody else sent can be contested."""


def certify(
    report: Report, *, seen_hash: str, form_key: str, actor: User, reason: str = "", causes: Said | None = None
) -> Submission:
    """Send the draft whose content hash the certifier saw; a doubled post gets the first one's submission.

    For an approved report it is a correction, which needs its reason; what is approved counts until it is decided.
    `causes` are all that the certifier says of misses; without them, what was said before goes along.
    """
    came_at = clock.now()  # a wait for others' changes makes nobody late
    sent_at = moment_of_change(report.partner_id)
    db.session.refresh(report, with_for_update={"of": Report})
    if first := _sent_already(report, seen_hash, form_key):
        return first
    draft = report.draft
    if draft is None:
        raise refusal_to_prepare(report, actor, clock.now()) or NothingToCertify(
            "There is nothing to send. Upload the file first."
        )
    db.session.refresh(draft)
    terms = terms_of(report)
    if refusal := refusal_to_certify(report, draft, actor, clock.now(), terms.reports[report.kind].certification):
        raise refusal
    if not _is_what_is_asked(draft, template_of(report, terms)):
        raise TermsChanged(
            "What this report asks for changed after the file was uploaded. "
            "Download the template again, fill it in and upload it."
        )
    if draft.content_hash != seen_hash:
        raise DraftChanged(
            f"{draft.prepared_by.name} uploaded other figures after you opened this page. "
            "Open it again and look before you send."
        )
    _refuse_unless_corrected(report, draft, reason)
    submission = _submit(report, draft, form_key, actor, came_at, sent_at, reason)
    if causes is not None:
        explain_exactly(submission, causes, actor)
    _record(report, submission, actor)
    return submission


def contest(submission: Submission, *, reason: str, actor: User) -> Remark:
    """The partner disputes what a manager sent on its behalf; the submission stays, marked, with the reason."""
    if not submission.on_behalf:
        raise NotOnBehalf("Your own company sent these figures. Write a remark, or ask for a correction.")
    db.session.refresh(submission.report, with_for_update={"of": Report})
    if contest_of(submission):
        raise Conflict(
            "These figures are contested already. Add a remark to say more.", title="This is contested already"
        )
    remark = _remark(submission.report, "contest", reason, actor, max(clock.now(), submission.sent_at))
    figures = {"version": submission.number, "reason": events.digest_of(reason)}
    events.record("submission.contested", subject=submission, actor=actor, **figures)
    notices.tell_contested(submission, reason, actor)
    return remark


def contest_of(submission: Submission) -> Remark | None:
    """What the partner said against this version, sent on its behalf; a newer version answers the contest."""
    if not submission.on_behalf:
        return None
    report = submission.report
    contests = [each for each in report.remarks if each.kind == "contest" and each.written_at >= submission.sent_at]
    if not contests:
        return None
    until = min((each.sent_at for each in report.submissions if each.number > submission.number), default=None)
    return next((each for each in contests if until is None or each.written_at < until), None)


def write_remark(report: Report, text: str, actor: User) -> Remark:
    """A comment by either side."""
    written_at = known_by(report.contract.partner, clock.now())
    remark = _remark(report, "comment", text, actor, written_at)
    events.record("remark.written", subject=report, actor=actor, text=events.digest_of(text))
    return remark


def _sent_already(report: Report, seen_hash: str, form_key: str) -> Submission | None:
    same = or_(Submission.form_key == form_key, Submission.content_hash == seen_hash)
    return db.session.scalars(select(Submission).where(Submission.report_id == report.id, same)).first()


def _refuse_unless_corrected(report: Report, draft: Draft, reason: str) -> None:
    approved = report.approved_version
    if approved is None:
        return
    if not reason.strip():
        raise ReasonNeeded("Say why the approved figures were wrong, so that the correction can be decided.")
    same_nil = approved.nil_reason == (draft.nil_reason or _only_nil(draft))
    if same_nil and comparable(rows_of(lines_of(approved))) == comparable(draft.rows):
        raise NothingCorrected("These figures are those that are approved already, so there is nothing to correct.")


def _submit(
    report: Report, draft: Draft, form_key: str, actor: User, came_at: datetime, sent_at: datetime, reason: str
) -> Submission:
    submission = Submission(
        partner_id=report.partner_id,
        report_id=report.id,
        number=next_number(report),
        content_hash=draft.content_hash,
        form_key=form_key,
        blob_id=draft.blob_id,
        filename=draft.filename,
        mapping_number=draft.mapping_number,
        mended=draft.mended,
        number_style=draft.number_style,
        told=draft.told,
        prepared_by_id=draft.prepared_by_id,
        certified_by_id=actor.id,
        sent_at=sent_at,
        on_behalf=report.party == "partner" and not actor.role.is_partner,
        was_late=report.submissions[0].was_late if report.submissions else is_overdue(report.due_at, came_at),
        nil_reason=draft.nil_reason or _only_nil(draft),
        correction_reason=reason if report.is_approved else "",
    )
    db.session.add(submission)
    db.session.flush()
    sites, queues = places_of(report.partner_id)
    site_ids, queue_ids = {site.code: site.id for site in sites}, {queue.code: queue.id for queue in queues}
    db.session.add_all(line_of(submission, row, site_ids[row["site"]], queue_ids[row["queue"]]) for row in draft.rows)
    forget_copy(draft)
    db.session.delete(draft)
    report.state = "sent"
    db.session.flush()
    db.session.expire(report, ["draft", "submissions"])
    return submission


def _is_what_is_asked(draft: Draft, template: Template) -> bool:
    """An amendment may have come between the upload and the certificate: nothing goes out half filled in."""
    if not draft.rows:
        return not template.live_queues
    asked = {(row.site, row.queue, row.day and row.day.isoformat()) for row in template.rows}
    needed = [column for column in template.columns if not column.is_optional]
    return asked == {(row["site"], row["queue"], row["day"]) for row in draft.rows} and all(
        row["note"]
        or row["nil"]
        or any(column.key in row.get(name, ()) for name in ("measures", "stated", "unavailable"))
        for row in draft.rows
        for column in needed
    )


def _only_nil(draft: Draft) -> str:
    """A file in which every row is nil is a nil return."""
    if not all(row["nil"] for row in draft.rows):
        return ""
    return "; ".join(dict.fromkeys(row["note"] for row in draft.rows))


def line_of(submission: Submission, row: dict, site_id: int, queue_id: int) -> Line:
    return Line(
        partner_id=submission.partner_id,
        submission_id=submission.id,
        site_id=site_id,
        queue_id=queue_id,
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        measures=row["measures"],
        stated=row["stated"],
        unavailable=row.get("unavailable", {}),  # drafts from before there were any
        row_number=row["row"],
        nil=row["nil"],
        note=row["note"],
    )


def _record(report: Report, submission: Submission, actor: User) -> None:
    events.record(
        "submission.sent",
        subject=submission,
        actor=actor,
        version=submission.number,
        content=submission.content_hash,
        was_late=submission.was_late,
        on_behalf=submission.on_behalf,
        correction=bool(submission.correction_reason),
    )
    notices.tell_sent(submission)
    jobs.enqueue("contract.evaluate", report.contract_id, partner_id=report.partner_id)


def _remark(report: Report, kind: str, text: str, actor: User, written_at: datetime) -> Remark:
    remark = Remark(
        partner_id=report.partner_id,
        report_id=report.id,
        kind=kind,
        text=text,
        author_id=actor.id,
        written_at=written_at,
    )
    db.session.add(remark)
    db.session.flush()
    return remark
