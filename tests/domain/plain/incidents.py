"""Which incidents of a month are one, and how long the customer may choose."""

from datetime import timedelta
from typing import Any

from tests.domain.plain.figures import last_of

Incident = dict[str, Any]


def grouped(incidents: list[Incident], costly: set[str]) -> list[list[Incident]]:
    """Incidents with a costly miss in common are one, also over a third between them."""
    groups: list[list[Incident]] = []
    for incident in incidents:
        apart, near = [], [incident]
        for group in groups:
            named = {key for each in group for key in each["service_levels"]}
            if named & set(incident["service_levels"]) & costly:
                near += group
            else:
                apart.append(group)
        groups = [*apart, near]
    return groups


def last_to_choose(agreed: dict[str, Any], month: int, holidays: list[str]) -> str:
    """The nth business day after the month; without a limit there is no end."""
    within = agreed.get("incidents", {}).get("choose_within")
    day, left = last_of(month), int(within or 0)
    while left:
        day += timedelta(days=1)
        if day.isoweekday() <= 5 and str(day) not in holidays:
            left -= 1
    return "9999" if within is None else str(day)
