"""Answering what stands between a checked file and sending it: warnings, and columns with personal data."""

from flask import request
from flask_login import current_user

from app.access import Permission, requires
from app.extensions import write
from app.reports.forms import ConfirmationForm
from app.reports.models import Report
from app.reports.sending.confirming import confirm
from app.reports.sending.explaining import explain
from app.reports.uploads import leaving_out
from app.reports.views import bp
from app.reports.views.drafts import WITH_DRAFT, causes_asked, draft_page
from app.web import back_to, find


@bp.post("/reports/<key>/draft/confirmation")
@requires(Permission.REPORT_PREPARE)
def confirm_warnings(key: str):
    report = find(Report, key, *WITH_DRAFT)
    form, causes = ConfirmationForm(), causes_asked(report, request.form)
    if not all([form.validate(), causes.validate()]) and report.draft is not None:
        return draft_page(report, status=422, confirmation_form=form, causes_form=causes)
    with write():
        confirm(report, seen_hash=form.seen.data or "", comment=form.comment.data or "", actor=current_user)
        explain(report, causes.said, current_user)
    return back_to("reports.draft", "Confirmed. Your comment goes with the figures.", key=key, _anchor="certificate")


@bp.post("/reports/<key>/draft/left-out-columns")
@requires(Permission.REPORT_PREPARE)
def leave_out(key: str):
    report = find(Report, key, *WITH_DRAFT)
    with write():
        leaving_out.leave_out(report, seen_hash=request.form.get("seen", ""), actor=current_user)
    return back_to("reports.draft", "These columns are left out, and are not kept.", key=key)
