"""Adds up rows that are parts of one figure: days of a month, teams of a queue. A part that is missing is no zero."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from app.domain.periods import Month
from app.reading import BLANK, Cell, Row
from app.reports.tables.figures import NotAFigure, figure, without_a_figure
from app.reports.tables.finding import Found
from app.reports.tables.lines import NO_FIGURE
from app.reports.tables.problems import Problem
from app.reports.tables.surroundings import cell_too_many
from app.reports.template import REASON, Column, Template


@dataclass(frozen=True)
class Sums:
    """`days` says of how many days a row is made, by the row's number, where its parts name days."""

    found: Found
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    days: dict[int, int]
    unsure: frozenset[int] = frozenset()  # rows whose sums lack a part


def added_up(found: Found, template: Template, style: str) -> Sums:
    """The rows of one site, queue and period as one, under the number of the first."""
    groups: dict[tuple, list[Row]] = {}
    for row in found.rows:
        groups.setdefault(_key(found, template, row), []).append(row)
    problems: list[Problem] = []
    rows, unsure = [], set()
    for members in groups.values():
        own = [problem for row in members for problem in cell_too_many(found, row)]
        rows.append(_one(found, members, style, own))
        problems += own
        if own:
            unsure.add(members[0].number)
    columns = tuple((replace(column, conversion=None), place) for column, place in found.columns)
    summed = [members for members in groups.values() if len(members) > 1]
    notes = [f"{sum(map(len, summed)):,} rows were added up to {len(summed):,}, as the mapping says."] if summed else []
    days = {number: count for members in groups.values() for number, count in _days(found, template, members)}
    found = replace(found, columns=columns, rows=tuple(rows), parts=found.parts or found.rows)
    return Sums(found, tuple(problems), tuple(notes), days, frozenset(unsure))


def _key(found: Found, template: Template, row: Row) -> tuple:
    named = _period(found, template, row)
    month = Month.of(named) if isinstance(named, date) and template.grain == "month" else named
    typed = {"Site": template.sites_as_typed, "Queue": template.queues_as_typed}
    places = (found.written(row, heading).casefold() for heading in typed)
    codes = (known.get(written, written) for known, written in zip(typed.values(), places, strict=True))
    return (*codes, month or row.number)


def _period(found: Found, template: Template, row: Row) -> Month | date | None:
    place = found.places.get(template.period_heading)
    return template.month if place is None else found.read_period(row.cell(place))


def _one(found: Found, members: Sequence[Row], style: str, problems: list[Problem]) -> Row:
    if all(cell.is_blank for row in members for cell in (row.cell(place) for _, place in found.columns)):
        return replace(members[0], cells=members[0].cells[: len(found.header.cells)])
    cells = [members[0].cell(place) for place in range(len(found.header.cells))]
    for column, place in found.columns:
        cells[place] = _sum(found, members, column, place, style, problems)
    if (place := found.places.get(REASON)) is not None:
        cells[place] = next((cell for row in members if not (cell := row.cell(place)).is_blank), BLANK)
    return Row(members[0].number, tuple(cells))


def _sum(found: Found, members: Sequence[Row], column: Column, place: int, style: str, problems: list[Problem]) -> Cell:
    """One part without a figure, and why, speaks for the whole."""
    cells = [(row, row.cell(place)) for row in members]
    if all(cell.is_blank for _, cell in cells):
        return BLANK
    if said := next((cell for _, cell in cells if without_a_figure(cell)), None):
        return said
    total = Decimal(0)
    for row, cell in cells:
        try:
            if cell.is_blank:
                raise NotAFigure(NO_FIGURE)
            total += figure(cell, column, style)
        except NotAFigure as wrong:
            problems.append(Problem(found.place(row.number, place), str(wrong), row.number, place))
    return Cell("number", f"{total:f}")


def _days(found: Found, template: Template, members: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Of weeks, or of other marks than each day, nothing is known about the days that they cover."""
    days = sorted({each for row in members if isinstance(each := _period(found, template, row), date)})
    gaps = [(after - before).days for before, after in pairwise(days)]
    if template.grain == "month" and days and gaps.count(1) * 2 > len(gaps):
        yield members[0].number, len(days)
