"""Pages of partners, their sites and queues, and their import from a file."""

from flask import Blueprint

bp = Blueprint("partners", __name__)

from app.partners.views import imports, partners, places  # noqa: E402, F401
