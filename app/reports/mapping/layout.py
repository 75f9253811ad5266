"""Finds tables in sheets that nobody made for Accord: where their headings stand, and what these say."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.reading import Cell, Row, Sheet, column_letter
from app.reports.tables.headings import bare, cleaned, is_sub_heading
from app.reports.tables.problems import Problem
from app.reports.tables.surroundings import shifted

SEARCHED_ROWS = 2_000
MOST_HEADING_ROWS = 4  # three of words, one of units
MOST_TABLES = 12  # to choose from on a page
MOST_SHEETS = 240  # a sheet for each month of twenty years
LOOKED_AT = 40  # rows beneath headings, of which one holds a figure
LONGEST_HEADING = 300  # a longer text is a note
CLOCK = re.compile(r"\d{1,6}:[0-5]?\d(:[0-5]?\d)?")
FIGURE = re.compile(r"[-+(€$£]{0,2}\s?\d[\d.,'’ \u00a0\u202f]*\s?%?\)?")


Place = tuple[str, int, int]  # sheet, row from 1, column from 0


@dataclass(frozen=True)
class Heading:
    """One column's words, from the top row of headings down; `place` counts from 0."""

    place: int
    words: tuple[str, ...]

    @cached_property
    def bare(self) -> tuple[str, ...]:
        return bare(self.words)

    @property
    def text(self) -> str:
        return " / ".join(self.words)

    def __str__(self) -> str:
        return f"{column_letter(self.place)}: {self.text}"


@dataclass(frozen=True)
class Layout:
    """A table as it stands in a sheet: headings in the rows `first` to `last`, its rows, and the lines above it.

    `year` is the column whose years were read with the months, and no heading any more; `written` are the rows before.
    `too_wide` are rows of a text table with a cell too many: they shifted, however the table is put together.
    """

    sheet: Sheet
    first: int
    last: int
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    above: tuple[str, ...] = ()
    months: int = 0  # headings that are months: they stand side by side
    where: Callable[[int, int], Place] | None = None  # a cell's own place, where the table was put together
    year: Heading | None = None
    too_wide: tuple[Problem, ...] = ()
    written: tuple[Row, ...] = ()

    def heading(self, place: int | None) -> Heading | None:
        return next((heading for heading in self.headings if heading.place == place), None)

    def place(self, row: int, column: int) -> Place:
        return self.where(row, column) if self.where else (self.sheet.name, row, column)

    @property
    def heading_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.sheet.rows if self.first <= row.number <= self.last)

    def holds_figures(self, row: Row) -> bool:
        """Whether it is one of the table, and no note and no headings beneath it."""
        return any(is_figure(row.cell(heading.place)) for heading in self.headings)

    def repeats_headings(self, row: Row) -> bool:
        return all(bare([row.cell(heading.place).text])[0] in ("", *heading.bare) for heading in self.headings) and any(
            row.cell(heading.place).kind == "text" for heading in self.headings
        )


def layouts(sheets: Sequence[Sheet], known: Collection[str] = (), most: int = MOST_TABLES) -> list[Layout]:
    """Every table with figures, in the order of the sheets. A row with one of the `known` codes is no heading."""
    found = (layout for sheet in sheets for layout in _of_sheet(sheet, known))
    return [layout for layout, _ in zip(found, range(most), strict=False)]


def is_figure(cell: Cell) -> bool:
    return cell.kind in ("number", "percent", "time") or (
        cell.kind == "text" and bool(FIGURE.fullmatch(cell.text) or is_clock(cell))
    )


def is_clock(cell: Cell) -> bool:
    return cell.kind == "time" or (cell.kind == "text" and CLOCK.fullmatch(cell.text.strip()) is not None)


def _of_sheet(sheet: Sheet, known: Collection[str]) -> Iterator[Layout]:
    begun: list[tuple[int, int]] = []
    for block in _blocks(sheet, known):
        if _has_figures(sheet, block) and not (begun and _texts(sheet, block) == _texts(sheet, begun[-1])):
            begun.append(block)
    ends = [*(top for top, _ in begun[1:]), len(sheet.rows)]
    for (top, under), end in zip(begun, ends, strict=False):
        rows = sheet.rows[top:under]
        texts = (cell.text for row in sheet.rows[max(0, top - LOOKED_AT) : top] for cell in row.cells)
        found = Layout(
            sheet,
            rows[0].number,
            rows[-1].number,
            tuple(_headings(sheet, rows)),
            sheet.rows[under:end],
            tuple(cleaned(text) for text in texts if text),
            max(sum(cell.kind == "date" for cell in row.cells) for row in rows),
        )
        yield found if sheet.name else replace(found, too_wide=tuple(_too_wide(found)))


def _too_wide(layout: Layout) -> Iterator[Problem]:
    headings = max(heading.place for heading in layout.headings) + 1
    for row in layout.rows:
        beyond = [place for place, cell in enumerate(row.cells[headings:], headings) if not cell.is_blank]
        if beyond and layout.holds_figures(row):
            yield shifted(row.number, len(row.cells), headings, beyond[0])


def _blocks(sheet: Sheet, known: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where headings may stand: the first row's place in the sheet, and that of the row beneath the last."""
    place, rows = 0, sheet.rows[:SEARCHED_ROWS]
    while place < len(rows):
        if not _may_head(rows[place], known) or _filled(rows[place]) < 2:
            place += 1
            continue
        top = place - 1 if place and _is_group_above(sheet, rows[place - 1], rows[place]) else place
        under = place + 1
        while under < len(rows) and under - top < MOST_HEADING_ROWS and _continues(sheet, rows, under, known):
            under += 1
        yield top, under
        place = under


def _may_head(row: Row, known: Collection[str]) -> bool:
    """Words alone, or months side by side among them; a site's or queue's code is a row of the table already."""
    dates = sum(cell.kind == "date" for cell in row.cells)
    return all(
        cell.is_blank
        or (cell.kind == "date" and dates > 2)
        or (_is_words(cell) and cell.text.strip().casefold() not in known)
        for cell in row.cells
    )


def _is_words(cell: Cell) -> bool:
    return cell.kind == "text" and len(cell.text) <= LONGEST_HEADING and not FIGURE.fullmatch(cell.text.strip())


def _continues(sheet: Sheet, rows: Sequence[Row], place: int, known: Collection[str]) -> bool:
    """Whether a row goes on with the headings above it: they are groups of it, or it says units or counts."""
    above, row = rows[place - 1], rows[place]
    if row.number != above.number + 1 or not _may_head(row, known) or not _filled(row):
        return False
    is_one = any(top <= above.number and row.number <= bottom for top, _, bottom, _ in sheet.merged)
    return (
        is_one
        or _filled(above) < _filled(row)
        or is_sub_heading([cell.text for cell in row.cells if not cell.is_blank])
    )


def _is_group_above(sheet: Sheet, above: Row, row: Row) -> bool:
    """One heading over some of the columns; a title stands over all of them, or at their left."""
    filled = [place for place, cell in enumerate(above.cells) if not cell.is_blank]
    if len(filled) != 1 or above.number + 1 != row.number or not _is_words(above.cell(filled[0])):
        return False
    columns = [place for place, cell in enumerate(row.cells) if not cell.is_blank]
    span = next(
        (right - left + 1 for top, left, _, right in sheet.merged if (top, left) == (above.number, filled[0] + 1)), 1
    )
    return filled[0] > columns[0] and span < len(columns)


def _has_figures(sheet: Sheet, block: tuple[int, int]) -> bool:
    places = [place for row in sheet.rows[slice(*block)] for place, cell in enumerate(row.cells) if not cell.is_blank]
    return any(is_figure(row.cell(place)) for row in sheet.rows[block[1] : block[1] + LOOKED_AT] for place in places)


def _texts(sheet: Sheet, block: tuple[int, int]) -> list[list[str]]:
    return [[cleaned(cell.text) for cell in row.cells] for row in sheet.rows[slice(*block)]]


def _headings(sheet: Sheet, rows: Sequence[Row]) -> Iterator[Heading]:
    written = [_spread(sheet, row, is_last=row is rows[-1]) for row in rows]
    for place in range(max(len(row.cells) for row in rows)):
        own = any(not row.cell(place).is_blank for row in rows)
        words = [line[place] for line in written if line.get(place)]
        words = [word for at, word in enumerate(words) if not at or word != words[at - 1]]
        if words and (own or len(words) > 1):
            yield Heading(place, tuple(words))


def _spread(sheet: Sheet, row: Row, *, is_last: bool) -> dict[int, str]:
    """What a row of headings says over each column: a merged cell over all that it covers, and where nothing is
    merged a group over the blank cells at its right."""
    said = {place: cleaned(cell.text) for place, cell in enumerate(row.cells) if not cell.is_blank}
    covering = [merge for merge in sheet.merged if merge[0] <= row.number <= merge[2]]
    for top, left, _, right in covering:
        source = next((each for each in sheet.rows if each.number == top), None)
        text = cleaned(source.cell(left - 1).text) if source else ""
        for place in range(left - 1, right):
            said.setdefault(place, text)
    if not covering and not is_last:
        for place in range(min(said, default=0), len(row.cells) + LOOKED_AT):
            said.setdefault(place, said.get(place - 1, ""))
    return said


def _filled(row: Row) -> int:
    return sum(not cell.is_blank for cell in row.cells)
