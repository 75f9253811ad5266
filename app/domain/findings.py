"""How one service level came out in one window."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.exact import plain
from app.domain.facts import Line
from app.domain.periods import Month, Window
from app.domain.targets import Band, Limit, Target


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


MISSES = frozenset({Attainment.BELOW_EXPECTED, Attainment.BELOW_MINIMUM})
JUDGED = MISSES | {Attainment.MET, Attainment.EXCEEDED}


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


@dataclass(frozen=True, slots=True)
class Finding:
    """A judgement with everything that led to it."""

    level: ServiceLevel
    metric: Metric
    window: Window
    raw: Decimal | None  # unrounded, in the metric's unit
    contractual: Decimal | None  # after relief; equals raw until relief is granted
    numerator: Decimal | None
    denominator: Decimal | None
    measures: Mapping[str, Decimal]  # added up over the scope and window
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
        return self.attainment in MISSES

    @property
    def is_judged(self) -> bool:
        return self.attainment in JUDGED

    @property
    def headroom(self) -> Decimal | None:
        """Distance to the Expected target in the metric's unit; negative is short of it."""
        return self.level.expected.headroom(self.contractual) if self.contractual is not None else None

    @property
    def is_close(self) -> bool:
        """Met with little to spare: under a quarter of the way from Expected to Minimum, or 2 % of the target."""
        if self.headroom is None or self.attainment != Attainment.MET:
            return False
        return self.headroom < _little(self.level.expected, self.level.minimum)

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
        return {
            "service_level": self.level.key,
            "name": self.level.name,
            "clause": self.level.clause,
            "scope": {"sites": list(self.level.scope.sites), "queues": list(self.level.scope.queues)},
            "threshold": self.level.threshold,
            "source": self.level.source,
            "minimum_volume": _text(self.level.minimum_volume),
            "metric": {
                "key": self.metric.key,
                "name": self.metric.name,
                "unit": self.metric.unit,
                "precision": self.metric.precision,
                "scale": str(self.metric.scale),
                "numerator": self.metric.numerator.text,
                "denominator": self.metric.denominator.text,
            },
            "window": {"key": str(self.window), "start": str(self.window.first), "end": str(self.window.last)},
            "days": {"reported": self.days_reported, "expected": self.days_expected},
            "measures": {measure: plain(value) for measure, value in self.measures.items()},
            "numerator": _text(self.numerator),
            "denominator": _text(self.denominator),
            "raw": _text(self.raw),
            "contractual": _text(self.contractual),
            "stated": _text(self.stated),
            "comparisons": [
                {"name": each.name, "target": str(each.target), "is_met": each.is_met, "headroom": plain(each.headroom)}
                for each in self.comparisons
            ],
            "attainment": self.attainment.value,
            "default": self.default.value,
            "disposition": self.disposition.value,
            "is_close": self.is_close,
            "reason": {"code": self.reason.code, "figures": dict(self.reason.figures)},
            "contributions": [_plain(contribution) for contribution in self.contributions],
            "differences": [_plain(difference) for difference in self.differences],
        }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _plain(part: Contribution | Difference) -> dict[str, Any]:
    return {column.name: _json(getattr(part, column.name)) for column in fields(part)}


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _json(part) for key, part in value.items()}
    if isinstance(value, Decimal):
        return plain(value)
    return value if value is None or isinstance(value, int | str) else str(value)


def _little(expected: Target, minimum: Target | None) -> Decimal:
    if isinstance(expected, Band):
        return (expected.upper - expected.lower) / 10
    if isinstance(minimum, Limit) and minimum.value != expected.value:
        return abs(expected.value - minimum.value) / 4
    return abs(expected.value) / 50
