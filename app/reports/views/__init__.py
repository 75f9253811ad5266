"""Pages of reports: what is due, sending, reviewing."""

from flask import Blueprint

from app.reports import wording

bp = Blueprint("reports", __name__)
bp.add_app_template_filter(wording.figure)
bp.add_app_template_filter(wording.target)

from app.reports import calendar, readiness  # noqa: E402, F401
from app.reports.views import drafts, histories, mappings, reports, reviews, submissions, tasks  # noqa: E402, F401
