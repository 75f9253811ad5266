"""Reports, files, versions and decisions as the API tells them; openapi.yaml describes each."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from flask import url_for

from app.accounts.models import User
from app.api.causes import told
from app.domain.terms import Terms
from app.evidence.models import Evidence
from app.reading import column_letter
from app.reports.models import Draft, Report, Submission
from app.reports.permits import refusal_to_certify, refusal_to_prepare
from app.reports.sending.causes import Cause
from app.reports.tasks import title
from app.reports.template import REASON, Template
from app.reports.uploads.models import Upload
from app.web import Refusal

JSON_NAME = "rows.json"
NOTHING_SAID: Mapping[str, Cause] = MappingProxyType({})


def report(found: Report, user: User, now: datetime) -> dict:
    """One line of the list; `refusal` is why no figures can be brought now."""
    contract = found.contract
    return {
        "key": found.key,
        "title": title(found),
        "contract": {"reference": contract.reference, "name": contract.name},
        "month": found.month,
        "kind": found.kind,
        "state": found.state,
        "is_overdue": found.is_overdue(now),
        "is_dropped": found.is_dropped,
        "due_at": found.due_at.isoformat(),
        "lock_at": found.locks_at.isoformat(),
        "refusal": _words(refusal_to_prepare(found, user, now)),
        "links": {
            "self": url_for("v1.report", key=found.key),
            "draft": url_for("v1.draft", key=found.key),
        },
    }


def asked(template: Template, terms: Terms) -> dict:
    """What a report asks for: the headings of its file, what each column takes, and the rows that are expected."""
    return {
        "headings": list(template.headings),
        "period_heading": template.period_heading,
        "reason_heading": REASON,
        "certification": terms.reports[template.kind].certification,
        "sites": list(template.sites),
        "queues": list(template.queues),
        "columns": [
            {
                "key": column.key,
                "heading": column.heading,
                "description": column.description,
                "unit": column.unit,
                "is_whole": column.is_whole,
                "is_stated": column.is_stated,
                "is_optional": column.is_optional,
                "part_of": list(column.part_of),
            }
            for column in template.columns
        ],
        "rows": [
            {
                "period": str(row.day or template.month),
                "site": row.site,
                "queue": row.queue,
                "nil_reason": row.nil_reason,
            }
            for row in template.rows
        ],
    }


def draft(found: Draft, user: User, now: datetime, certification: str) -> dict:
    """What would be sent and everything that is wrong with it; `content` is what sending it names."""
    refusal = refusal_to_certify(found.report, found, user, now, certification)
    return {
        "report": found.report.key,
        "content": found.content_hash,
        "filename": found.filename,
        "prepared_by": found.prepared_by.name,
        "prepared_at": found.prepared_at.isoformat(),
        "rows": len(found.rows),
        "problems": [_problem(found, each) for each in found.problems],
        "warnings": [
            {"rule": each["rule"], "place": each["place"], "detail": each["words"]} for each in found.warnings
        ],
        "is_confirmed": not found.awaits_confirmation,
        "personal": [{"place": each["place"], "kind": each["kind"]} for each in found.personal],
        "notes": found.table.get("notes", []),
        "left_out": found.table.get("left_out", []),
        "refusal": _words(refusal),
        "links": {
            "report": url_for("v1.report", key=found.report.key),
            "preview": url_for("v1.preview", key=found.report.key),
            "send": url_for("v1.send", key=found.report.key),
        },
    }


def upload(found: Upload, meant: Report | None = None) -> dict:
    """`meant` is the report that a refused file is likely for."""
    return {
        "key": found.key,
        "state": found.state,
        "progress": found.progress,
        "filename": found.filename,
        "refusal": found.refusal or None,
        "meant_for": meant.key if meant else None,
        "links": {
            "self": url_for("v1.upload", key=found.key),
            "draft": url_for("v1.draft", key=found.report.key),
        },
    }


def evidence(found: Evidence) -> dict:
    return {
        "key": found.key,
        "filename": found.filename,
        "shows": found.shows,
        "service_level": found.service_level or None,
        "sha256": found.sha256,
        "bytes": found.size,
        "media_type": found.media_type,
        "expires_on": found.expires_on.isoformat() if found.expires_on else None,
        "attached_by": found.attached_by.name,
        "attached_at": found.attached_at.isoformat(),
        "withdrawn_at": found.withdrawn_at.isoformat() if found.withdrawn_at else None,
    }


def submission(found: Submission, causes: Mapping[str, Cause] = NOTHING_SAID) -> dict:
    """One version as it was sent, and what was decided about it."""
    review = found.review
    return {
        "key": found.key,
        "report": found.report.key,
        "version": found.number,
        "content": found.content_hash,
        "sent_at": found.sent_at.isoformat(),
        "prepared_by": found.prepared_by.name,
        "certified_by": found.certified_by.name,
        "was_late": found.was_late,
        "on_behalf": found.on_behalf,
        "causes": told(causes),
        "correction_reason": found.correction_reason,
        "counts": found.id == found.report.approved_submission_id,
        "decision": review
        and {
            "decision": review.decision,
            "reason": review.reason,
            "decided_at": review.decided_at.isoformat(),
        },
        "links": {"self": url_for("v1.submission", key=found.key)},
    }


def _problem(found: Draft, problem: dict) -> dict:
    """By row and letter for a workbook, by a JSON pointer into what was sent for rows."""
    row, column = problem["row"], problem["column"]
    headings = found.table.get("headings", [])
    heading = headings[column] if column is not None and column < len(headings) else None
    told = {
        "grade": problem.get("grade", "error"),
        "place": problem["place"],
        "detail": problem["words"],
        "row": row,
        "column": None if column is None else column_letter(column),
        "heading": heading,
    }
    if found.filename == JSON_NAME:
        told |= {"column": None, "pointer": _pointer(row, heading)}
        told["place"] = "The keys of the rows" if row == 0 else told["place"]
    return told


def _pointer(row: int | None, heading: str | None) -> str | None:
    """RFC 6901, beneath the list of rows."""
    if not row:
        return None
    parts = [str(row - 1)] if heading is None else [str(row - 1), heading.replace("~", "~0").replace("/", "~1")]
    return "".join(f"/{part}" for part in parts)


def _words(refusal: Refusal | None) -> str | None:
    return refusal.message if refusal else None
