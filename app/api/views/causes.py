"""Saying why what will miss misses, before the figures are sent; and the files that show it."""

from datetime import date

from flask import abort, request
from flask_login import current_user

from app.access import Permission, requires
from app.api import documents
from app.api.causes import said_in, told, unknown_level
from app.api.views import answer, v1
from app.api.views.drafts import WITH_DRAFT, FileMissing
from app.api.views.reports import WITH_CONTRACT
from app.evidence.forms import LONGEST_SHOWS
from app.evidence.service import attach, with_files
from app.extensions import write
from app.reports.models import Report
from app.reports.sending.causes import causes_of
from app.reports.sending.explaining import explain
from app.reports.sending.preview import levels_fed_by
from app.reports.uploads.drafting import next_number
from app.web import Refusal, find


class EvidenceRefused(Refusal):
    """What it shows, what it is about or until when it is valid is not said as it should be."""


@v1.post("/reports/<key>/draft/causes")
@requires(Permission.REPORT_PREPARE)
def explain_misses(key: str):
    found = find(Report, key, *WITH_DRAFT)
    said = said_in(request.get_json(), levels_fed_by(found))
    with write():
        explain(found, said, current_user)
        causes = told(causes_of(found.id, next_number(found)))
    return answer({"causes": causes})


@v1.get("/reports/<key>/evidence-files")
@requires(Permission.EVIDENCE_READ)
def evidence_files(key: str):
    """Those of the report, in the order in which they came; one that was withdrawn says when."""
    found = find(Report, key, with_files(Report.files))
    return answer({"evidence_files": [documents.evidence(each) for each in found.files]})


@v1.post("/reports/<key>/evidence-files")
@requires(Permission.EVIDENCE_ATTACH)
def attach_evidence(key: str):
    found = find(Report, key, WITH_CONTRACT, with_files(Report.files))
    if request.mimetype != "multipart/form-data":
        abort(415)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileMissing("Send the file in the form field “file”, with its name.")
    about = _about(found)
    with write():
        attached = attach(found, filename=file.filename, content=file.read(), actor=current_user, **about)
    return answer(documents.evidence(attached), 201)


def _about(found: Report) -> dict:
    form, levels = request.form, levels_fed_by(found)
    shows, level, until = form.get("shows", "").strip(), form.get("service_level", ""), form.get("expires_on", "")
    if not 0 < len(shows) <= LONGEST_SHOWS:
        raise EvidenceRefused(f"Say in “shows” what the file shows, in at most {LONGEST_SHOWS} letters.")
    if level and level not in levels:
        raise EvidenceRefused(unknown_level(level, levels))
    try:
        expires_on = date.fromisoformat(until) if until else None
    except ValueError as error:
        raise EvidenceRefused("Write “expires_on” as a day such as 2026-11-30.") from error
    return {"shows": shows, "service_level": level, "expires_on": expires_on}
