"""Pages of decks, and of what would restate them."""

from flask import Blueprint

bp = Blueprint("decks", __name__)

from app.decks.views import decks, effects  # noqa: E402, F401
