"""Gives a partner's workbook back with what is wrong marked in its cells: coloured, and said in a comment."""

import io
import json
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import xlsxwriter

from app.copying import add_copy, counted_from_one, names_in_copy, new_book, starts_at_zero
from app.reading import Sheet

MARKER = Path(__file__).with_name("marker")
SECONDS = 20
MEGABYTES = 512
LIST = "To put right"
HEADINGS = ("Where", "What to do")
FILLS = {"error": "#F4B6B6", "warning": "#FFE08A"}


@dataclass(frozen=True)
class Mark:
    """`row` counts from 1 as the spreadsheet program shows it, `column` from 0; `grade` is error or warning."""

    row: int
    column: int
    grade: str
    words: str


def mark(
    content: bytes,
    sheet: str,
    marks: Sequence[Mark],
    listed: Sequence[tuple[str, str]],
    values: Sequence[tuple[int, int, str]] = (),
) -> bytes | None:
    """The workbook (.xlsx, .xlsm) with its marks and a last sheet that lists everything; None when it cannot be opened.

    `values` (row, column, text) are written into its cells first.

    Macros, and drawings that the library does not know, are not in what comes back; the upload keeps the original.
    """
    asked = {
        **{"seconds": SECONDS, "megabytes": MEGABYTES, "sheet": sheet, "title": LIST, "fills": FILLS},
        "marks": [asdict(each) for each in _merged(marks)],
        "list": [HEADINGS, *listed],
        "values": list(values),
    }
    document = json.dumps(asked).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-E", "-s", str(MARKER)],
            input=struct.pack("!I", len(document)) + document + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            timeout=2 * SECONDS + 3,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return done.stdout or None


def write_anew(sheet: Sheet, marks: Sequence[Mark], listed: Sequence[tuple[str, str]]) -> bytes:
    """A new workbook with the sheet's cells as they were read, for files that are not .xlsx: each in its own place."""
    out = io.BytesIO()
    if starts_at_zero(sheet):
        sheet, marks = counted_from_one(sheet), [replace(each, row=each.row + 1) for each in marks]
    by_place = {(each.row, each.column): each for each in _merged(marks)}
    rows = {row.number: row for row in sheet.rows}
    with new_book(out) as book:
        fills = {place: FILLS[each.grade] for place, each in by_place.items()}
        table = add_copy(book, sheet, *names_in_copy([sheet]), fills)
        for (number, column), each in by_place.items():
            table.write_comment(number - 1, column, each.words, {"author": "Accord", "x_scale": 2.5})
            if number not in rows or rows[number].cell(column).is_blank:
                table.write_blank(number - 1, column, None, book.add_format({"bg_color": FILLS[each.grade]}))
        _list(book, listed)
    return out.getvalue()


def _merged(marks: Sequence[Mark]) -> list[Mark]:
    """One mark a cell: an error colours it before a warning, and all that is said stands in its comment."""
    places: dict[tuple[int, int], list[Mark]] = {}
    for each in marks:
        places.setdefault((each.row, each.column), []).append(each)
    return [
        Mark(row, column, min(each.grade for each in found), "\n\n".join(each.words for each in found))
        for (row, column), found in places.items()
    ]


def _list(book: xlsxwriter.Workbook, listed: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(LIST)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    for number, line in enumerate([HEADINGS, *listed]):
        for column, words in enumerate(line):
            sheet.write_string(number, column, words)
