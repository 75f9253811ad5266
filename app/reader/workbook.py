"""Workbooks: openpyxl reads, and a plain scan of the same XML proves that it left nothing out."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.parsers import expat
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL
from refusals import MOST_CELLS, Unreadable, refuse_if_too_large

STRICT = b"purl.oclc.org/ooxml/"
REPORT_EVERY = 1_000
DAMAGED = "The workbook is damaged. Open it in your spreadsheet program, save it again and upload that."


def read(content: bytes, report: Callable[[int], None]) -> list[dict]:
    """Every visible sheet that holds something, with the rows that hold something; raises Unreadable.

    `report` is told from time to time how many percent of a sheet are read.
    """
    warnings.simplefilter("ignore")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        if STRICT in book._archive.read("xl/workbook.xml"):
            raise Unreadable(
                "This is a “Strict Open XML” workbook, which is not read yet. Save it as “Excel workbook”."
            )
        sheets = [_sheet(book, sheet, report) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except (
        BadZipFile,
        expat.ExpatError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        SyntaxError,
        OSError,
        EOFError,
    ) as error:
        raise Unreadable(DAMAGED) from error
    sheets = [sheet for sheet in sheets if sheet["rows"]]
    if not sheets:
        raise Unreadable("The workbook is empty. Check that you chose the right one and that it was saved.")
    return sheets


@dataclass
class Scan:
    """What the raw XML of one sheet holds: where values stand, and formulas that have none."""

    filled: int = 0
    elements: int = 0
    last_row: int = 0
    last_column: int = 0
    unsaved: dict[int, list[int]] = field(default_factory=dict)
    row: int = 0
    column: int = 0
    inside: str = ""
    has_value: bool = False
    has_formula: bool = False

    def start(self, tag: str, attributes: dict) -> None:
        tag = self.inside = LOCAL[tag]
        if tag == "c":
            self.elements += 1
            if self.elements > MOST_CELLS:
                raise Unreadable(f"The workbook has more than {MOST_CELLS:,} cells. Split the file.")
            self.row, self.column = _place(attributes.get("r"), self.row, self.column + 1)
            self.has_value = self.has_formula = False
        elif tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif tag == "f":
            self.has_formula = True
        elif tag == "is":
            self.has_value = True

    def text(self, data: str) -> None:
        if self.inside == "v" and data:
            self.has_value = True

    def end(self, tag: str) -> None:
        self.inside = ""
        if LOCAL[tag] != "c":
            return
        if self.has_value:
            self.filled += 1
        elif self.has_formula:
            self.unsaved.setdefault(self.row, []).append(self.column)
        else:
            return
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)


def _scan(source) -> Scan:
    found = Scan()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.ParseFile(source)
    return found


def _refuse_doctype(*_declaration) -> None:
    raise Unreadable(DAMAGED)


class _Local(dict):
    """The name of an element without its namespace; asked millions of times for a handful of names."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rpartition(" ")[2]
        return name


LOCAL = _Local()


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    if not reference:
        return row, column
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), COLUMNS[letters]


class _Columns(dict):
    """Columns by their letters, counted from 1."""

    def __missing__(self, letters: str) -> int:
        place = self[letters] = openpyxl.utils.cell.column_index_from_string(letters)
        return place


COLUMNS = _Columns()


def _sheet(book, sheet, report: Callable[[int], None]) -> dict:
    where = f"Sheet “{sheet.title}”"
    with book._archive.open(sheet._worksheet_path) as source:
        scan = _scan(source)
    refuse_if_too_large(scan.last_row, scan.last_column, scan.filled, where)
    sheet.reset_dimensions()
    rows, filled = [], 0
    if scan.last_row:
        percents: dict[int, bool] = {}
        for number, row in enumerate(sheet.iter_rows(max_row=scan.last_row, max_col=scan.last_column), 1):
            cells = [None if cell is EMPTY_CELL or cell.value is None else _cell(cell, percents) for cell in row]
            filled += len(cells) - cells.count(None)
            for column in scan.unsaved.get(number, ()):
                cells[column - 1] = ["formula", ""]
            while cells and not cells[-1]:
                cells.pop()
            if any(cells):
                rows.append([number, cells])
            if number % REPORT_EVERY == 0:
                report(100 * number // scan.last_row)
    if filled != scan.filled:
        counted = f"{scan.filled} cells hold something, {filled} could be read"
        raise Unreadable(f"{where} cannot be read completely: {counted}. {DAMAGED}")
    return {"name": sheet.title, "rows": rows}


def _cell(cell, percents: dict[int, bool]):
    """A text (blank when it is all spaces), or [kind, text]; numbers have the 15 digits that programs show."""
    value, kind = cell.value, cell.data_type
    if kind == "n":
        style = cell._style_id
        if style not in percents:
            percents[style] = "%" in (cell.number_format or "")
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
        return ["percent" if percents[style] else "number", text]
    if kind == "e":
        return ["error", str(value)]
    if isinstance(value, bool):
        return ["truth", str(value).upper()]
    if isinstance(value, datetime):
        return ["date", value.date().isoformat() if value.time() == time() else value.isoformat()]
    if isinstance(value, (date, time, timedelta)):
        return ["date", str(value)]
    return str(value) if str(value).strip() else ""
