"""A contract's dated terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from app.domain.catalogue import Catalogue, Measure, Problem
from app.domain.periods import Month
from app.domain.targets import Target

SCHEMA = "accord-terms/1"


class TermsInvalid(ValueError):
    """Everything that is wrong with a terms document, each with its path."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in problems))


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
    key: str
    name: str
    metric: str
    scope: Scope
    window: str  # month | quarter
    source: str  # computed | stated
    expected: Target
    minimum: Target | None
    threshold: str | None
    importance: str  # critical | key | reported (the document's `class`)
    weight: Decimal
    credits_on: str  # minimum | expected | none
    allocation: Decimal | None  # percent of the pool
    minimum_volume: Decimal | None
    measured_from: date | None
    credits_from: date | None
    clause: str


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """Percent of the month's charges; allocations share out `pool` percent of the amount at risk."""

    at_risk: Decimal
    pool: Decimal
    monthly_cap: Decimal | None
    clause: str


@dataclass(frozen=True, slots=True)
class Terms:
    effective_from: date
    calendar: Calendar
    coverage: tuple[Coverage, ...]
    reports: Mapping[str, ReportTerms]
    measures: Mapping[str, MeasureTerms]
    service_levels: tuple[ServiceLevel, ...]
    credits: CreditTerms | None
    sha: str  # SHA-256 of the canonical document
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any], catalogue: Catalogue) -> "Terms":
        """Reads and checks the whole document. Raises TermsInvalid with every problem, not only the first."""
        raise NotImplementedError

    def rows(self, month: Month) -> tuple[Coverage, ...]:
        """The site and queue pairs that the month's reports must hold."""
        return tuple(pair for pair in self.coverage if pair.works_in(month))

    def service_level(self, key: str) -> ServiceLevel:
        """Raises KeyError."""
        raise NotImplementedError

    def asked_of(self, party: str, kind: str, catalogue: Catalogue) -> tuple[Measure, ...]:
        """The template's columns. The partner reports every measure; the client those it is or shares the source of."""
        raise NotImplementedError

    def stated_of(self, kind: str, catalogue: Catalogue) -> tuple[str, ...]:
        """Metrics whose stated percentage the partner's report of this kind carries."""
        raise NotImplementedError

    def reports_due(self, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
        """(kind, party) of each report that falls due every month."""
        raise NotImplementedError


def terms_in_force(history: Sequence[Terms], month: Month) -> Terms | None:
    """The latest terms effective by the month's first day; in a contract's opening month, its first terms."""
    raise NotImplementedError
