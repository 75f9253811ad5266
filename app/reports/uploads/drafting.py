"""Keeping what somebody uploads for a report: checked, with everything that is wrong, and not yet sent."""

from sqlalchemy import func, select

from app import clock, events
from app.accounts.models import User
from app.domain.canonical import sha256
from app.extensions import db
from app.reports.asking import template_of
from app.reports.models import Draft, Report, Submission
from app.reports.permits import refusal_to_prepare
from app.reports.tables.cells import count
from app.reports.tables.checking import Checked
from app.reports.tables.marked_copies import forget_copy
from app.reports.template import Template
from app.web import XLSX, Refusal

MEDIA_TYPES = {
    "xlsx": XLSX,
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
}
NOT_SENT = {"row", "column"}


class QueuesAreLive(Refusal):
    """A nil return is for queues that are closed or not yet live."""


def save_nil_return(report: Report, reason: str, actor: User) -> Draft:
    """Say for the whole report that there is nothing to report; it is certified like any other. Inside write()."""
    if words := refusal_of_nil(template_of(report)):
        raise QueuesAreLive(words)
    draft = replace_draft(report, Checked(), actor)
    draft.nil_reason = reason
    draft.content_hash = content_hash(report, [], reason)
    return draft


def refusal_of_nil(template: Template) -> str:
    """Why there is something to report; empty where there is nothing."""
    if not template.live_queues:
        return ""
    live = f"Accord has these queues as live in this month: {', '.join(template.live_queues)}."
    return f"{live} Send their figures, or ask your partner manager to enter when they closed or go live."


def discard_draft(report: Report, actor: User) -> None:
    """Let go of what was prepared and not sent; the file and its figures are gone. Inside write()."""
    db.session.refresh(report, with_for_update={"of": Report})
    refuse_unless_open(report, actor)
    draft = report.draft
    if draft is None:
        return
    forget_copy(draft)
    db.session.delete(draft)
    if report.state == "drafted":
        report.state = "due"
    events.record("draft.discarded", subject=report, actor=actor, content=draft.content_hash)


def media_type(filename: str) -> str:
    return MEDIA_TYPES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")


def content_hash(report: Report, rows: list[dict], nil_reason: str) -> str:
    """Of the figures and of the version they would be: a doubled post shows, sending again after a return does not."""
    figures = [{name: value for name, value in row.items() if name not in NOT_SENT} for row in rows]
    return sha256({"report": report.key, "version": next_number(report), "rows": figures, "nil_reason": nil_reason})


def next_number(report: Report) -> int:
    newest = select(func.max(Submission.number)).where(Submission.report_id == report.id)
    return (db.session.scalar(newest) or 0) + 1


def replace_draft(report: Report, checked: Checked, actor: User) -> Draft:
    """Put checked rows, or what is wrong with them, in the place of an earlier draft. Inside write()."""
    db.session.refresh(report, with_for_update={"of": Report})
    refuse_unless_open(report, actor)
    draft = report.draft or Draft(partner_id=report.partner_id, report_id=report.id)
    if report.draft:
        forget_copy(draft)
    draft.blob_id, draft.filename, draft.nil_reason, draft.mapping_number, draft.mended = None, "", "", None, []
    draft.number_style = ""
    draft.prepared_by_id, draft.prepared_at = actor.id, clock.now()
    draft.rows, draft.table = checked.rows, checked.table
    draft.warnings, draft.personal, draft.told = checked.warnings, checked.personal, checked.told
    draft.problems = [problem.to_document() for problem in checked.problems]
    draft.content_hash = content_hash(report, checked.rows, "")
    db.session.add(draft)
    if report.state == "due":
        report.state = "drafted"
    db.session.flush()
    figures = {"rows": len(checked.rows), "problems": count(draft.problems), "content": draft.content_hash}
    figures["warnings"] = len(checked.warnings)
    events.record("draft.saved", subject=report, actor=actor, **figures)
    return draft


def refuse_unless_open(report: Report, actor: User) -> None:
    if refusal := refusal_to_prepare(report, actor, clock.now()):
        raise refusal
