"""Whether the months that are about to be locked have the forecast that their terms are held against."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select

from app.access import Permission, may
from app.contracts import readiness as surveyed_first  # noqa: F401
from app.contracts.readiness import Standing
from app.domain.figures.issues import locked_on
from app.domain.periods import Month
from app.extensions import db
from app.forecasts.models import ForecastIssue
from app.formatting import day, month
from app.partners.models import Partner
from app.partners.survey import Point, Survey, surveyor, way_to


@surveyor
def forecasts(_partners: Sequence[Partner], survey: Survey) -> None:
    """Only where a rule locks its forecast: elsewhere it comes with the reports."""
    asking = [(each, locks) for each in survey.standings if (locks := list(_locks(each)))]
    if not asking:
        return
    ids = [standing.contract.id for standing, _ in asking]
    issued: dict[int, set[str]] = {}
    for issue in db.session.scalars(select(ForecastIssue).where(ForecastIssue.contract_id.in_(ids))):
        issued.setdefault(issue.contract_id, set()).update(issue.months)
    for standing, locks in asking:
        wanted = _next_to_lock(standing.today, min(locks))
        if standing.contract.covers(wanted):
            point = _point(standing, wanted, min(locks), issued.get(standing.contract.id, set()))
            survey.points[standing.partner_id].append(point)


def _locks(standing: Standing) -> Iterator[int]:
    for level in standing.terms.service_levels if standing.terms else ():
        if level.relief and level.relief.locks is not None:
            yield level.relief.locks


def _point(standing: Standing, wanted: Month, locks: int, issued: set[str]) -> Point:
    name, last = standing.contract.reference, day(locked_on(wanted, locks))
    if str(wanted) in issued:
        return Point("Forecast", True, f"The forecast of {name} for {month(wanted)} is issued; it is locked on {last}.")
    advice = f"There is no forecast for {month(wanted)} in {name}: after {last} none can count for it any more."
    url = way_to("performance.forecasts", key=standing.contract.key) if may(Permission.FORECAST_ISSUE) else None
    return Point("Forecast", False, advice, url, "Issue it", ask="a partner manager")


def _next_to_lock(today: date, locks: int) -> Month:
    """The first month for which a version still counts when it is issued today."""
    found = Month.of(today)
    while locked_on(found, locks) < today:
        found = found.next()
    return found
