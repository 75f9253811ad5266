"""A file as it was uploaded, with what somebody typed on the page in the place of single cells."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.reading import Cell, Row, Sheet


class Mended:
    """Figures of a file, and its cells that were typed on the page, each with who did and whose figures it was in."""

    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    mended: Mapped[list] = mapped_column(JSON, default=list)

    def was_prepared_by(self, user: User) -> bool:
        """Whoever mends a cell answers for the figures, and so does still whoever brought the others."""
        hands = {each.get(part) for each in self.mended for part in ("by", "in_figures_of")}
        return user.id in {self.prepared_by_id, *hands}


def at_last(mended: Sequence[Mapping]) -> list[dict]:
    """Each cell once: what the file had, and what was typed last; one that was typed back is as it was."""
    cells: dict[tuple, dict] = {}
    for each in mended:
        place = each["sheet"], each["row"], each["column"]
        cells[place] = {**each, "was": cells[place]["was"] if place in cells else each["was"]}
    return [cell for cell in cells.values() if cell["was"] != cell["now"]]


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
