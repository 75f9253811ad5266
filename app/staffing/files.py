"""Files of intervals and of months: read completely, or refused with line and column."""

import csv
from itertools import pairwise
from pathlib import Path

from app.domain.people.headcount import LeaversOfMonth
from app.domain.people.intervals import Interval
from app.domain.people.workforce import Unworkable
from app.domain.periods import Month
from app.staffing import words

DAY = ("start", "contacts", "aht")
ENDS = ("month", "opening", "closing", "leavers")
AVERAGES = ("month", "average_headcount", "leavers")
READ = {"start": words.start, "aht": words.duration, "month": Month.parse}  # every other column is a number


class FileUnreadable(Exception):
    """What is wrong, with file and line."""


def read_day(path: Path) -> list[Interval]:
    """Columns start, contacts, aht. AHT may stay blank where there are no contacts."""
    intervals = []
    for line, row in _rows(path, DAY, may_be_blank="aht"):
        if row["aht"] is None and row["contacts"]:
            raise FileUnreadable(f"{path}, line {line}: aht is blank, but there are contacts")
        intervals.append(Interval(row["start"], row["contacts"], row["aht"] or words.NOTHING))
    return intervals


def read_months(path: Path) -> list[LeaversOfMonth]:
    """Columns month, leavers and either opening and closing or average_headcount; one month after the other."""
    rows = list(_rows(path, ENDS, AVERAGES))
    for (_, before), (line, after) in pairwise(rows):
        if after["month"] != before["month"].next():
            raise FileUnreadable(
                f"{path}, line {line}: after {before['month']} comes {before['month'].next()}, not {after['month']}"
            )
    return [_month(path, line, row) for line, row in rows]


def _month(path, line, row):
    try:
        if "average_headcount" in row:
            return LeaversOfMonth(row["leavers"], row["average_headcount"])
        return LeaversOfMonth.between(row["opening"], row["closing"], row["leavers"])
    except Unworkable as error:
        raise FileUnreadable(f"{path}, line {line}: {error}") from error


def _rows(path, *headings, may_be_blank=None):
    """Each line's number and its cells as read, by column."""
    lines = _lines(path)
    if not lines:
        raise FileUnreadable(f"{path}: the file is empty")
    columns = _columns(path, lines[0][1], headings)
    for line, cells in lines[1:]:
        if len(cells) != len(columns):
            raise FileUnreadable(f"{path}, line {line}: there are {len(cells)} cells under {len(columns)} columns")
        yield (
            line,
            {
                column: _cell(f"{path}, line {line}: {column}", column, cell, column == may_be_blank)
                for column, cell in zip(columns, cells, strict=True)
            },
        )


def _cell(place, column, cell, may_be_blank):
    if not cell:
        if may_be_blank:
            return None
        raise FileUnreadable(f"{place} is blank")
    try:
        return READ.get(column, words.number)(cell)
    except ValueError as error:
        raise FileUnreadable(f"{place}: {error}") from error


def _columns(path, cells, headings):
    columns = [cell.lower() for cell in cells]
    if not any(sorted(columns) == sorted(heading) for heading in headings):
        wanted = ", or ".join(", ".join(heading) for heading in headings)
        raise FileUnreadable(f"{path}, line 1: the columns are {', '.join(columns)}; they must be {wanted}")
    return columns


def _lines(path):
    """Line numbers and stripped cells; blank lines left out. A file without a comma may be parted by semicolons."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable(f"{path}: this is not a text in UTF-8") from error
    reader = csv.reader(text.splitlines(), delimiter=";" if "," not in text else ",", strict=True)
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise FileUnreadable(f"{path}, line {reader.line_num}: {error}") from error
