"""Finds the table in a file that somebody made from a template, and says when it is the wrong file."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache, partial

from app.domain.periods import Month
from app.formatting import month as month_in_words
from app.reading import Cell, Row, Sheet, column_letter
from app.reports.tables.figures import period
from app.reports.tables.periods import period_in
from app.reports.template import REASON, Column, Template
from app.web import Refusal

MARK = "accord-report/1"
SEARCHED_ROWS = 40
BRACKETS = re.compile(r"\s*\(.*\)\s*$", re.DOTALL)


@dataclass(frozen=True)
class Meant:
    """What a file says of the report that it is for: the code of a template, its month, or its headings."""

    code: str = ""
    month: Month | None = None
    headings: tuple[str, ...] = ()


class WrongFile(Refusal):
    """Another template, another month, or no template at all."""

    def __init__(self, message: str, meant: Meant | None = None) -> None:
        super().__init__(message)
        self.meant = meant


@dataclass(frozen=True)
class Found:
    """The table: where its headings stand, what each column is, and the rows beneath.

    `fixed` holds the code of a site or queue that every row is of, where no column says it; `parts` are the rows as
    they stand, where those of the table are sums of them.
    """

    sheet: Sheet
    header: Row
    places: dict[str, int]
    columns: tuple[tuple[Column, int], ...]
    missing: tuple[str, ...]
    doubled: tuple[int, ...]
    unknown: tuple[int, ...]
    rows: tuple[Row, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    read_period: Callable[[Cell], Month | date | None] = period
    where: Callable[[int, int], tuple[str, int, int]] | None = None  # a cell's own place, where rows come from several
    parts: tuple[Row, ...] = ()

    @cached_property
    def is_headed_throughout(self) -> bool:
        return not any(cell.is_blank for cell in self.header.cells)

    @cached_property
    def parted(self) -> tuple[tuple[Column, int], ...]:
        """The columns that are a part of others."""
        return tuple(each for each in self.columns if each[0].part_of)

    def written(self, row: Row, heading: str) -> str:
        """What a row says for its site or queue; nothing where no column says it."""
        return row.cell(self.places[heading]).text.strip() if heading in self.places else ""

    def place(self, row: int, column: int) -> str:
        """Where a cell is, as its author sees it."""
        heading = BRACKETS.sub("", self.header.cell(column).text).strip()
        sheet, row, column = self.where(row, column) if self.where else (self.sheet.name, row, column)
        if not sheet:
            return f"Row {row}, {heading or column_letter(column)}"
        return f"Sheet {sheet}, {column_letter(column)}{row}{f' ({heading})' if heading else ''}"


def code_of(template: Template) -> str:
    """What a workbook carries so that it is recognised when it comes back."""
    return f"{MARK} {template.month} {template.kind} {template.party} {template.code}"


def is_a_template(sheets: Sequence[Sheet], template: Template) -> bool:
    """Whether somebody filled in Accord's own template. Raises WrongFile when it is that of another report."""
    codes = [code for sheet in sheets for code in _codes(sheet)]
    for code in codes:
        _refuse_other(code, template)
    return bool(codes)


def find_table(sheets: Sequence[Sheet], template: Template) -> Found:
    """Raises WrongFile."""
    is_a_template(sheets, template)
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
            if has_headings(row):
                return _table(sheet, row, sheet.rows[place + 1 :], template)
    raise WrongFile(
        "This is not the template of this report: no row has the headings “Site” and “Queue”. "
        "Download the template on this page and fill it in."
    )


def has_headings(row: Row) -> bool:
    return {"site", "queue"} <= {plain(cell.text) for cell in row.cells if cell.kind == "text"}


def _codes(sheet: Sheet) -> Iterator[list[str]]:
    for row in sheet.rows[:SEARCHED_ROWS]:
        for cell in row.cells:
            if cell.kind == "text" and cell.text.startswith(MARK):
                yield cell.text.split()[1:]


def _refuse_other(code: list[str], template: Template) -> None:
    if code[-1:] == [template.code]:
        return
    wanted = f"the {template.kind} report for {month_in_words(template.month, 'long')}"
    if len(code) != 4:
        raise WrongFile(f"The template code in this file was changed. Download the template of {wanted} again.")
    month, kind, party, key = code
    meant = Meant(code=key)
    if kind != template.kind or party != template.party:
        raise WrongFile(f"This is the template of a {kind} report; this page takes {wanted}.", meant)
    if month != str(template.month):
        raise WrongFile(f"This is the template for {_month_or(month)}; this page takes {wanted}.", meant)
    words = f"This is the template of another contract. This page takes {wanted}: download its template here."
    raise WrongFile(words, meant)


def _month_or(text: str) -> str:
    try:
        return month_in_words(Month.parse(text), "long")
    except ValueError:
        return "another month"


def _table(sheet: Sheet, header: Row, rows: tuple[Row, ...], template: Template) -> Found:
    seen: dict[str, int] = {}
    doubled = []
    for place, cell in enumerate(header.cells):
        heading = plain(cell.text)
        if heading in seen:
            doubled.append(place)
        elif heading:
            seen[heading] = place
    places, columns, missing = {}, [], []
    for heading in (template.period_heading, "Site", "Queue", REASON):
        if (place := seen.pop(plain(heading), None)) is not None:
            places[heading] = place
        elif heading != REASON:
            missing.append(heading)
    for column in template.columns:
        names = [name for name in (plain(column.heading), column.key) if name in seen]
        if names:
            columns.append((column, seen.pop(names[0])))
        elif not column.is_optional:
            missing.append(column.heading)
    if not columns:
        raise WrongFile(
            f"This is not the template of this report: none of its figures is here ({', '.join(missing[:3])} …). "
            "Download the template on this page and fill it in.",
            Meant(headings=tuple(cell.text for cell in header.cells)),
        )
    unknown = tuple(sorted(seen.values()))
    read = lru_cache(maxsize=1_000)(partial(period_in, template=template))
    return Found(sheet, header, places, tuple(columns), tuple(missing), tuple(doubled), unknown, rows, read_period=read)


def plain(heading: str) -> str:
    """A heading without its unit, case and spaces: “Offered (contacts)” is “offered”."""
    return " ".join(BRACKETS.sub("", heading).casefold().split())
