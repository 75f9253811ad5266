"""Pages of people: logging in, links by mail, the own profile, the list of people, a partner's team."""

from flask import Blueprint

bp = Blueprint("accounts", __name__, cli_group="users")

from app.accounts import commands  # noqa: E402, F401
from app.accounts.sessions import bind_scope  # noqa: E402
from app.accounts.views import calendars, entry, links, profile, team, users  # noqa: E402, F401

__all__ = ["bind_scope", "bp"]
