"""The forecasts of a contract as the arithmetic knows them at an instant."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.contracts.models import Contract
from app.domain.events import Forecast
from app.extensions import db
from app.forecasts.models import ForecastIssue


def forecasts_known(contract: Contract, instant: datetime) -> tuple[Forecast, ...]:
    """In the order of their numbers: of two that were issued on one day the later one counts."""
    issues = db.session.scalars(
        select(ForecastIssue)
        .where(ForecastIssue.contract_id == contract.id, ForecastIssue.entered_at <= instant)
        .order_by(ForecastIssue.number)
    )
    return tuple(forecast for issue in issues for forecast in forecasts_in(issue))


def forecasts_in(issue: ForecastIssue) -> Iterable[Forecast]:
    """One for each place that it names."""
    for row in issue.rows:
        values = {when: Decimal(value) for when, value in row["values"].items()}
        yield Forecast(issue.issued_on, issue.measure, values, row["site"], row["queue"])
