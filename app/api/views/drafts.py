"""Bringing figures, their verdict, what they would give, and sending them where a declaration is enough."""

import secrets

from flask import abort, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload, undefer_group

from app import clock
from app.access import Permission, requires, sees_money
from app.api import documents, once
from app.api.causes import said_in
from app.api.outlook import preview as previewed
from app.api.views import answer, v1
from app.api.views.reports import WITH_CONTRACT, WITH_VERSIONS
from app.extensions import write
from app.reading import without_collection
from app.reports.asking import terms_of
from app.reports.models import Draft, Report
from app.reports.sending.causes import causes_of
from app.reports.sending.certifying import certify
from app.reports.sending.preview import levels_fed_by, outlook
from app.reports.uploads.drafting import next_number
from app.reports.uploads.intake import check_quickly, receive
from app.reports.uploads.meant import report_meant
from app.reports.uploads.models import Upload
from app.web import Conflict, Refusal, find

WITH_DRAFT = (
    WITH_CONTRACT,
    joinedload(Report.draft).options(joinedload(Draft.prepared_by), undefer_group("content")),
    selectinload(Report.submissions),
)
WITH_REPORT = joinedload(Upload.report).options(WITH_CONTRACT)


class FileRefused(Refusal):
    """What was brought is no report, or not this one; an earlier draft stays."""


class FileMissing(Refusal):
    """A form came without the file."""


class NotDeclared(Refusal):
    """Who sends declares."""


class StillWrong(Conflict):
    """Figures with errors give no results."""

    title = "The draft has errors"


@v1.post("/reports/<key>/draft")
@requires(Permission.REPORT_PREPARE)
def bring(key: str):
    found = find(Report, key, WITH_CONTRACT)
    received = receive(found, *_brought(), current_user)
    check_quickly(received)
    if received.state == "refused":
        meant = report_meant(received.meant_for, current_user, clock.now())
        raise FileRefused(received.refusal, **({"meant_for": meant.key} if meant else {}))
    if received.state != "ready":
        return answer(documents.upload(received), 202, url_for("v1.upload", key=received.key))
    return _draft(find(Report, key, *WITH_DRAFT), 201, url_for("v1.draft", key=key))


@v1.get("/uploads/<key>")
@requires(Permission.REPORT_PREPARE)
def upload(key: str):
    found = find(Upload, key, WITH_REPORT)
    return answer(documents.upload(found, report_meant(found.meant_for, current_user, clock.now())))


@v1.get("/reports/<key>/draft")
@requires(Permission.REPORT_PREPARE)
def draft(key: str):
    return _draft(find(Report, key, *WITH_DRAFT))


@v1.get("/reports/<key>/draft/preview")
@requires(Permission.REPORT_PREPARE)
def preview(key: str):
    found = find(Report, key, *WITH_DRAFT)
    if found.draft is None:
        abort(404)
    if found.draft.problems:
        raise StillWrong("Something is still wrong in the figures. Put it right and bring them again.")
    with without_collection():
        seen = outlook(found, found.draft.rows, clock.now())
    causes = causes_of(found.id, next_number(found))
    return answer(previewed(seen, causes, found.contract.currency, with_money=sees_money()))


@v1.post("/reports/<key>/submission")
@requires(Permission.REPORT_PREPARE)
def send(key: str):
    found = find(Report, key, *WITH_DRAFT)
    said = request.get_json()
    if not isinstance(said, dict) or not isinstance(said.get("content"), str):
        abort(400)
    if said.get("declared") is not True:
        raise NotDeclared("Set “declared” to true to send the report: the figures are complete and right.")
    causes = said_in(said["causes"], levels_fed_by(found)) if "causes" in said else None
    with write():
        sent = certify(
            found,
            seen_hash=said["content"],
            form_key=once.form_key() or secrets.token_urlsafe(16),
            actor=current_user,
            reason=str(said.get("reason") or "")[:4000],
            causes=causes,
        )
        receipt = sent.key
    found = find(Report, key, *WITH_VERSIONS)
    version = next(each for each in found.submissions if each.key == receipt)
    return answer(
        documents.submission(version, causes_of(found.id, version.number)), 201, url_for("v1.submission", key=receipt)
    )


def _brought() -> tuple[str, bytes]:
    """Rows as they are, or the file of a form."""
    if request.mimetype == "application/json":
        return documents.JSON_NAME, request.get_data()
    if request.mimetype != "multipart/form-data":
        abort(415)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileMissing("Send the file in the form field “file”, with its name.")
    return file.filename, file.read()


def _draft(found: Report, status: int = 200, location: str | None = None):
    if found.draft is None:
        abort(404)
    certification = terms_of(found).reports[found.kind].certification
    told = documents.draft(found.draft, current_user, clock.now(), certification)
    return answer(told, status, location)
