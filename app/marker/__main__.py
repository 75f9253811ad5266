"""Marks a partner's own workbook: a child process with narrow limits opens it, colours the cells and writes it again.

Standard input is the length of a JSON document, the document (limits, sheet, marks) and the workbook; standard output
is the marked workbook. Besides the library's own temporary files it has no file, no database and no secret.
"""

import io
import json
import os
import re
import resource
import signal
import struct
import sys
from copy import copy

import openpyxl
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

MEGABYTE = 1024 * 1024
WHOLE = re.compile(r"-?[0-9]{1,15}")  # what a point or a comma means is for the reader to say
AUTHOR = "Accord"
BLANK = PatternFill()
WIDTH, LINE, LETTERS = 320, 20, 45  # of a comment: pixels, pixels a line, letters that a line holds


def main() -> None:
    (length,) = struct.unpack("!I", sys.stdin.buffer.read(4))
    asked = json.loads(sys.stdin.buffer.read(length))
    _confine(asked["seconds"], asked["megabytes"])
    book = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    sheet = book[asked["sheet"]]
    forget_earlier(sheet)
    for row, column, text in asked["values"]:
        put(sheet.cell(row, column + 1), text)
    fills = {grade: PatternFill("solid", fgColor=f"FF{colour[1:]}") for grade, colour in asked["fills"].items()}
    for mark in asked["marks"]:
        set_mark(sheet, mark["row"], mark["column"], fills[mark["grade"]], mark["words"])
    if asked["marks"]:
        first = asked["marks"][0]
        sheet.sheet_view.selection[0].activeCell = sheet.cell(first["row"], first["column"] + 1).coordinate
    add_list(book, asked["title"], asked["list"])
    out = io.BytesIO()
    book.save(out)
    sys.stdout.buffer.write(out.getvalue())


def forget_earlier(sheet: Worksheet) -> None:
    """What was marked the last time may have been put right since."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment, cell.fill = None, copy(BLANK)


def put(cell: Cell, text: str) -> None:
    """What somebody typed: no formula, and a count is one too where a percentage or a date stood."""
    if WHOLE.fullmatch(text):
        cell.value = int(text)
        if cell.is_date or "%" in cell.number_format:
            cell.number_format = "General"
    else:
        say(cell, text)


def say(cell: Cell, words: str) -> None:
    """A text, also one that a spreadsheet program would take for a formula."""
    cell.value = words or None
    if cell.data_type == "f":
        cell.data_type = "s"


def set_mark(sheet: Worksheet, row: int, column: int, fill: PatternFill, words: str) -> None:
    """`row` counts from 1, `column` from 0; a comment that the cell has already stays above ours."""
    cell = sheet.cell(row, column + 1)
    cell.fill = copy(fill)
    text = f"{cell.comment.text}\n\n{words}" if cell.comment is not None else words
    lines = sum(1 + len(line) // LETTERS for line in text.split("\n"))
    cell.comment = Comment(text, AUTHOR, width=WIDTH, height=LINE * (lines + 1))


def add_list(book: openpyxl.Workbook, title: str, lines: list[list[str]]) -> None:
    """A last sheet with everything there is to put right, also what belongs to no cell."""
    if title in book.sheetnames:
        del book[title]
    sheet = book.create_sheet(title)
    for number, line in enumerate(lines, 1):
        for column, words in enumerate(line, 1):
            say(sheet.cell(number, column), words)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110


def _confine(seconds: int, megabytes: int) -> None:
    signal.alarm(2 * seconds + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
