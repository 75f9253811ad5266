"""The author's table in pages: as much of it as somebody puts right before the file is checked again."""

from collections.abc import Collection, Sequence

from app.reports.models import Draft

MOST_ROWS = 200  # that a browser shows at once without a wait
MOST_CELLS = 60  # to type into; a row is never cut in two


def rows_with(draft: Draft, words: str) -> list:
    """The table's rows in which a cell holds these words; all of them for none."""
    wanted = words.strip().casefold()
    rows = draft.table.get("rows", [])
    return [row for row in rows if any(wanted in cell.casefold() for cell in row[1])] if wanted else rows


def pages_of(rows: Sequence, open_cells: Collection[tuple[int, int]], spare: Collection[int]) -> list[list]:
    """Rows of the table, each page with at most so many rows and so much to do on it."""
    todo: dict[int, int] = dict.fromkeys(spare, 1)
    for row, _ in open_cells:
        todo[row] = todo.get(row, 0) + 1
    pages: list[list] = [[]]
    count = 0
    for row in rows:
        here = todo.get(row[0], 0)
        if pages[-1] and (len(pages[-1]) == MOST_ROWS or (here and count + here > MOST_CELLS)):
            pages.append([])
            count = 0
        pages[-1].append(row)
        count += here
    return pages


def page_numbers(pages: Sequence[Sequence]) -> dict[int, int]:
    """Which page, from 1, a row of the table is on."""
    return {row: number for number, rows in enumerate(pages, 1) for row, _ in rows}


def page_to_open(wanted: int, places: dict[int, int], wrong: Collection[int], count: int) -> int:
    """The one that was asked for, else the first with something wrong on it."""
    if wanted:
        return min(max(1, wanted), count)
    return min((places[row] for row in wrong if row in places), default=1)
