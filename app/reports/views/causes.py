"""Saying why what will miss misses, beside the figures and before they are sent; on the way to its evidence too."""

from flask import request
from flask_login import current_user

from app.access import Permission, requires
from app.extensions import write
from app.reports.models import Report
from app.reports.sending.explaining import explain
from app.reports.views import bp
from app.reports.views.drafts import WITH_DRAFT, causes_asked, draft_page
from app.web import back_to, find, with_link


@bp.post("/reports/<key>/draft/causes")
@requires(Permission.REPORT_PREPARE)
def explain_misses(key: str):
    report = find(Report, key, *WITH_DRAFT)
    form = causes_asked(report, request.form)
    if not form.validate():
        return draft_page(report, status=422, causes_form=form)
    with write():
        explain(report, form.said, current_user)
    kept = "Kept. It goes with the figures."
    if "evidence" in request.form:
        told = with_link(kept, "Back to the figures", "reports.draft", key=key)
        return back_to("reports.show", told, key=key, about=request.form["evidence"], _anchor="evidence")
    return back_to("reports.draft", kept, key=key, _anchor="outlook")
