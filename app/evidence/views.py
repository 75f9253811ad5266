"""A file as an attachment, and withdrawing it."""

from flask import Blueprint, abort
from flask_login import current_user
from sqlalchemy.orm import joinedload, undefer

from app.access import Permission, requires
from app.blobs import Blob
from app.evidence import reminders  # noqa: F401
from app.evidence.models import Evidence
from app.evidence.service import withdraw
from app.extensions import write
from app.web import back_to, download, find

bp = Blueprint("evidence", __name__)


@bp.get("/evidence-files/<key>")
@requires(Permission.EVIDENCE_READ)
def file(key: str):
    """The very bytes that were attached; 404 once they were withdrawn."""
    evidence = find(Evidence, key, joinedload(Evidence.blob).options(undefer(Blob.content)))
    if evidence.blob is None:
        abort(404)
    return download(evidence.blob.content, evidence.filename, evidence.media_type)


@bp.post("/evidence-files/<key>/withdrawal")
@requires(Permission.EVIDENCE_ATTACH)
def take_back(key: str):
    evidence = find(Evidence, key, joinedload(Evidence.report), joinedload(Evidence.claim))
    with write():
        withdraw(evidence, current_user)
    said = "Withdrawn. That it was there stays on record."
    if evidence.report:
        return back_to("reports.show", said, key=evidence.report.key, _anchor="evidence")
    return back_to("performance.claim", said, key=evidence.claim.key, _anchor="evidence")
