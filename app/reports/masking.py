"""A copy of a file as it was read, without what nobody may keep: same sheets, rows, columns and kinds of cells."""

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from app.reading import Cell, Sheet

LARGEST_EXACT = 15  # digits of a number that a workbook keeps
FORMATS = {"percent": "0.########%", "date": "yyyy-mm-dd hh:mm:ss", "time": "[h]:mm:ss"}
EPOCH = datetime.fromisoformat("1899-12-30")


def copy_of(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx; formats, comments, hidden sheets and whatever else was not read are not in it."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_calc_mode("manual")  # errors stay what they are
        styles = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name or "Table")
            for row in sheet.rows:
                for place, cell in enumerate(row.cells):
                    if not cell.is_blank:
                        _write(page, row.number - 1, place, cell, styles)
    return body.getvalue()


def _write(page, row: int, column: int, cell: Cell, styles: dict) -> None:
    if cell.kind in ("number", "percent") and len(cell.text.strip("-").replace(".", "")) <= LARGEST_EXACT:
        page.write_number(row, column, float(cell.text), styles.get(cell.kind))
    elif cell.kind == "date" and "1900-03-01" <= cell.text < "9999":
        days = datetime.fromisoformat(cell.text) - EPOCH
        page.write_number(row, column, days.days + days.seconds / 86400, styles["date"])
    elif cell.kind == "time":
        hours, minutes, seconds = cell.text.split(":")
        page.write_number(row, column, (int(hours) * 3600 + int(minutes) * 60 + float(seconds)) / 86400, styles["time"])
    elif cell.kind == "truth":
        page.write_boolean(row, column, cell.text == "TRUE")
    elif cell.kind in ("error", "formula"):
        page.write_formula(row, column, "=NA()", None, cell.text or "")
    else:
        page.write_string(row, column, cell.text)
