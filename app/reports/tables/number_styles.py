"""Recognises a file whose numbers are written in another style than it is read in: said once, not cell by cell."""

import re
from collections.abc import Iterable, Iterator

from app.reading import Cell
from app.reports.tables.figures import PLAIN, is_written_as
from app.reports.tables.finding import Found
from app.reports.tables.problems import Problem
from app.reports.template import Column

NUMBER = re.compile(r"[+\-−]?\d[\d.,'’\s]*%?")
LEAST_MISREAD = 3  # fewer are put right sooner than a style is chosen
THIN_SPACES = re.compile(r"\d\s\d")


def another_style(cells: Iterable[tuple[Column, Cell]], style: str) -> str:
    """The one in which all numbers that are text can be read, where in `style` several cannot; else empty."""
    others = [each for each in PLAIN if each != style]
    misread, is_spaced = 0, False
    for column, cell in cells:
        text = cell.text.strip()
        if cell.kind != "text" or text.isdecimal() or not NUMBER.fullmatch(text):
            continue
        misread += not is_written_as(text, column, style)
        is_spaced = is_spaced or THIN_SPACES.search(text) is not None
        others = [each for each in others if is_written_as(text, column, each)]
        if not others:
            return ""
    if misread < LEAST_MISREAD:
        return ""
    spaced = next((each for each in others if is_spaced and THIN_SPACES.search(each)), "")
    return spaced or others[0]


def figures_of(found: Found) -> Iterator[tuple[Column, Cell]]:
    """Every cell in which a number is asked for; a time as h:mm:ss is none."""
    columns = [
        (column, at) for column, at in found.columns if not (column.conversion and column.conversion.takes_clock)
    ]
    for row in found.rows:
        yield from ((column, row.cell(at)) for column, at in columns)


def said_once(style: str, expected: str, others: int) -> Problem:
    """`others` is how much else is wrong with the file."""
    words = f"This file writes numbers as {style}, and they were expected as {expected}, so none of them counts yet."
    if others:
        words += f" What else is listed holds when it is read as {style}."
    return Problem("The whole file", words)
