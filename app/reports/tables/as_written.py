"""The author's own table, as a draft keeps it, so that marks can stand in its cells."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from app.reading import Cell
from app.reports.tables.finding import Found

MOST_ROWS = 400  # of a table that is shown as a whole
MOST_CELLS = 200_000  # as many as that has at its widest: a draft is kept, and loaded, in one piece


def as_written(found: Found, wanted: Collection[int | None], notes: Sequence[str], style: str) -> dict:
    """All rows of a short table, of a long one those that are `wanted`; numbers as they would be typed in its style."""
    rows = found.parts or found.rows
    width = max((len(found.header.cells), *(len(row.cells) for row in rows)), default=0)
    shown = rows if len(rows) <= MOST_ROWS else [row for row in rows if row.number in wanted]
    return {
        "sheet": found.sheet.name,
        "header": found.header.number,
        "headings": [found.header.cell(place).text for place in range(width)],
        "rows": [
            [row.number, [_shown(row.cell(place), style[-2]) for place in range(width)]]
            for row in shown[: max(MOST_ROWS, MOST_CELLS // max(1, width))]
        ],
        "left_out": [found.header.cell(place).text for place in found.unknown],
        "notes": notes,
        "numbers": [place for _, place in found.columns],
    }


def _shown(cell: Cell, point: str) -> str:
    if cell.kind == "percent":
        return f"{(Decimal(cell.text) * 100).normalize():f} %".replace(".", point)
    if cell.kind == "number":
        return cell.text.replace(".", point)
    return cell.text[:200]
