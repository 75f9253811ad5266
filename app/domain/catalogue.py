"""Measures and metrics as data, checked when loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.formula import Formula

KINDS = ("staffing", "service", "quality")


class Problem(NamedTuple):
    """One thing that is wrong, and where: `metrics.service_level.numerator`, `service_levels.2.minimum`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class CatalogueInvalid(ValueError):
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Measure:
    """A raw count, duration, headcount or amount. Rows are summed; months by `over_months`."""

    key: str
    name: str
    kind: str  # staffing | service | quality: the report that carries it
    unit: str  # contacts | seconds | hours | fte | people | ...
    over_months: str  # sum | mean | last
    integer: bool
    description: str


@dataclass(frozen=True, slots=True)
class Starter:
    """The target that the smallest set-up offers first."""

    comparator: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Metric:
    """numerator / denominator x scale, over aggregated measures."""

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
    measures: tuple[str, ...] = ()  # all measures it rests on, through other metrics too
    kind: str = "service"  # the report that carries its first measure (and a stated value)
    starter: Starter | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`measures` and `metrics` by key, in the order of the document."""

    measures: Mapping[str, Measure]
    metrics: Mapping[str, Metric]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Catalogue":
        """From {measures: [...], metrics: [...]}. Raises CatalogueInvalid with every problem and its place."""
        raise NotImplementedError

    @property
    def starters(self) -> tuple[Metric, ...]:
        return tuple(metric for metric in self.metrics.values() if metric.starter)

    def parts(self, metric_key: str, values: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
        """Scaled numerator, denominator. Raises KeyError naming a measure that `values` lacks."""
        raise NotImplementedError

    def value(self, metric_key: str, values: Mapping[str, Decimal]) -> Decimal | None:
        """The metric's value in its unit, or None when the denominator is zero."""
        raise NotImplementedError
