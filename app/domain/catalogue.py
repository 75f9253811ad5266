"""Measures and metrics, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain.exact import Exact, quotient
from app.domain.formula import Formula

KINDS = ("staffing", "service", "quality")
RECORDS = ("timeliness", "delivery", "decision")  # what Accord's own record tells of a month's reports
MONTHS = "months"  # in a formula: of how many months the figures are


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
    part_of: tuple[str, ...] = ()  # measures of the same report that it is never more than, the nearest first
    record: str = ""  # one of RECORDS where Accord's own record can be its source

    @property
    def usual_source(self) -> str:
        return "record" if self.record else self.party


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
    family: str  # the group in which a list shows it
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
    counts_months: bool = False  # its formula, or one that it names, reads `months`


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`measures` and `metrics` by key, in the order of the document."""

    measures: Mapping[str, Measure]
    metrics: Mapping[str, Metric]

    @property
    def starters(self) -> tuple[Metric, ...]:
        return tuple(metric for metric in self.metrics.values() if metric.starter)

    @property
    def families(self) -> Mapping[str, tuple[Metric, ...]]:
        """The metrics by family, the families in the order in which the document begins them."""
        names = dict.fromkeys(metric.family for metric in self.metrics.values())
        return {name: tuple(metric for metric in self.metrics.values() if metric.family == name) for name in names}

    def family_of(self, measure: str) -> str:
        """The family of the first metric that rests on it; empty where none does."""
        return next((metric.family for metric in self.metrics.values() if measure in metric.measures), "")

    def parts(self, key: str, values: Mapping[str, Exact], months: int = 1) -> tuple[Exact, Exact]:
        """Numerator and denominator, before scale, of figures of so many months.

        Raises KeyError naming a measure that `values` lacks.
        """
        metric = self.metrics[key]
        if metric.counts_months:
            values = {**values, MONTHS: Decimal(months)}
        if not metric.metrics:
            return metric.numerator.evaluate(values), metric.denominator.evaluate(values)
        for other in metric.metrics:
            numerator, denominator = self.parts(other, values, months)
            if not denominator:
                return Decimal(0), Decimal(0)
            values = {**values, other: Fraction(numerator) / Fraction(denominator)}
        return metric.numerator.evaluate(values), metric.denominator.evaluate(values)

    def value(self, key: str, values: Mapping[str, Exact], months: int = 1) -> Decimal | None:
        """The metric in its unit, or None when the denominator is zero."""
        numerator, denominator = self.parts(key, values, months)
        return quotient(numerator, denominator) * self.metrics[key].scale if denominator else None
