"""Misses with one cause: which of them belong together, and until when the customer chooses the one that is paid."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.domain.events import Incident
from app.domain.periods import SATURDAY, Month
from app.domain.terms import Terms


class Together(NamedTuple):
    """One incident, or several that share a miss: of all their misses one is paid."""

    incidents: tuple[Incident, ...]

    @property
    def name(self) -> str:
        return " and ".join(sorted(incident.key for incident in self.incidents))

    def holds(self, service_level: str) -> bool:
        return any(service_level in incident.service_levels for incident in self.incidents)

    def chosen(self, last: date | None) -> set[str]:
        """What the customer chose by the last day; where the terms name none, whenever it was."""
        return {
            incident.chosen
            for incident in self.incidents
            if last is None or incident.chosen_on is None or incident.chosen_on <= last
        }


def joined(incidents: Sequence[Incident], missed: Collection[str]) -> Iterator[Together]:
    """The incidents of one month, those that share one of its `missed` service levels as one, whatever their order."""
    left = list(incidents)
    while left:
        shared, together = [left.pop(0)], list[Incident]()
        while shared:
            together += shared
            reached = {key for incident in together for key in incident.service_levels if key in missed}
            shared = [incident for incident in left if not reached.isdisjoint(incident.service_levels)]
            left = [incident for incident in left if incident not in shared]
        yield Together(tuple(together))


def choice_ends(month: Month, terms: Terms) -> date | None:
    """The last day on which the customer chooses the credit of an incident; None where the terms name none."""
    left = terms.credits.choose_within if terms.credits else None
    if left is None:
        return None
    last = month.last
    while left:
        last += timedelta(days=1)
        left -= last.weekday() < SATURDAY and last not in terms.calendar.holidays
    return last
