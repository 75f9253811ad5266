"""Workbooks of the old Excel (.xls): xlrd reads, and a count of the file's records proves it left nothing out."""

import io
import struct
from collections.abc import Callable, Iterator

import xlrd
from grid import Grid
from refusals import DAMAGED, MEND, PASSWORD, SAVE_AS, Unreadable
from values import NUMBER, code, kind_of_format, text
from xlrd.compdoc import CompDoc, CompDocError

# What xlrd raises for a broken file, beside its own two.
BROKEN = (struct.error, AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError)
OTHERS = {
    "EncryptedPackage": PASSWORD,
    "WordDocument": "This is a Word document, not a table. Upload the workbook (.xlsx) or a CSV file.",
    "PowerPoint Document": "This is a presentation, not a table. Upload the workbook (.xlsx) or a CSV file.",
}
# Programs in PHP let a sector belong to two streams, which changes neither; Excel opens that.
LENIENT = {"logfile": io.StringIO(), "ignore_workbook_corruption": True}
BOUND_SHEET, END, SEVERAL, FORMULAS = 0x85, 0x0A, 0xBD, {0x06, 0x206, 0x406}
BEGINNINGS = {0x09, 0x209, 0x409, 0x809}
# One cell with a value each, in the records of every Excel from 2 to 2003.
SINGLE = {0x02, 0x03, 0x04, 0x05, 0x203, 0x204, 0x205, 0x27E, 0xD6, 0xFD, *FORMULAS}


def read(content: bytes, report: Callable[[int], None]) -> tuple[list[Grid], list[str]]:
    """The visible sheets, and what was left out; raises Unreadable."""
    for name, words in OTHERS.items():
        if name.encode("utf-16-le") in content:
            raise Unreadable(words)
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, **LENIENT)
        stream = _stream(content)
    except (xlrd.XLRDError, CompDocError, *BROKEN) as error:
        raise Unreadable(_reason(str(error))) from error
    kinds = [kind_of_format(book.format_map[xf.format_key].format_str) for xf in book.xf_list]
    counts = list(_counts(stream))
    grids, notes = [], list(_notes(book, content))
    for place, sheet in enumerate(book.sheets()):
        if sheet.visibility:
            notes.append(f"The hidden sheet “{sheet.name}” was not read.")
            continue
        grid = _grid(sheet, kinds, since_1904=book.datemode == 1)
        _refuse_incomplete(grid, sheet, counts[place] if place < len(counts) else (0, 0))
        grids.append(grid)
        report(100 * (place + 1) // book.nsheets)
    return grids, notes


def _reason(words: str) -> str:
    if "encrypted" in words.lower():
        return PASSWORD
    if "not supported" in words.lower() or "find workbook" in words.lower():
        return f"This is no workbook that can be read here. {SAVE_AS}"
    return DAMAGED


def _notes(book: xlrd.Book, content: bytes) -> Iterator[str]:
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        yield "Macros were ignored."
    if any(sheet.cell_note_map for sheet in book.sheets() if not sheet.visibility):
        yield "Comments were not read."
    if book.datemode == 1:
        yield "Dates of this workbook count from 1904 and were read so."


def _grid(sheet, kinds: list[str], *, since_1904: bool) -> Grid:
    grid = Grid(sheet.name)
    for row in range(sheet.nrows):
        for column, (kind, value, style) in enumerate(
            zip(sheet.row_types(row), sheet.row_values(row), sheet._cell_xf_indexes[row], strict=True), 1
        ):
            if kind == xlrd.XL_CELL_TEXT:
                grid.put(row + 1, column, text(value))
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                shown = kinds[style] if style < len(kinds) else NUMBER
                try:
                    grid.put(row + 1, column, code(f"{value:.17g}", shown, since_1904=since_1904))
                except ValueError as error:
                    raise grid.misfit(row + 1, column) from error
            elif kind == xlrd.XL_CELL_BOOLEAN:
                grid.put(row + 1, column, "bTRUE" if value else "bFALSE")
            elif kind == xlrd.XL_CELL_ERROR:
                grid.put(row + 1, column, f"e{xlrd.error_text_from_code.get(value, '#VALUE!')}")
    grid.hidden_rows += [row + 1 for row, found in sheet.rowinfo_map.items() if found.hidden]
    grid.hidden_columns += [range(column + 1, column + 2) for column, info in sheet.colinfo_map.items() if info.hidden]
    grid.merged += [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    return grid


def _refuse_incomplete(grid: Grid, sheet, counted: tuple[int, int]) -> None:
    held = {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}
    found = sum(kind not in held for row in range(sheet.nrows) for kind in sheet.row_types(row))
    cells, grid.results = counted
    if found != cells:
        raise Unreadable(
            f"{grid.where} cannot be read completely: {cells} cells hold something, {found} could be read. {MEND}"
        )


def _stream(content: bytes) -> bytes:
    """The workbook within the compound file that an .xls is since Excel 5; older ones are nothing but it."""
    if not content.startswith(b"\xd0\xcf\x11\xe0"):
        return content
    file = CompDoc(content, **LENIENT)
    for name in ("Workbook", "Book"):
        memory, begin, length = file.locate_named_stream(name)
        if memory:
            return memory[begin : begin + length]
    raise Unreadable(DAMAGED)


def _counts(stream: bytes) -> Iterator[tuple[int, int]]:
    """For each worksheet, in the order of the workbook, how many cells hold a value, and how many are formulas."""
    places = [
        struct.unpack_from("<I", stream, begin)[0]
        for kind, begin, length in _records(stream, 0)
        if kind == BOUND_SHEET and length >= 6 and stream[begin + 5] == 0
    ]
    for place in places or [0]:
        yield _counted(stream, place)


def _counted(stream: bytes, place: int) -> tuple[int, int]:
    """A sheet ends with its own END; those of charts within it come in pairs."""
    cells = formulas = depth = 0
    for kind, _, length in _records(stream, place):
        depth += (kind in BEGINNINGS) - (kind == END)
        if depth == 0:
            break
        if depth == 1:
            cells += 1 if kind in SINGLE else (length - 6) // 6 if kind == SEVERAL else 0
            formulas += kind in FORMULAS
    return cells, formulas


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Kind, begin and length of each record."""
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, place + 4, length
        place += 4 + length
