"""Putting right what is wrong in a file: on the page, or in a copy of the own workbook with its cells marked."""

import re
from pathlib import PurePath

from flask import abort, redirect, request, url_for
from flask_login import current_user

from app.access import Permission, requires
from app.marking import Mark, mark, write_anew
from app.reading import read
from app.reports.cells import merged
from app.reports.intake import check_quickly
from app.reports.mended import with_mended
from app.reports.mending import NothingTyped, is_read_quickly, mend
from app.reports.models import Draft, Report
from app.reports.views import bp
from app.reports.views.drafts import WITH_DRAFT, draft_page
from app.web import XLSX, download, find

CELL = re.compile(r"cell-(\d+)-(\d+)")


@bp.post("/reports/<key>/draft/cells")
@requires(Permission.REPORT_PREPARE)
def mend_cells(key: str):
    report = find(Report, key, *WITH_DRAFT)
    typed = {
        (int(place[1]), int(place[2])): text
        for name, text in request.form.items()
        if (place := CELL.fullmatch(name)) is not None
    }
    try:
        upload = mend(report, typed, seen=request.form.get("seen", ""), actor=current_user)
    except NothingTyped as refusal:
        return draft_page(report, status=422, mending=refusal.message)
    check_quickly(upload)
    if upload.is_open:
        return redirect(url_for("reports.upload_state", key=upload.key), code=303)
    return redirect(url_for("reports.draft", key=key), code=303)


@bp.get("/reports/<key>/draft/marked.xlsx")
@requires(Permission.REPORT_PREPARE)
def marked(key: str):
    """The own workbook with what is wrong coloured and said in its cells; a new one when it is of another kind."""
    draft = find(Report, key, *WITH_DRAFT).draft
    if draft is None or not is_read_quickly(draft) or not (draft.problems or draft.warnings):
        abort(404)
    name, blob = draft.table.get("sheet", ""), draft.blob
    marks, listed = _marks(draft), _listed(draft)
    values = [(each["row"], each["column"], each["now"]) for each in draft.mended if each["sheet"] == name]
    body = mark(blob.content, name, marks, listed, values) if name else None
    if body is None:
        sheets = with_mended(read(draft.filename, blob.content).sheets, draft.mended)
        body = write_anew(next(sheet for sheet in sheets if sheet.name == name), marks, listed)
    return download(body, f"{PurePath(draft.filename).stem} to put right.xlsx", XLSX)


def _marks(draft: Draft) -> list[Mark]:
    """What belongs to a row as a whole stands at its beginning."""
    problems = [
        Mark(each["row"], each["column"] or 0, "error", each["words"])
        for each in draft.problems
        if each["row"] is not None
    ]
    return problems + [
        Mark(row, column, "warning", each["words"])
        for each in draft.warnings
        for row, column in each["cells"]
        if row is not None and column is not None
    ]


def _listed(draft: Draft) -> list[tuple[str, str]]:
    told = [*merged(draft.table, draft.problems), *draft.warnings]
    return [(each["place"], each["words"]) for each in told]
