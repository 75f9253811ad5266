"""Pages of reports."""

from flask import Blueprint

from app.reports import models  # noqa: F401

bp = Blueprint("reports", __name__)
