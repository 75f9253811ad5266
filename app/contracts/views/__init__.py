"""Pages of contracts: the smallest set-up, readiness, terms, term sheets and charges."""

from flask import Blueprint

bp = Blueprint("contracts", __name__, cli_group="terms")

from app.contracts import commands, readiness  # noqa: E402, F401
from app.contracts.replay import commands as replays  # noqa: E402, F401
from app.contracts.views import charges, contracts, levels, rules, sections, setup, sheets, terms  # noqa: E402, F401
