"""A file as it was uploaded, with what somebody typed on the page in the place of single cells."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.reading import Cell, Row, Sheet


def with_mended(sheets: Sequence[Sheet], mended: Sequence[Mapping]) -> tuple[Sheet, ...]:
    """The sheets as they were read, with what was typed in its cells; the newest of one cell counts."""
    typed = {(each["sheet"], each["row"], each["column"]): each["now"] for each in mended}
    if not typed:
        return tuple(sheets)
    return tuple(replace(sheet, rows=tuple(_row(sheet.name, row, typed) for row in sheet.rows)) for sheet in sheets)


def _row(sheet: str, row: Row, typed: Mapping[tuple, str]) -> Row:
    here = {column: text for (name, number, column), text in typed.items() if (name, number) == (sheet, row.number)}
    if not here:
        return row
    cells = [row.cell(column) for column in range(max(len(row.cells), 1 + max(here)))]
    for column, text in here.items():
        cells[column] = Cell("text", text) if text else Cell("blank", "")
    return replace(row, cells=tuple(cells))
