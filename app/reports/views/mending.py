"""Putting single cells right on the page, and leaving rows out."""

import re

from flask import redirect, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.reports.intake import check_quickly
from app.reports.mending import NothingTyped, mend
from app.reports.models import Report
from app.reports.views import bp
from app.reports.views.drafts import WITH_DRAFT, draft_page
from app.web import find

CELL, ROW = re.compile(r"cell-(\d+)-(\d+)"), re.compile(r"row-(\d+)")


@bp.post("/reports/<key>/draft/cells")
@requires(Permission.REPORT_PREPARE)
def mend_cells(key: str):
    report = find(Report, key, *WITH_DRAFT)
    typed = {
        (int(place[1]), int(place[2])): text
        for name, text in request.form.items()
        if (place := CELL.fullmatch(name)) is not None
    }
    left_out = {
        int(place[1]): f"leave-{place[1]}" in request.form
        for name in request.form
        if (place := ROW.fullmatch(name)) is not None
    }
    try:
        upload = mend(report, typed, left_out, seen=request.form.get("seen", ""), actor=current_user)
    except NothingTyped as refusal:
        return draft_page(report, status=422, mending=refusal.message)
    check_quickly(upload)
    if upload.is_open:
        return redirect(url_for("reports.upload_state", key=upload.key), code=303)
    return redirect(url_for("reports.draft", key=key), code=303)
