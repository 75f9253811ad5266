"""A file as it was uploaded, with what somebody changed on the page: cells that were typed, rows that were left out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import events
from app.accounts.models import User
from app.extensions import Base
from app.reading import Cell, Row, Sheet

NOTHING = {"sheet": "", "row": None, "column": None, "place": "", "was": "", "now": ""}


class Mended:
    """Figures of a file, and what was changed in it on the page, each with who did and whose figures it was in.

    A cell has its column, what it `was` and what it is `now`; a row that was left out has no column and is nothing now.
    `told` is what reading said of a file that only a copy stays of, `number_style` how the file writes numbers, where
    somebody said so.
    """

    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    mended: Mapped[list] = mapped_column(JSON, default=list)
    told: Mapped[dict] = mapped_column(JSON, default=dict)
    number_style: Mapped[str] = mapped_column(default="")

    def was_prepared_by(self, user: User) -> bool:
        """Whoever mends a cell answers for the figures, and so does still whoever brought the others."""
        hands = {each.get(part) for each in self.mended for part in ("by", "in_figures_of")}
        return user.id in {self.prepared_by_id, *hands}


def in_other_hands(brought_by_id: int, actor: User, **about: int) -> dict:
    """Whoever brought the figures answers for them still: this stands among the changes without being one."""
    return {**NOTHING, "by": actor.id, "in_figures_of": brought_by_id, **about}


def at_last(mended: Sequence[Mapping]) -> list[dict]:
    """Each cell and row once: what the file had, and what counts; one that was put back is as it was."""
    places: dict[tuple, dict] = {}
    for each in mended:
        place = each["sheet"], each["row"], each["column"]
        places[place] = {**each, "was": places[place]["was"] if place in places else each["was"]}
    return [each for each in places.values() if each["was"] != each["now"]]


def record_changes(mended: Sequence[Mapping], report: Base, actor: User) -> None:
    """A version that was taken up again is told as such, and a mapping that was changed tells itself: the changes were
    told when they were made. Inside write().
    """
    if mended and "version" in mended[-1]:
        events.record("draft.taken-up", subject=report, actor=actor, version=mended[-1]["version"])
    elif mended and mended[-1]["was"] != mended[-1]["now"] and (changes := at_last(mended)):
        rows = sum(each["column"] is None for each in changes)
        figures = {name: count for name, count in (("cells", len(changes) - rows), ("rows", rows)) if count}
        events.record("draft.mended", subject=report, actor=actor, **figures)


def rows_left_out(mended: Sequence[Mapping]) -> dict[tuple[str, int], str]:
    """What stood in each, by sheet and row."""
    return {(each["sheet"], each["row"]): each["was"] for each in at_last(mended) if each["column"] is None}


def with_mended(sheets: Sequence[Sheet], mended: Sequence[Mapping]) -> tuple[Sheet, ...]:
    """The sheets as they were read, without the rows that were left out, and with what was typed in its cells; the
    newest of one cell counts."""
    if not mended:
        return tuple(sheets)
    typed = {(each["sheet"], each["row"], each["column"]): each["now"] for each in mended if each["column"] is not None}
    gone = rows_left_out(mended)
    return tuple(
        replace(
            sheet,
            rows=tuple(_row(sheet.name, row, typed) for row in sheet.rows if (sheet.name, row.number) not in gone),
        )
        for sheet in sheets
    )


def _row(sheet: str, row: Row, typed: Mapping[tuple, str]) -> Row:
    here = {column: text for (name, number, column), text in typed.items() if (name, number) == (sheet, row.number)}
    if not here:
        return row
    cells = [row.cell(column) for column in range(max(len(row.cells), 1 + max(here)))]
    for column, text in here.items():
        cells[column] = Cell("text", text) if text else Cell("blank", "")
    return replace(row, cells=tuple(cells))
