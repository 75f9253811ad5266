"""One row of a table as it would be sent, and what is wrong with its figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple

from app.reading import Cell, Row
from app.reports.tables.figures import NotAFigure, figure, without_a_figure
from app.reports.tables.finding import Found
from app.reports.tables.problems import Problem
from app.reports.template import REASON, Asked, Column

WITHOUT_A_FIGURE = frozenset({"text", "blank"})
NO_FIGURE = (
    "The cell is empty. Type the figure, 0 if there was none, or say why there is no figure: “n/a: the switch lost "
    f"them” in the cell, or the reason under “{REASON}” for the whole row."
)
NO_REASON = (
    "Say why there is no figure: after a colon in the cell, such as “n/a: the switch lost them”, or under "
    f"“{REASON}” for the whole row."
)


MOST_REMEMBERED = 10_000  # different cells of one column


class Said(NamedTuple):
    """What a cell says in its column: a figure and how it is sent, what is wrong with it, or why there is none."""

    figure: Decimal | None = None
    sent: str = ""
    wrong: str = ""
    why: str = ""


Listened = tuple[Column, int, Callable[[Cell], Said]]


def listened(found: Found, number_style: str) -> list[Listened]:
    """Each column of figures, where it stands, and what a cell says in it: most figures occur in it more than once."""
    return [
        (column, place, lru_cache(MOST_REMEMBERED)(partial(_said, column, number_style)))
        for column, place in found.columns
    ]


def _said(column: Column, number_style: str, cell: Cell) -> Said:
    why = without_a_figure(cell) if cell.kind in WITHOUT_A_FIGURE else None
    if why is not None:
        return Said(why=why)
    try:
        value = figure(cell, column, number_style)
    except NotAFigure as wrong:
        return Said(wrong=str(wrong))
    return Said(value, f"{value:f}")


def line_of(found: Found, row: Row, asked: Asked | None, columns: Sequence[Listened], problems: list[Problem]) -> dict:
    """The row as it would be sent; every cell is looked at, also when the row is not one of this report's."""
    reason = reason_of(found, row)
    nil = bool(asked and asked.nil_reason and all(row.cell(place).is_blank for _, place, _ in columns))
    measures: dict[str, Said] = {}
    stated: dict[str, Said] = {}
    unavailable: dict[str, str] = {}
    for column, place, say in columns:
        cell = row.cell(place)
        said = say(cell)
        if said.figure is not None:
            (stated if column.is_stated else measures)[column.key] = said
        elif said.wrong:
            problems.append(Problem(found.place(row.number, place), said.wrong, row.number, place))
        elif cell.is_blank and (nil or (column.is_optional and not reason)):
            continue
        elif said.why or reason:
            unavailable[column.key] = said.why or reason
        else:
            words = NO_FIGURE if cell.is_blank else NO_REASON
            problems.append(Problem(found.place(row.number, place), words, row.number, place))
    problems += _parts(found, row, measures)
    return {
        "row": row.number,
        "site": asked.site if asked else "",
        "queue": asked.queue if asked else "",
        "day": asked.day.isoformat() if asked and asked.day else None,
        "measures": {key: said.sent for key, said in measures.items()},
        "stated": {key: said.sent for key, said in stated.items()},
        "unavailable": unavailable,
        "note": reason or (asked.nil_reason if nil else ""),
        "nil": nil,
    }


def _parts(found: Found, row: Row, measures: Mapping[str, Said]) -> Iterator[Problem]:
    """A part is never more than its whole: the nearest one that this report holds."""
    for column, place in found.parted:
        if column.key not in measures:
            continue
        for whole in column.part_of:
            if whole in measures:
                break
        else:
            continue
        part, all_of_it = measures[column.key], measures[whole]
        if part.figure > all_of_it.figure:
            name, beside = next((each.name, at) for each, at in found.columns if each.key == whole)
            words = f"{column.name} ({part.sent}) is more than {name} ({all_of_it.sent}), which it is a part of."
            yield Problem(
                found.place(row.number, place), f"{words} Put one of the two right.", row.number, place, (beside,)
            )


def reason_of(found: Found, row: Row) -> str:
    return row.cell(found.places[REASON]).text.strip()[:500] if REASON in found.places else ""
