"""The file with what is wrong marked in its cells: asked for, awaited and downloaded."""

from pathlib import PurePath

from flask import abort, redirect, url_for
from sqlalchemy.orm import joinedload, undefer

from app.access import Permission, requires
from app.blobs import Blob
from app.extensions import write
from app.reports.models import Draft, Report
from app.reports.tables.marked_copies import (
    MarkedCopy,
    ask_for_copy,
    can_be_marked,
    copy_of_draft,
    is_marked_quickly,
    marked_workbook,
    seconds_to_mark,
)
from app.reports.tasks import title
from app.reports.views import bp
from app.reports.views.drafts import WITH_DRAFT
from app.web import XLSX, back_to, download, find, go_on, page


@bp.post("/reports/<key>/draft/marked-copy")
@requires(Permission.REPORT_PREPARE)
def mark_copy(key: str):
    draft = _draft_to_mark(key)
    with write():
        ask_for_copy(draft)
    return redirect(url_for("reports.marked_copy", key=key), code=303)


@bp.get("/reports/<key>/draft/marked-copy")
@requires(Permission.REPORT_PREPARE)
def marked_copy(key: str):
    """Asks again by itself until the workbook is there."""
    report = find(Report, key, *WITH_DRAFT)
    copy = copy_of_draft(report.draft) if report.draft else None
    if copy is None:
        return go_on("reports.draft", key=key) if report.draft else go_on("reports.show", key=key)
    return page(
        "reports/marked_copy.html",
        block="state",
        report=report,
        copy=copy,
        title=title(report),
        seconds=seconds_to_mark(report.draft),
    )


@bp.get("/reports/<key>/draft/marked.xlsx")
@requires(Permission.REPORT_PREPARE)
def marked(key: str):
    """The own workbook with what is wrong coloured and said in its cells; a new one when it is of another kind."""
    draft = _draft_to_mark(key)
    copy = copy_of_draft(draft, joinedload(MarkedCopy.blob).options(undefer(Blob.content)))
    if copy is not None and copy.blob is not None:
        body = copy.blob.content
    elif is_marked_quickly(draft):
        body, _ = marked_workbook(draft, draft.blob.content)
    else:
        return back_to("reports.draft", key=key)
    return download(body, f"{PurePath(draft.filename).stem} to put right.xlsx", XLSX)


def _draft_to_mark(key: str) -> Draft:
    draft = find(Report, key, *WITH_DRAFT).draft
    if draft is None or not can_be_marked(draft):
        abort(404)
    return draft
