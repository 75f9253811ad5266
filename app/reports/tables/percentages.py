"""Percentages that an author has beside the counts and nobody asked for: held against the counts, not taken."""

from collections.abc import Iterator
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.reports.tables.figures import NotAFigure, figure, says_percent
from app.reports.tables.finding import Found, plain
from app.reports.template import Column

METRICS = {
    name.casefold(): metric
    for metric in reversed(CATALOGUE.metrics.values())  # of a name that several have, the first one's
    if metric.unit == "percent"
    for name in (metric.short, metric.name)
}


def percentages_beside(found: Found, number_style: str) -> Iterator[tuple[str, int, dict[int, Decimal]]]:
    """The metric's key, the column, and the values by row; a column is known by the metric's name or short name."""
    for place in found.unknown:
        metric = METRICS.get(plain(found.header.cell(place).text).strip("% "))
        if metric is None:
            continue
        column = Column(metric.key, metric.name, "percent", "")
        values: dict[int, Decimal] = {}
        for row in found.rows:
            cell = row.cell(place)
            if says_percent(cell):
                try:
                    values[row.number] = figure(cell, column, number_style)
                except NotAFigure:
                    continue
        yield metric.key, place, values
