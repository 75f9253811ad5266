"""Measures and metrics, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain.exact import Exact, quotient
from app.domain.formula import Formula

KINDS = ("staffing", "service", "quality")


class Problem(NamedTuple):
    """One thing that is wrong, and where: `metrics.service_level.numerator`, `service_levels.2.minimum`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True, slots=True)
class Measure:
    """A raw count, duration, headcount or amount. Rows are summed; days and months by `over_months`."""

    key: str
    name: str
    kind: str  # staffing | service | quality: the report that carries it
    unit: str  # contacts, seconds, hours, fte, people ...
    over_months: str  # sum | mean | last
    integer: bool
    party: str  # partner | client: who usually is the source of record; the terms decide
    description: str


@dataclass(frozen=True, slots=True)
class Starter:
    """The target that the smallest set-up offers first."""

    comparator: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Metric:
    """numerator / denominator x scale, over measures that were aggregated first."""

    key: str
    name: str
    short: str
    numerator: Formula
    denominator: Formula
    scale: Decimal
    unit: str  # percent | seconds | ratio | count
    direction: str  # higher | lower | band
    precision: int
    source: str
    description: str
    measures: tuple[str, ...]  # every measure it rests on, through other metrics too
    metrics: tuple[str, ...]  # the metrics its formulas name, each standing for its ratio before scale
    kind: str  # the report that carries its first measure, and a stated value
    starter: Starter | None = None
    matures_after: int = 0  # days after the window before a result is final


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`measures` and `metrics` by key, in the order of the document."""

    measures: Mapping[str, Measure]
    metrics: Mapping[str, Metric]

    @property
    def starters(self) -> tuple[Metric, ...]:
        return tuple(metric for metric in self.metrics.values() if metric.starter)

    def parts(self, key: str, values: Mapping[str, Exact]) -> tuple[Exact, Exact]:
        """Numerator and denominator, before scale. Raises KeyError naming a measure that `values` lacks."""
        metric = self.metrics[key]
        if not metric.metrics:
            return metric.numerator.evaluate(values), metric.denominator.evaluate(values)
        for other in metric.metrics:
            numerator, denominator = self.parts(other, values)
            if not denominator:
                return Decimal(0), Decimal(0)
            values = {**values, other: Fraction(numerator) / Fraction(denominator)}
        return metric.numerator.evaluate(values), metric.denominator.evaluate(values)

    def value(self, key: str, values: Mapping[str, Exact]) -> Decimal | None:
        """The metric in its unit, or None when the denominator is zero."""
        numerator, denominator = self.parts(key, values)
        return quotient(numerator, denominator) * self.metrics[key].scale if denominator else None
