"""Pages of reports: what is due, sending, reviewing."""

from flask import Blueprint

from app.reports import wording
from app.reports.tables.mended import at_last
from app.reports.tasks import title

bp = Blueprint("reports", __name__)
bp.add_app_template_filter(wording.figure)
bp.add_app_template_filter(wording.target)
bp.add_app_template_filter(at_last)
bp.add_app_template_filter(title, "report_title")

from app.reports import readiness  # noqa: E402, F401
from app.reports.due import opening, reminders  # noqa: E402, F401
from app.reports.views import (  # noqa: E402
    calendars,  # noqa: F401
    causes,  # noqa: F401
    certificate_requests,  # noqa: F401
    confirmations,  # noqa: F401
    deferrals,  # noqa: F401
    drafts,  # noqa: F401
    histories,  # noqa: F401
    history_files,  # noqa: F401
    mappings,  # noqa: F401
    marked_copies,  # noqa: F401
    mending,  # noqa: F401
    reports,  # noqa: F401
    reviews,  # noqa: F401
    submissions,  # noqa: F401
    tasks,  # noqa: F401
)
