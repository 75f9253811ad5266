"""Uploading, looking at what would be sent, and certifying it, which sends it."""

import secrets
from collections.abc import Mapping

from flask import redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload, undefer_group

from app import clock
from app.access import Permission, requires
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.extensions import write
from app.partners.places import Places
from app.reading import column_letter, without_collection
from app.reports.asking import template_of, terms_of
from app.reports.differences import differences, lines_of, rows_of
from app.reports.due.deadlines import deadline_in_words, month_runs
from app.reports.forms import (
    CausesForm,
    CertificateForm,
    CertificateRequestForm,
    ConfirmationForm,
    CorrectionForm,
    NilReturnForm,
    UploadForm,
    causes_form,
)
from app.reports.mapping.remembering import version
from app.reports.models import Draft, Report, Review, Submission
from app.reports.permits import SecondPersonNeeded, certifiers, refusal_to_certify, refusal_to_prepare
from app.reports.sending.causes import causes_of
from app.reports.sending.certifying import certify
from app.reports.sending.preview import Outlook, levels_fed_by, outlook
from app.reports.sending.requesting import not_asked_yet, with_requests
from app.reports.tables.cells import merged
from app.reports.tables.problems import marks_of
from app.reports.tables.table_pages import MOST_ROWS
from app.reports.tasks import title
from app.reports.uploads.drafting import QueuesAreLive, discard_draft, save_nil_return
from app.reports.uploads.intake import check_quickly, receive
from app.reports.uploads.meant import report_meant
from app.reports.uploads.mending import on_the_page
from app.reports.uploads.models import Upload
from app.reports.uploads.returned import returned_version
from app.reports.views import bp
from app.reports.views.reports import WITH_EVERYTHING, show_page
from app.web import back_to, find, go_on, page, with_link

WITH_DRAFT = (
    joinedload(Report.contract).joinedload(Contract.partner),
    joinedload(Report.draft).options(
        joinedload(Draft.prepared_by), joinedload(Draft.blob), undefer_group("content"), with_requests()
    ),
    selectinload(Report.submissions).joinedload(Submission.review).joinedload(Review.reviewer),
)


@bp.get("/reports/<key>/draft")
@requires(Permission.REPORT_PREPARE)
def draft(key: str):
    with without_collection():
        return draft_page(find(Report, key, *WITH_DRAFT))


@bp.post("/reports/<key>/draft")
@requires(Permission.REPORT_PREPARE)
def upload(key: str):
    report = find(Report, key, *WITH_EVERYTHING)
    form = UploadForm()
    if not form.validate():
        return _refused_upload(report, form)
    file = form.file.data
    received = receive(report, file.filename, file.read(), current_user)
    check_quickly(received)
    if received.state == "refused":
        form.file.errors = [received.refusal]
        return _refused_upload(find(Report, key, *WITH_EVERYTHING), form, received.meant_for)
    if received.state != "ready":
        return redirect(url_for("reports.upload_state", key=received.key), code=303)
    return redirect(url_for("reports.draft", key=key), code=303)


@bp.get("/uploads/<key>")
@requires(Permission.REPORT_PREPARE)
def upload_state(key: str):
    """Asks again by itself until the verdict is there, and becomes it."""
    received = find(Upload, key, joinedload(Upload.report).joinedload(Report.contract).joinedload(Contract.partner))
    report = received.report
    if received.state == "ready":
        return go_on("reports.draft", key=report.key)
    if received.state == "unmapped":
        return go_on("reports.map_columns", key=key)
    return page(
        "reports/upload.html",
        block="state",
        upload=received,
        report=report,
        title=title(report),
        meant=report_meant(received.meant_for, current_user, clock.now()),
        upload_form=UploadForm(formdata=None),
        refusal=refusal_to_prepare(report, current_user, clock.now()),
    )


@bp.post("/reports/<key>/nil-return")
@requires(Permission.REPORT_PREPARE)
def nil_return(key: str):
    report = find(Report, key, *WITH_EVERYTHING)
    form = NilReturnForm()
    if form.validate():
        try:
            with write():
                save_nil_return(report, form.reason.data, current_user)
        except QueuesAreLive as refusal:
            form.reason.errors = [refusal.message]
        else:
            return redirect(url_for("reports.draft", key=key), code=303)
    return show_page(find(Report, key, *WITH_EVERYTHING), status=422, nil_form=form)


@bp.post("/reports/<key>/draft/removal")
@requires(Permission.REPORT_PREPARE)
def discard(key: str):
    report = find(Report, key, *WITH_EVERYTHING)
    with write():
        discard_draft(report, current_user)
    return back_to("reports.show", "The draft is gone. Nothing was sent.", key=key)


@bp.post("/reports/<key>/submission")
@requires(Permission.REPORT_PREPARE)
def send(key: str):
    report = find(Report, key, *WITH_DRAFT)
    form = CorrectionForm() if report.is_approved else CertificateForm()
    causes = causes_asked(report, request.form)
    if not all([form.validate(), causes.validate()]) and report.draft is not None:
        return draft_page(report, form, status=422, causes_form=causes)
    with write():
        submission = certify(
            report,
            seen_hash=form.seen.data or "",
            form_key=form.form_key.data or "",
            actor=current_user,
            reason=form.reason.data if report.is_approved else "",
            causes=causes.said,
        )
        receipt = submission.key
    told = with_link("Sent. This page is your receipt.", "Back to the tasks", "reports.tasks")
    return back_to("reports.submission", told, key=receipt)


def _refused_upload(report: Report, form: UploadForm, meant_for: str = ""):
    if refusal := refusal_to_prepare(report, current_user, clock.now()):
        raise refusal
    return show_page(report, status=422, upload_form=form, meant_for=meant_for)


def draft_page(report: Report, form: CertificateForm | None = None, status: int = 200, mending: str = "", **forms):
    """After a refused post with the form as it was sent."""
    now, draft = clock.now(), report.draft
    if draft is None:
        return redirect(url_for("reports.show", key=report.key))
    history = terms_history(report.contract)
    terms = terms_of(report, history)
    asked = template_of(report, terms)
    expected = None if draft.problems else outlook(report, draft.rows, now, history)
    return page(
        "reports/draft.html",
        status=status,
        report=report,
        draft=draft,
        places=Places(),
        problems=merged(draft.table, draft.problems),
        **_rows_of(draft),
        is_running=month_runs(report, now),
        title=title(report),
        when=deadline_in_words(report.due_at, now, report.contract.zone, terms.calendar.holidays),
        asked=asked,
        metrics=CATALOGUE.metrics,
        **_table_of(draft),
        mending=mending,
        changes=_changes(report, draft, asked),
        read_with=version(report, draft.mapping_number),
        outlook=expected,
        causes_form=forms.get("causes_form") or _causes_form(report, expected),
        may_upload=refusal_to_prepare(report, current_user, now) is None,
        **_certifying(report, draft, terms.reports[report.kind].certification),
        form=form or _certificate(draft),
        confirmation_form=forms.get("confirmation_form") or ConfirmationForm(formdata=None, seen=draft.seen_hash),
        request_form=forms.get("request_form") or CertificateRequestForm(formdata=None, seen=draft.content_hash),
        upload_form=UploadForm(formdata=None),
    )


def _certifying(report: Report, draft: Draft, certification: str) -> dict:
    """Why this person cannot certify the draft; where it takes a colleague, who can and who was not asked yet."""
    refusal = refusal_to_certify(report, draft, current_user, clock.now(), certification)
    takes_another = isinstance(refusal, SecondPersonNeeded)
    others = certifiers(report, draft, clock.now(), certification) if takes_another else None
    return {"refusal": refusal, "certifiers": others, "unasked": not_asked_yet(draft, others or ())}


def causes_asked(report: Report, posted: Mapping[str, str]) -> CausesForm:
    """The form for the service levels that were asked about on the page; empty when none was."""
    return causes_form({level: name for level, name in levels_fed_by(report).items() if f"kind_{level}" in posted}, {})


def _causes_form(report: Report, expected: Outlook | None) -> CausesForm | None:
    if expected is None or not expected.misses:
        return None
    names = {finding.level.key: finding.level.name for finding in expected.misses}
    return causes_form(names, causes_of(report.id, len(report.submissions) + 1), formdata=None)


def _rows_of(draft: Draft) -> dict:
    pages = max(1, -(-len(draft.rows) // MOST_ROWS))
    number = min(max(1, _page_asked_for(1)), pages)
    return {"rows": draft.rows[(number - 1) * MOST_ROWS : number * MOST_ROWS], "number": number, "pages": pages}


def _page_asked_for(default: int) -> int:
    return request.args.get("page", default, type=int)


def _table_of(draft: Draft) -> dict:
    letters = [column_letter(place) for place in range(len(draft.table.get("headings", ())))]
    returned = returned_version(draft.report)
    table = on_the_page(draft, _page_asked_for(0), request.args.get("find", ""))
    return {"letters": letters, "marks": marks_of(draft.problems), "returned": returned, **table}


def _certificate(draft: Draft) -> CertificateForm:
    kind = CorrectionForm if draft.report.is_approved else CertificateForm
    return kind(formdata=None, seen=draft.content_hash, form_key=secrets.token_urlsafe(16))


def _changes(report: Report, draft: Draft, asked):
    """Against what is approved, or the version before; None when there is none."""
    if not report.submissions or draft.problems:
        return None
    earlier = report.approved_version or report.submissions[-1]
    return differences(rows_of(lines_of(earlier)), draft.rows, asked.columns)
