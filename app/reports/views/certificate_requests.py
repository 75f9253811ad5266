"""Somebody who prepared a report asks the leads to certify it."""

from flask import request
from flask_login import current_user

from app.access import Permission, requires
from app.extensions import write
from app.reports.forms import CertificateRequestForm
from app.reports.models import Report
from app.reports.sending.explaining import explain
from app.reports.sending.requesting import ask_to_certify as ask
from app.reports.views import bp
from app.reports.views.drafts import WITH_DRAFT, causes_asked, draft_page
from app.web import back_to, find


@bp.post("/reports/<key>/draft/certificate-requests")
@requires(Permission.REPORT_PREPARE)
def ask_to_certify(key: str):
    report = find(Report, key, *WITH_DRAFT)
    form, causes = CertificateRequestForm(), causes_asked(report, request.form)
    if not all([form.validate(), causes.validate()]) and report.draft is not None:
        return draft_page(report, status=422, request_form=form, causes_form=causes)
    with write():
        asked = ask(report, seen_hash=form.seen.data or "", remark=form.remark.data or "", actor=current_user)
        explain(report, causes.said, current_user)
    names = " and ".join(lead.name for lead in asked)
    said = f"{names} {'is' if len(asked) == 1 else 'are'} asked by mail." if asked else "They were asked already."
    return back_to("reports.draft", said, key=key, _anchor="certificate")
