"""Pages of decks."""

from flask import Blueprint

from app.decks import models  # noqa: F401

bp = Blueprint("decks", __name__)
