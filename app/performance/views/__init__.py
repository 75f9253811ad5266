"""Pages of performance: how service levels came out, why, and what it costs."""

from flask import Blueprint, abort

from app.access import sees_money
from app.domain.periods import Month
from app.forecasts import readiness as surveyed  # noqa: F401
from app.performance import models  # noqa: F401
from app.performance.judging import service  # noqa: F401
from app.performance.rights import notices  # noqa: F401

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


from app.performance.views import (  # noqa: E402, F401
    claims,
    concessions,
    exports,
    filing,
    findings,
    forecasts,
    ledgers,
    months,
    portfolio,
    reporting,
    rights,
    scorecard,
    what_if,
)
