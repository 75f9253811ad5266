"""Pages of performance: how service levels came out, why, and what it costs."""

from flask import Blueprint, abort

from app.access import sees_money
from app.domain.periods import Month
from app.performance import models, notices, service  # noqa: F401

bp = Blueprint("performance", __name__)


def month_of(text: str) -> Month:
    """The month of an address, or 404."""
    try:
        return Month.parse(text)
    except ValueError:
        abort(404)


def need_money() -> None:
    """A partner analyst sees amounts when the own lead has granted it, so this is finer than a role's right."""
    if not sees_money():
        abort(403)


from app.performance.views import (  # noqa: E402
    claims,  # noqa: F401
    exports,  # noqa: F401
    filing,  # noqa: F401
    findings,  # noqa: F401
    ledgers,  # noqa: F401
    months,  # noqa: F401
    portfolio,  # noqa: F401
    rights,  # noqa: F401
    scorecard,  # noqa: F401
    what_if,  # noqa: F401
)
