"""Writes what was read of somebody's file as a new workbook: same sheets, rows, columns, kinds of cells and merges."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

import xlsxwriter

from app.reading import Cell, Sheet

LARGEST_EXACT = 15  # digits of a number that a workbook keeps
LONGEST_CELL = 32_767  # letters that a cell of a workbook holds
LONGEST_NAME = 31
NO_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FORMATS = {"percent": "0.########%", "date": "yyyy-mm-dd hh:mm:ss", "time": "[h]:mm:ss"}
Area = tuple[int, int, int, int]  # first row, first column, last row, last column, from 1
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
SIGNED = re.compile(r"[+-][\d.,'’ \u00a0\u202f]+ ?%?")
EPOCH = datetime.fromisoformat("1899-12-30")


def copy_of(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx; formats, comments, hidden sheets and whatever else was not read are not in it."""
    body = io.BytesIO()
    with new_book(body) as book:
        for sheet, name in zip(sheets, names_in_copy(sheets), strict=True):
            add_copy(book, counted_from_one(sheet), name)
    return body.getvalue()


def names_in_copy(sheets: Sequence[Sheet]) -> list[str]:
    """As a workbook can call them: text files have sheets without a name, other programs give longer ones."""
    names: list[str] = []
    for sheet in sheets:
        plain = NO_NAME.sub("-", sheet.name)[:LONGEST_NAME].strip("'") or "Table"
        free = (plain, *(f"{plain[: LONGEST_NAME - 4]} {number}" for number in range(2, len(sheets) + 2)))
        taken = {name.casefold() for name in names}
        names.append(next(name for name in free if name.casefold() not in taken))
    return names


def counted_from_one(sheet: Sheet) -> Sheet:
    """The headings of rows of JSON are row 0, which a workbook does not have."""
    if not starts_at_zero(sheet):
        return sheet
    return replace(sheet, rows=tuple(replace(row, number=row.number + 1) for row in sheet.rows))


def starts_at_zero(sheet: Sheet) -> bool:
    return bool(sheet.rows) and sheet.rows[0].number == 0


def harmless(cell):
    """A text for a CSV: one that a spreadsheet would take for a formula is quoted; a number stays one, negative too."""
    if isinstance(cell, str) and cell.startswith(FORMULA_MARKS) and not SIGNED.fullmatch(cell):
        return f"'{cell}"
    return cell


def new_book(body: io.BytesIO) -> xlsxwriter.Workbook:
    """Nothing that somebody wrote in a cell becomes a formula or a link; an error stays what it is."""
    book = xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_calc_mode("manual")
    return book


def add_copy(book: xlsxwriter.Workbook, sheet: Sheet, name: str, fills: Mapping[tuple[int, int], str] | None = None):
    """The new page. `fills` are colours by row, from 1, and column, from 0."""
    page, fills = book.add_worksheet(name), fills or {}
    style_of = cache(partial(_style, book))
    for top, left, bottom, right in _apart(sheet.merged):
        page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for row in sheet.rows:
        for place, cell in enumerate(row.cells):
            if not cell.is_blank:
                _write(page, row.number - 1, place, cell, style_of(cell.kind, fills.get((row.number, place), "")))
    return page


def _apart(merged: Iterable[Area]) -> Iterator[Area]:
    """Without those that lie over an earlier one, which no spreadsheet program writes."""
    taken: list[Area] = []
    for area in merged:
        top, left, bottom, right = area
        is_over = any(
            top <= low and bottom >= high and left <= end and right >= begin for high, begin, low, end in taken
        )
        if (top, left) != (bottom, right) and not is_over:
            taken.append(area)
            yield area


def _style(book: xlsxwriter.Workbook, kind: str, fill: str):
    said = {"num_format": FORMATS[kind]} if kind in FORMATS else {}
    coloured = {"bg_color": fill} if fill else {}
    return book.add_format({**said, **coloured}) if said or coloured else None


def _write(page, row: int, column: int, cell: Cell, style) -> None:
    if cell.kind in ("number", "percent") and len(cell.text.strip("-").replace(".", "")) <= LARGEST_EXACT:
        page.write_number(row, column, float(cell.text), style)
    elif cell.kind == "date" and "1900-03-01" <= cell.text < "9999":
        days = datetime.fromisoformat(cell.text) - EPOCH
        page.write_number(row, column, days.days + days.seconds / 86400, style)
    elif cell.kind == "time":
        hours, minutes, seconds = cell.text.split(":")
        page.write_number(row, column, (int(hours) * 3600 + int(minutes) * 60 + float(seconds)) / 86400, style)
    elif cell.kind == "truth":
        page.write_boolean(row, column, cell.text == "TRUE", style)
    elif cell.kind in ("error", "formula"):
        page.write_formula(row, column, "=NA()", style, cell.text or "")
    else:
        page.write_string(row, column, cell.text[:LONGEST_CELL], style)
