"""What the checks look at: a report's figures, where they stand in its author's sheet, and what is known around."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import chain

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue import Measure
from app.domain.periods import Month
from app.reports.tables.figures import kept
from app.reports.template import Column, Template

Place = tuple[str, str]  # site and queue
Figures = Mapping[Place, Mapping[str, Decimal]]
Cell = tuple[int, int | None]  # row and column of the author's sheet


@dataclass(frozen=True)
class Written:
    """The author's sheet: `columns` says by the key of a figure in which column it stands.

    `percentages` are by metric and row those that nobody asked for.
    """

    headings: Sequence[str]
    columns: Mapping[str, int]
    percentages: Mapping[str, Mapping[int, Decimal]] = field(default_factory=dict)

    def heading(self, column: Column) -> str:
        """What the author calls a figure."""
        place = self.columns.get(column.key)
        own = self.headings[place] if place is not None and place < len(self.headings) else ""
        return own.partition("(")[0].strip() or column.name


@dataclass(frozen=True)
class Sent:
    """The rows that would be sent, free of errors."""

    template: Template
    rows: Sequence[dict]
    written: Written

    @cached_property
    def figures(self) -> Figures:
        """The month's figures by site and queue; the days of a daily report are put together."""
        return folded((row["site"], row["queue"], figures) for row, figures in self.with_figures() if not row["nil"])

    @cached_property
    def figures_of_rows(self) -> Sequence[Mapping[str, Decimal]]:
        return [kept(row["measures"]) for row in self.rows]

    def with_figures(self) -> Iterator[tuple[dict, Mapping[str, Decimal]]]:
        """Each row beside its figures."""
        return zip(self.rows, self.figures_of_rows, strict=True)

    @cached_property
    def row_numbers(self) -> Mapping[Place, list[int]]:
        found: dict[Place, list[int]] = defaultdict(list)
        for row in self.rows:
            found[row["site"], row["queue"]].append(row["row"])
        return found

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        return {column.key: column for column in self.template.columns}

    def name(self, key: str) -> str:
        """What the author calls a figure; a figure of another report by the catalogue's name."""
        if key in self.written.percentages:
            return self.written.headings[self.written.columns[key]].partition("(")[0].strip()
        return self.written.heading(self.columns[key]) if key in self.columns else CATALOGUE.measures[key].name

    def cells(self, place: Place, key: str) -> tuple[Cell, ...]:
        return tuple((number, self.written.columns.get(key)) for number in self.row_numbers[place])

    def cell(self, row: dict, key: str) -> Cell:
        return row["row"], self.written.columns.get(key)


@dataclass(frozen=True)
class Background:
    """What is known around a report. `rate` and `invoice` are in the contract's currency."""

    past: Mapping[Month, Figures] = field(default_factory=dict)  # of the same report, the months before, in order
    beside: Figures = field(default_factory=dict)  # of the month's other reports
    approved: Figures = field(default_factory=dict)  # of the report itself, where this corrects it
    samples_per_head: Decimal | None = None
    rate: Decimal | None = None
    invoice: Decimal | None = None


@dataclass(frozen=True)
class Doubt:
    """Something to look at again; `about` are the figures, so that nothing is said of them twice."""

    words: str
    cells: tuple[Cell, ...]
    about: frozenset[tuple[Place, str]] = frozenset()
    rule: str = ""

    def is_settled(self, figures: Figures, approved: Figures) -> bool:
        """Whether it is about figures alone that somebody approved as they stand."""
        stand = ((approved.get(place, {}).get(key), figures.get(place, {}).get(key)) for place, key in self.about)
        return bool(self.about) and all(one is not None and one == other for one, other in stand)

    def to_document(self) -> dict:
        about = sorted([*place, key] for place, key in self.about)
        return {"rule": self.rule, "words": self.words, "cells": [list(cell) for cell in self.cells], "about": about}


def folded(rows: Iterable[tuple[str, str, Mapping[str, Decimal]]]) -> dict[Place, dict[str, Decimal]]:
    """Rows of one month by site and queue, days put together by each measure's own rule."""
    series: dict[Place, list[Mapping[str, Decimal]]] = defaultdict(list)
    for site, queue, figures in rows:
        series[site, queue].append(figures)
    measures = CATALOGUE.measures
    return {
        place: {
            key: _together(measures[key], [figures[key] for figures in days if key in figures])
            for key in dict.fromkeys(chain.from_iterable(days))
            if key in measures
        }
        for place, days in series.items()
    }


def _together(measure: Measure, numbers: list[Decimal]) -> Decimal:
    if len(numbers) == 1 or measure.over_months == "last":
        return numbers[-1]
    total = sum(numbers, Decimal(0))
    return total / len(numbers) if measure.over_months == "mean" else total
