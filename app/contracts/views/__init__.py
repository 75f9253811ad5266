"""Pages of contracts: the smallest set-up, readiness, terms and charges."""

from flask import Blueprint

from app.contracts import readiness  # noqa: F401

bp = Blueprint("contracts", __name__)

from app.contracts.views import setup  # noqa: E402, F401
