"""Putting single cells right on the page, and leaving rows out."""

import re

from flask import redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app.access import Permission, requires
from app.reports.models import Report, Submission
from app.reports.uploads.intake import check_quickly
from app.reports.uploads.mending import NothingTyped, mend, take_up
from app.reports.uploads.models import Upload
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
    return _checked(upload)


@bp.post("/submissions/<key>/draft")
@requires(Permission.REPORT_PREPARE)
def take_up_again(key: str):
    """A version that was returned becomes a draft in which any figure can be typed."""
    returned = find(Submission, key, joinedload(Submission.report).options(*WITH_DRAFT), joinedload(Submission.blob))
    return _checked(take_up(returned, current_user))


def _checked(upload: Upload):
    check_quickly(upload)
    if upload.state != "ready":
        return redirect(url_for("reports.upload_state", key=upload.key), code=303)
    return redirect(url_for("reports.draft", key=upload.report.key), code=303)
