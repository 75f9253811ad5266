"""The parts of a contract's terms."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from app.domain.periods import Month
from app.domain.targets import Target


@dataclass(frozen=True, slots=True)
class Deadline:
    """The nth working day after the period, at a local time."""

    working_day: int
    at: time


@dataclass(frozen=True, slots=True)
class Calendar:
    due: Deadline
    lock: Deadline
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which site works which queue; one row of the template."""

    site: str
    queue: str
    since: date | None = None
    until: date | None = None

    def works_in(self, month: Month) -> bool:
        return (self.since is None or self.since <= month.last) and (self.until is None or self.until >= month.first)


@dataclass(frozen=True, slots=True)
class ReportTerms:
    grain: str  # month | day
    certification: str  # second_person | declaration


@dataclass(frozen=True, slots=True)
class MeasureTerms:
    source: str  # partner | client | agreed
    tolerance: Decimal | None = None  # percent of the client's figure; agreed only


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty means all."""

    sites: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()

    def covers(self, site: str, queue: str) -> bool:
        return (not self.sites or site in self.sites) and (not self.queues or queue in self.queues)

    def __str__(self) -> str:
        return " · ".join(", ".join(part) for part in (self.sites, self.queues) if part) or "all sites and queues"


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A metric with its targets, scope and window. Percentages are in points: 80 is 80 %."""

    key: str
    name: str
    metric: str
    scope: Scope
    window: str  # month | quarter
    source: str  # computed | stated
    expected: Target
    minimum: Target | None
    threshold: str | None  # "20 seconds": words for the reader
    importance: str  # critical | key | reported (the document's `class`)
    weight: Decimal
    credits_on: str  # minimum | expected | none
    allocation: Decimal | None  # percent of the amount at risk
    minimum_volume: Decimal | None
    measured_from: date | None
    credits_from: date | None
    clause: str


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """Percent of the month's charges; the allocations share out `pool` percent of the amount at risk."""

    at_risk: Decimal
    pool: Decimal
    monthly_cap: Decimal | None
    clause: str
