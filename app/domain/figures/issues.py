"""Which issue of a forecast counts for a month: the newest of each place that came before the lock."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.domain.events import Forecast
from app.domain.periods import Month


class Issue(NamedTuple):
    """`state` is counts, replaced (by a later issue in time) or late (after the lock)."""

    forecast: Forecast
    state: str


def locked_on(month: Month, locks: int | None) -> date:
    """The last day on which an issue counts for a month: so many days before it begins, else its own last day."""
    return month.last if locks is None else month.first - timedelta(days=locks)


def standing_of(forecasts: Sequence[Forecast], measure: str, month: Month, locks: int | None) -> list[Issue]:
    """Every issue of a measure that says something about a month, the oldest first; of one day the later one counts."""
    of_month = [each for each in forecasts if each.measure == measure and each.is_about(month)]
    of_month.sort(key=lambda each: each.issued_on)
    newest = {(each.site, each.queue): each for each in of_month if each.issued_on <= locked_on(month, locks)}
    return [Issue(each, _state(each, newest, locked_on(month, locks))) for each in of_month]


def _state(forecast: Forecast, newest: dict[tuple[str, str], Forecast], last: date) -> str:
    if forecast.issued_on > last:
        return "late"
    return "counts" if newest[forecast.site, forecast.queue] is forecast else "replaced"
