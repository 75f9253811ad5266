"""Pages of partners."""

from flask import Blueprint

from app.partners import models  # noqa: F401

bp = Blueprint("partners", __name__)
