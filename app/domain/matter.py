"""What is to be judged, and what the judgement rests on besides the figures."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.events import Events
from app.domain.figures.book import Part
from app.domain.periods import Month, Window
from app.domain.rules.relief import Claim, ClaimTerms
from app.domain.rules.trail import Trail

if TYPE_CHECKING:
    from app.domain.findings import Finding

ONE = Decimal(1)


class Matter(NamedTuple):
    """One service level and window."""

    level: ServiceLevel
    metric: Metric
    month: Month  # in which the window ends
    window: Window
    parts: Sequence[Part]
    opens: date  # the contract's first day
    is_year: bool = False  # the average by which credits are earned back
    told: int | None = None  # months that have figures before relief; None: as many as are counted

    @property
    def begins(self) -> date:
        """Days before the contract, and months before they are measured, are in no window."""
        return max(self.window.first, self.opens, self.level.measured_from or self.opens)

    @property
    def is_stated(self) -> bool:
        return self.level.source == "stated"

    def months(self, told: int) -> int:
        """A fiscal month has days of two calendar months, and is one."""
        return 1 if self.level.window.kind == "fiscal_month" and not self.is_year else told

    @property
    def scale(self) -> Decimal:
        """A stated value is in the metric's unit already."""
        return ONE if self.is_stated else self.metric.scale


class Surroundings(NamedTuple):
    """Events, the claims about this service level and month, and its earlier findings."""

    events: Events
    claims: Sequence[Claim]
    claim_terms: ClaimTerms
    trail: "Trail[Finding]"
