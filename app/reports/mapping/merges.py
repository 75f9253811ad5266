"""Merged cells of somebody's own sheet: words that are merged over several rows are said of each of them."""

from bisect import bisect_right
from dataclasses import replace

from app.reading import Cell, Row, Sheet, column_letter
from app.reports.mapping.layout import Layout, is_figure
from app.reports.wording import first_named

MERGED = "Merged cells count"  # as the reader says of all that are merged in a sheet
MOST_FILLED = 500_000  # cells; a sheet that merges more is read as it stands

Merge = tuple[int, int, int, int]


def with_merged_words(layout: Layout) -> Layout:
    """Figures are never said twice: a number that is merged over rows counts for the first alone."""
    rows = {row.number: row for row in layout.rows}
    filled: dict[int, dict[int, Cell]] = {}  # by row and place
    told: list[Merge] = []
    numbers, count = [row.number for row in layout.rows], 0
    for merge in sorted(layout.sheet.merged):
        top, left, bottom, right = merge
        said = rows[top].cell(left - 1) if top in rows else None
        if said is None or left != right or is_figure(said):
            continue
        covered = numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
        if (count := count + len(covered)) > MOST_FILLED:
            return layout
        told.append(merge)
        for number in covered:
            filled.setdefault(number, {})[left - 1] = said
    if not filled:
        return layout
    changed = tuple(_with(row, filled.get(row.number, {})) for row in layout.rows)
    return replace(layout, sheet=_telling(layout, told), rows=changed, written=layout.rows)


def without_merged_headings(layout: Layout) -> Sheet:
    """In headings a merged cell does count for all that it covers."""
    if any(bottom > layout.last for _, _, bottom, _ in layout.sheet.merged):
        return layout.sheet
    return replace(layout.sheet, notes=_others(layout.sheet))


def _telling(layout: Layout, told: list[Merge]) -> Sheet:
    left = [merge for merge in layout.sheet.merged if merge[2] > layout.last and merge not in told]
    places = [f"{column_letter(left - 1)}{top}:{column_letter(left - 1)}{bottom}" for top, left, bottom, _ in told]
    words = f"What is merged over several rows was read for each of them: {first_named(places)}."
    notes = layout.sheet.notes if left else _others(layout.sheet)
    return replace(layout.sheet, notes=(*notes, words))


def _others(sheet: Sheet) -> tuple[str, ...]:
    return tuple(note for note in sheet.notes if not note.startswith(MERGED))


def _with(row: Row, said: dict[int, Cell]) -> Row:
    if not said:
        return row
    cells = [row.cell(place) for place in range(max(len(row.cells), 1 + max(said)))]
    for place, cell in said.items():
        cells[place] = cell if cells[place].is_blank else cells[place]
    return replace(row, cells=tuple(cells))
