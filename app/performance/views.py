"""Pages of performance."""

from flask import Blueprint

from app.performance import models  # noqa: F401

bp = Blueprint("performance", __name__)
