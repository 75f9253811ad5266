"""Pages of reports: what is due, sending, reviewing."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from app.reports.views import reviews  # noqa: E402, F401
