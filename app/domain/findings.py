"""How one service level came out in one window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from app.domain.attainment import GOOD, JUDGED, MISSES, Attainment, Default, Disposition
from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.exact import plain
from app.domain.facts import Line
from app.domain.periods import Month, Window
from app.domain.reading.documents import finding_document
from app.domain.rules.bands import SeverityBand
from app.domain.rules.defaults import Count
from app.domain.rules.relief import Relief
from app.domain.targets import Band, Limit, Target
from app.domain.wording import decimals_of


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code with its figures (all text); `explain.sentence` turns it into prose."""

    code: str
    figures: Mapping[str, str] = field(default_factory=dict)


class Comparison(NamedTuple):
    """One target held against the contractual value."""

    name: str  # expected | minimum
    target: Target
    is_met: bool
    value: Decimal

    @property
    def headroom(self) -> Decimal:
        """In the metric's unit; negative is short of the target."""
        return self.target.headroom(self.value)


@dataclass(frozen=True, slots=True)
class Contribution:
    """The measures that one site and queue brought, and the submitted row they came from."""

    month: Month
    day: date | None
    site: str
    queue: str
    party: str
    values: Mapping[str, Decimal]
    submission: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Partner and client both reported a measure; `percent` is of the client's figure, None when that is zero."""

    month: Month
    measure: str
    partner: Decimal
    client: Decimal
    percent: Decimal | None
    tolerance: Decimal | None
    source: str
    is_within: bool


class Finding(NamedTuple):
    """A judgement with everything that led to it."""

    level: ServiceLevel
    metric: Metric
    window: Window
    ordinal: int  # of the month in which the window ends
    expected: Target  # as in force in that month
    minimum: Target | None
    exact: tuple[Decimal, Decimal] | None  # the contractual result as a ratio, in the metric's unit
    raw: Decimal | None  # as it is compared, in the metric's unit
    raw_parts: tuple[Decimal | None, Decimal | None]
    contractual: Decimal | None  # after relief; equals raw unless some was applied
    unrounded: Decimal | None  # the contractual result before the rounding that the terms agree
    numerator: Decimal | None
    denominator: Decimal | None
    measures: Mapping[str, Decimal]  # added up over the scope and window, after relief
    attainment: Attainment
    default: Default
    disposition: Disposition
    obstacle: Reason | None  # why it was not judged, or not as the comparisons say
    comparisons: tuple[Comparison, ...]
    lines: Sequence[Line]  # the submitted rows it rests on
    days_reported: int
    days_expected: int
    severity: SeverityBand | None = None
    tally: Count | None = None  # how often was missed, where the default rule counts
    escalated: int = 0  # consecutive misses of the Minimum, once they are escalated
    matures_on: date | None = None  # the day from which a late result is final
    relief: tuple[Relief, ...] = ()
    averaged: tuple[Decimal, ...] = ()  # the months whose mean it is, in the metric's unit
    weights: Mapping[str, int] = {}  # days by month, where a headcount's mean is that of its days
    stated: Decimal | None = None
    differences: Sequence[Difference] = ()

    @property
    def reason(self) -> Reason:
        """Written when asked for."""
        if self.obstacle is not None:
            return self.obstacle
        decisive = self.comparisons[-1 if self.attainment == Attainment.BELOW_MINIMUM else 0]
        figures = {
            "value": plain(self.contractual or Decimal(0)),
            "target": str(decisive.target),
            "unit": self.metric.unit,
            "precision": str(self.metric.precision),
        }
        return Reason(self.attainment.value, figures)

    @property
    def decimals(self) -> int:
        """Those it is shown with: what the partner stated stands as it was stated, and a mean of several was not."""
        stated = self.contractual if self.level.source == "stated" and not self.averaged else None
        return self.metric.precision if stated is None else decimals_of(stated)

    @property
    def is_partial(self) -> bool:
        """`7 of 30 days`."""
        return 0 < self.days_reported < self.days_expected

    @property
    def is_miss(self) -> bool:
        return self.attainment in MISSES

    @property
    def is_judged(self) -> bool:
        return self.attainment in JUDGED

    @property
    def is_exceeding(self) -> bool:
        """Judged, and strictly better than the Expected, or beyond the target that the terms call exceeded."""
        if self.exact is None or self.attainment not in GOOD:
            return False
        if self.level.exceeded is not None:
            return self.attainment == Attainment.EXCEEDED
        return self.expected.is_exceeded_by(*self.exact)

    @property
    def value(self) -> Fraction | None:
        """The contractual result exactly as it is compared."""
        return None if self.exact is None else Fraction(self.exact[0]) / Fraction(self.exact[1])

    @property
    def headroom(self) -> Decimal | None:
        """Distance to the Expected target in the metric's unit; negative is short of it."""
        return self.expected.headroom(self.contractual) if self.contractual is not None else None

    @property
    def is_close(self) -> bool:
        """Met with little to spare: under a quarter of the way from Expected to Minimum, or 2 % of the target."""
        if self.headroom is None or self.attainment != Attainment.MET:
            return False
        return self.headroom < _little(self.expected, self.minimum)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """Worked out when asked for."""
        return tuple(
            Contribution(
                month=line.month,
                day=line.day,
                site=line.site,
                queue=line.queue,
                party=line.party,
                values={measure: line.values[measure] for measure in self.measures if measure in line.values},
                submission=line.submission,
                row=line.row,
            )
            for line in self.lines
        )

    def to_document(self) -> dict[str, Any]:
        """JSON of decimal strings, as it is stored and as `explain.why` reads it."""
        return finding_document(self)


def _little(expected: Target, minimum: Target | None) -> Decimal:
    if isinstance(expected, Band):
        return (expected.upper - expected.lower) / 10
    if isinstance(minimum, Limit) and minimum.value != expected.value:
        return abs(expected.value - minimum.value) / 4
    return abs(expected.value) / 50
