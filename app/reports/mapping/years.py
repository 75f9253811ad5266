"""Months whose year stands in a column of its own: 2026 beside 9 or "septiembre"."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.reading import Cell, Row
from app.reports.mapping.layout import LOOKED_AT, Heading, Layout, is_figure
from app.reports.tables.headings import SURE, likeness
from app.reports.tables.periods import YEAR, month_of

MONTH = "Month"
LEAST_SHARE = 0.5  # of the cells; the others may be words, such as those of a total
ENOUGH_ROWS = 10 * LOOKED_AT


def year_and_month(layout: Layout) -> tuple[Heading, Heading] | None:
    """The one column of years and the one of months; None when there are no two such."""
    rows = layout.rows[:ENOUGH_ROWS]
    years = [each for each in layout.headings if _holds(rows, each, _is_year)]
    months = [each for each in layout.headings if _holds(rows, each, _is_month) and _may_be_months(rows, each)]
    return (years[0], months[0]) if len(years) == len(months) == 1 else None


def dated_rows(layout: Layout, year: Heading, month: Heading) -> Iterator[tuple[Row, Cell]]:
    """Each row and its month with the year; a year holds until the next is written beneath it."""
    said = ""
    for row in layout.rows:
        written = row.cell(year.place)
        said = written.text if _is_year(written) else said
        named = month_of(said, row.cell(month.place).text)
        yield row, Cell("text", str(named)) if named else row.cell(month.place)


def with_years(layout: Layout) -> Layout:
    """The same cells in their places, and the year in the cells of the month."""
    if (found := year_and_month(layout)) is None:
        return layout
    year, month = found
    both = Heading(month.place, (f"{year.text} + {month.text}",))
    rows = tuple(_with(row, month.place, cell) for row, cell in dated_rows(layout, year, month))
    headings = tuple(both if each is month else each for each in layout.headings if each is not year)
    return replace(layout, headings=headings, rows=rows, year=year, written=layout.written or layout.rows)


def _with(row: Row, place: int, cell: Cell) -> Row:
    return replace(row, cells=tuple(cell if at == place else each for at, each in enumerate(row.cells)))


def _holds(rows: Sequence[Row], heading: Heading, is_one: Callable[[Cell], bool]) -> bool:
    cells = [cell for row in rows if not (cell := row.cell(heading.place)).is_blank]
    others = [cell.text for cell in cells if not is_one(cell)]
    return len(others) < LEAST_SHARE * len(cells) and not any(any(map(str.isdigit, text)) for text in others)


def _is_year(cell: Cell) -> bool:
    return YEAR.fullmatch(cell.text.strip()) is not None


def _is_month(cell: Cell) -> bool:
    return month_of("2000", cell.text) is not None


def _may_be_months(rows: Sequence[Row], heading: Heading) -> bool:
    """Numbers from 1 to 12 may be anything, unless their heading says what they are."""
    return likeness(heading.words, "period", MONTH) >= SURE or not any(
        is_figure(row.cell(heading.place)) for row in rows
    )
