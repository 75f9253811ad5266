"""Pages of governance."""

from flask import Blueprint

from app.governance import models  # noqa: F401

bp = Blueprint("governance", __name__)
