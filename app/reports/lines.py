"""One row of a table as it would be sent, and what is wrong with its figures."""

from collections.abc import Iterator
from decimal import Decimal

from app.reading import Row
from app.reports.figures import NotAFigure, figure, without_a_figure
from app.reports.finding import Found
from app.reports.problems import Problem
from app.reports.template import REASON, Asked

WITHOUT_A_FIGURE = frozenset({"text", "blank"})
NO_FIGURE = (
    "The cell is empty. Type the figure, 0 if there was none, or say why there is no figure: “n/a: the switch lost "
    f"them” in the cell, or the reason under “{REASON}” for the whole row."
)
NO_REASON = (
    "Say why there is no figure: after a colon in the cell, such as “n/a: the switch lost them”, or under "
    f"“{REASON}” for the whole row."
)


def line_of(found: Found, row: Row, asked: Asked | None, number_style: str, problems: list[Problem]) -> dict:
    """The row as it would be sent; every cell is looked at, also when the row is not one of this report's."""
    reason = reason_of(found, row)
    cells = [(column, place, row.cell(place)) for column, place in found.columns]
    nil = bool(asked and asked.nil_reason and all(cell.is_blank for _, _, cell in cells))
    values: dict[bool, dict[str, Decimal]] = {False: {}, True: {}}
    unavailable: dict[str, str] = {}
    for column, place, cell in cells:
        try:
            why = None
            if cell.kind in WITHOUT_A_FIGURE:
                if cell.is_blank and (nil or (column.is_optional and not reason)):
                    continue
                why = without_a_figure(cell)
            if why is None:
                values[column.is_stated][column.key] = figure(cell, column, number_style)
            elif why or reason:
                unavailable[column.key] = why or reason
            else:
                raise NotAFigure(NO_FIGURE if cell.is_blank else NO_REASON)
        except NotAFigure as wrong:
            problems.append(Problem(found.place(row.number, place), str(wrong), row.number, place))
    problems += _parts(found, row, values[False])
    return {
        "row": row.number,
        "site": asked.site if asked else "",
        "queue": asked.queue if asked else "",
        "day": asked.day.isoformat() if asked and asked.day else None,
        "measures": {key: f"{value:f}" for key, value in values[False].items()},
        "stated": {key: f"{value:f}" for key, value in values[True].items()},
        "unavailable": unavailable,
        "note": reason or (asked.nil_reason if nil else ""),
        "nil": nil,
    }


def _parts(found: Found, row: Row, values: dict[str, Decimal]) -> Iterator[Problem]:
    """A part is never more than its whole: the nearest one that this report holds."""
    for column, place in found.parted:
        if column.key not in values:
            continue
        part, whole = values[column.key], next((key for key in column.part_of if key in values), None)
        if whole is not None and part > values[whole]:
            name, beside = next((each.name, at) for each, at in found.columns if each.key == whole)
            words = f"{column.name} ({part:f}) is more than {name} ({values[whole]:f}), which it is a part of."
            yield Problem(
                found.place(row.number, place), f"{words} Put one of the two right.", row.number, place, (beside,)
            )


def reason_of(found: Found, row: Row) -> str:
    return row.cell(found.places[REASON]).text.strip()[:500] if REASON in found.places else ""
