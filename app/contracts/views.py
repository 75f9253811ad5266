"""Pages of contracts."""

from flask import Blueprint

from app.contracts import models  # noqa: F401

bp = Blueprint("contracts", __name__)
