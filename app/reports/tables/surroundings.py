"""What stands around a table and is none of its rows: totals, notes beneath, cells without a heading, other sheets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from app.reading import Cell, Row, Sheet, column_letter
from app.reports.tables.figures import without_a_figure
from app.reports.tables.finding import Found, has_headings, plain
from app.reports.tables.problems import Problem
from app.reports.template import HOW_TO, REASON, Template
from app.reports.wording import first_named

MOST_NOTES = 20  # one line for each row; of more the last is named, so that a table that was read too short shows
ABROAD = Path(__file__).with_name("totals.txt").read_text(encoding="utf-8").split()
TOTAL = re.compile(
    rf"((grand|overall|sub)?[ -]?(totals?|sum|average|avg|mean)|{'|'.join(ABROAD)})\b"
    r"|(\S+\s+){1,4}(totals?|ergebnis)$",  # as pivot tables write it: BOG Total
    re.IGNORECASE,
)


def is_total(row: Row) -> bool:
    return any(cell.kind == "text" and TOTAL.match(cell.text.strip()) for cell in row.cells)


def apart(found: Found, template: Template) -> tuple[Found, list[tuple[int, str]]]:
    """The table without the rows that are none of the report's, and those by number and reason."""
    reasons = {row.number: reason for row in found.rows if (reason := _passed_over(found, row, template))}
    rows = tuple(row for row in found.rows if row.number not in reasons) if reasons else found.rows
    return replace(found, rows=rows), list(reasons.items())


def _passed_over(found: Found, row: Row, template: Template) -> str | None:
    """Why a row beneath the headings is none of the report's; None when it is to be read."""
    site, queue = (found.written(row, heading) for heading in ("Site", "Queue"))
    is_site, is_queue = site.casefold() in template.sites_as_typed, queue.casefold() in template.queues_as_typed
    if (is_site or "Site" in found.fixed) and (is_queue or "Queue" in found.fixed) and (is_site or is_queue):
        return None
    if {plain(site), plain(queue)} == {"site", "queue"}:
        return "repeats the headings"
    if total := next((text for text in _labels(found, row) if TOTAL.match(text)), None):
        return f"is a total (“{total[:40]}”)"
    if is_site or is_queue or (site and queue) or _is_a_code(site or queue) or _says_something(found, row):
        return None
    note = next((cell.text.strip() for cell in row.cells if not cell.is_blank), "")
    return f"holds no figure (“{note[:60]}{'…' if len(note) > 60 else ''}”)"


def _is_a_code(text: str) -> bool:
    """A word in the place of a site or a queue may be one that is misspelt; a sentence is none."""
    return text[:1].isalnum() and not any(letter.isspace() for letter in text)


def _labels(found: Found, row: Row) -> Iterator[str]:
    """What is written before the first figure."""
    first = min((place for _, place in found.columns), default=0)
    places = {*range(first), *found.places.values()}
    return (row.cell(place).text.strip() for place in sorted(places) if row.cell(place).kind == "text")


def _says_something(found: Found, row: Row) -> bool:
    """Whether it holds a figure, or a reason why it has none; units beneath the headings are neither."""
    cells = [cell for _, place in found.columns if not (cell := row.cell(place)).is_blank]
    is_reasoned = REASON in found.places and not row.cell(found.places[REASON]).is_blank
    return is_reasoned or not all(_are_words(cell) for cell in cells)


def _are_words(cell: Cell) -> bool:
    return cell.kind == "text" and not any(map(str.isdigit, cell.text)) and without_a_figure(cell) is None


def notes_of_rows(passed: Sequence[tuple[int, str]]) -> Iterator[str]:
    for number, reason in passed[:MOST_NOTES]:
        yield f"Row {number} was not read: it {reason}."
    if len(passed) > MOST_NOTES:
        yield f"{len(passed) - MOST_NOTES:,} more rows were not read, such as row {passed[-1][0]}: it {passed[-1][1]}."


def without_heading(found: Found, row: Row) -> list[int]:
    """The columns of a row's values that stand under no heading."""
    headings = found.header.cells
    if len(row.cells) <= len(headings) and found.is_headed_throughout:
        return []
    return [
        place
        for place, cell in enumerate(row.cells)
        if not cell.is_blank and (place >= len(headings) or headings[place].is_blank)
    ]


def cell_too_many(found: Found, row: Row) -> list[Problem]:
    """In a text table it has shifted the others; in a workbook somebody has reckoned beside the table."""
    headings = len(found.header.cells)
    beyond = [place for place in without_heading(found, row) if place >= headings] if not found.sheet.name else []
    return [shifted(row.number, len(row.cells), headings, beyond[0])] if beyond else []


def shifted(row: int, cells: int, headings: int, column: int) -> Problem:
    words = (
        f"This row has {cells} cells, and there are {headings} headings. Perhaps a figure or a text holds the "
        "character that separates the columns: write it without."
    )
    return Problem(f"Row {row}", words, row, column)


def notes_of_cells(found: Found, passed: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Of rows that were added up, in each of them."""
    numbers = {number for number, _ in passed}
    beside = [
        f"{column_letter(place)}{row.number}"
        for row in found.parts or found.rows
        if row.number not in numbers and not cell_too_many(found, row)
        for place in without_heading(found, row)
    ]
    if beside:
        yield f"Cells without a heading were left out: {first_named(beside)}."


def notes_of_sheets(sheets: Sequence[Sheet], found: Found) -> Iterator[str]:
    """Other sheets, but for the template's own instructions; one that looks like a report is named as such."""
    used, where = found.sheet, found.where
    read = {where(row.number, 0)[0] for row in found.rows} if where else set()
    for sheet in sheets:
        if sheet.rows is used.rows or sheet.name in read or sheet.rows[0].cell(0).text == HOW_TO:
            continue
        if any(has_headings(row) for row in sheet.rows):
            yield (
                f"The sheet “{sheet.name}” has the headings Site and Queue too and was not read. "
                f"If its rows belong to this report, put them on the sheet “{used.name}”."
            )
        else:
            yield f"The sheet “{sheet.name}” was not read."
