"""How one service level came out in one window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.facts import Line
from app.domain.periods import Month, Window
from app.domain.targets import Target
from app.domain.terms import ServiceLevel


class Attainment(StrEnum):
    EXCEEDED = "exceeded"
    MET = "met"
    BELOW_EXPECTED = "below_expected"
    BELOW_MINIMUM = "below_minimum"
    LOW_VOLUME = "low_volume"
    NOT_MEASURED = "not_measured"
    NOT_REPORTED = "not_reported"
    PROVISIONAL = "provisional"


class Default(StrEnum):
    NONE = "none"
    EXPECTED = "expected"
    MINIMUM = "minimum"
    REPORTING = "reporting"


class Disposition(StrEnum):
    COUNTS = "counts"
    EXCUSED = "excused"
    IN_GRACE = "in_grace"
    NOT_CREDITED = "not_credited"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code with its figures (all text); `explain.sentence` turns it into prose."""

    code: str
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One target held against the contractual value."""

    name: str  # expected | minimum
    target: Target
    is_met: bool
    headroom: Decimal  # in the metric's unit; negative is short of the target


@dataclass(frozen=True, slots=True)
class Contribution:
    """The measures that one site and queue brought in one month, and the row they came from."""

    month: Month
    site: str
    queue: str
    party: str
    values: Mapping[str, Decimal]
    submission: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Partner and client both reported a measure; `percent` is of the client's figure, None when that is zero."""

    measure: str
    partner: Decimal
    client: Decimal
    percent: Decimal | None
    tolerance: Decimal | None
    source: str
    is_within: bool


@dataclass(frozen=True, slots=True)
class Finding:
    level: ServiceLevel
    window: Window
    raw: Decimal | None  # unrounded, in the metric's unit
    contractual: Decimal | None  # after relief; equals raw until relief is granted
    numerator: Decimal | None
    denominator: Decimal | None
    measures: Mapping[str, Decimal]  # aggregated over the scope and window
    attainment: Attainment
    default: Default
    disposition: Disposition
    reason: Reason
    comparisons: tuple[Comparison, ...]
    lines: tuple[Line, ...]  # the submitted rows it rests on
    days_reported: int
    days_expected: int
    stated: Decimal | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def is_partial(self) -> bool:
        """`7 of 30 days`."""
        return 0 < self.days_reported < self.days_expected

    @property
    def is_miss(self) -> bool:
        return self.attainment in (Attainment.BELOW_EXPECTED, Attainment.BELOW_MINIMUM)

    @property
    def is_judged(self) -> bool:
        return self.is_miss or self.attainment in (Attainment.MET, Attainment.EXCEEDED)

    @property
    def headroom(self) -> Decimal | None:
        """Distance to the Expected target in the metric's unit; negative is short of it."""
        raise NotImplementedError

    @property
    def is_close(self) -> bool:
        """Met with little to spare: under a quarter of the way from Expected to Minimum, or 2 % of the target."""
        raise NotImplementedError

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """Worked out when asked for."""
        raise NotImplementedError

    def to_document(self) -> dict[str, Any]:
        """JSON of decimal strings: what is stored."""
        raise NotImplementedError
