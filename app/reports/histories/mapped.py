"""A history as a mapping reads it: which contract and month each row is about, and what its figures are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.domain.periods import Month
from app.reading import Cell, Row
from app.reports.histories.books import Book, unlikely_days
from app.reports.mapping.applying import Table, read_by
from app.reports.mapping.column_map import CONTRACT, DAYS, PERIOD, PLACES, ColumnMap, role_of
from app.reports.mapping.layout import Layout
from app.reports.mapping.proposing import Known
from app.reports.tables.checking import Checked, Problem, check
from app.reports.tables.periods import DAY, day_first, period_in
from app.reports.tables.surroundings import apart, notes_of_rows
from app.reports.template import Template

NOT_IN_THE_FILE = "Not in the imported file"
# Days are not read in the light of a month: a history has many.
OF_NO_MONTH = Template("", Month(1, 1), "", "partner", "month", (), ())


class MappedColumns:
    """The table of a file, and what its rows are by the mapping."""

    is_ours = False

    def __init__(self, chosen: ColumnMap, layout: Layout, table: Table, known: Known) -> None:
        self.chosen, self.layout, self.known = chosen, layout, known
        found, passed = apart(table.found, table.template)
        self.told = [*table.notes, *table.found.sheet.notes, *notes_of_rows(passed)]
        self.told_of: dict[int, dict[str, None]] = defaultdict(dict)
        # Where months or figures are laid down a row that has shifted cannot be seen any more by whoever checks it.
        self.problems = layout.too_wide if layout.where else ()
        self.rows = [row for row in found.rows if any(not row.cell(place).is_blank for _, place in found.columns)]
        self.by_number = {row.number: row for row in self.rows}
        self.read_from = {layout.place(row.number, 0)[0] for row in layout.rows}
        places = [heading.place for heading in layout.headings]
        words = {heading.place: heading.text for heading in layout.headings}
        self.headings = [words.get(place, "") for place in range(max(places) + 1)]
        self.is_day_first = day_first(self._cells(PERIOD))
        self.covered: dict[int, int] = {}

    def identify(self, row: Row, books: Mapping[int, Book], problems: list[Problem]) -> tuple[int, Month, str] | None:
        code = self.chosen.fixed.get(CONTRACT) or self._code_of(row)
        contract = next((number for number, book in books.items() if book.code == code), None)
        if contract is None:
            words = f"“{self._text(row, CONTRACT)[:40]}” is no contract that you may see."
            problems.append(Problem(self._where(row, CONTRACT), words))
        month = self._month(row, problems)
        return (contract, month, "partner") if contract is not None and month is not None else None

    def check(self, template: Template, book: Book, rows: Sequence[Row]) -> Checked | None:
        """None for a kind of which the file holds no figure."""
        roles = {role_of(column) for column in template.columns}
        places = [each.heading.place for each in self.chosen.columns if each.role in roles]
        if not any(not row.cell(place).is_blank for row in rows for place in places):
            return None
        names = {role: {**self.chosen.names.get(role, {}), **book.names(role)} for role in PLACES}
        own, style = replace(self.chosen, names=names), book.contract.partner.number_style
        table = read_by(own, replace(self.layout, rows=tuple(rows)), template, style)
        checked = check([table.found.sheet], table.template, table.style, table.found, with_sums=table.all_problems)
        self.told_of[book.contract.id] |= dict.fromkeys(table.notes)
        self.covered |= {number: days for number, days in table.days.items() if days < template.month.days}
        mapped = {each.role for each in self.chosen.columns}
        absent = {each.key for each in template.columns if not each.is_optional and role_of(each) not in mapped}
        for row in checked.rows:
            if not row["nil"]:
                row["unavailable"] |= dict.fromkeys(sorted(absent), NOT_IN_THE_FILE)
        return checked

    def days(self, number: int, month: Month, problems: list[Problem]) -> int | None:
        row = self.by_number[number]
        text = self._text(row, DAYS)
        if not text:
            return self.covered.get(number)
        if not (words := unlikely_days(text, month)):
            return int(text)
        problems.append(Problem(self._where(row, DAYS), words))
        return None

    def notes(self, contract_id: int, *, is_only: bool) -> Sequence[str]:
        """Of a file of several contracts only what is said of its own rows: the others may be another partner's."""
        return self.told if is_only else list(self.told_of[contract_id])

    def place(self, row: Row) -> str:
        sheet, number, _ = self.layout.place(row.number, 0)
        return f"{number}" if self.layout.where is None else f"{row.number} ({sheet}, row {number})"

    def _month(self, row: Row, problems: list[Problem]) -> Month | None:
        column = self.chosen.of_role(PERIOD)
        cell = row.cell(column.heading.place) if column else Cell("blank", "")
        if self.is_day_first is None and _is_ambiguous(cell):
            words = f"“{cell.text[:40]}” may be two days, and no other cell tells which. Write it as 2026-09-30."
            problems.append(Problem(self._where(row, PERIOD), words))
            return None
        named = period_in(_ordered(cell, bool(self.is_day_first)), OF_NO_MONTH)
        if named is None:
            words = f"“{cell.text[:40]}” is no month. Write it as 2026-09 or Sep 2026."
            problems.append(Problem(self._where(row, PERIOD), words))
        return Month.of(named) if isinstance(named, date) else named

    def _code_of(self, row: Row) -> str:
        written = self._text(row, CONTRACT).casefold()
        return self.chosen.names.get(CONTRACT, {}).get(written, "")

    def _cells(self, role: str) -> list[Cell]:
        column = self.chosen.of_role(role)
        return [row.cell(column.heading.place) for row in self.rows] if column else []

    def _text(self, row: Row, role: str) -> str:
        column = self.chosen.of_role(role)
        return row.cell(column.heading.place).text.strip() if column else ""

    def _where(self, row: Row, role: str) -> str:
        column = self.chosen.of_role(role)
        sheet, number, _ = self.layout.place(row.number, column.heading.place if column else 0)
        named = f"{f'Sheet {sheet}, row' if sheet else 'Row'} {number}"
        return f"{named}, {column.heading.text}" if column else named


def _is_ambiguous(cell: Cell) -> bool:
    found = DAY.fullmatch(cell.text.strip().casefold()) if cell.kind == "text" else None
    return bool(found) and found[1] != found[2] and max(int(found[1]), int(found[2])) <= 12


def _ordered(cell: Cell, is_day_first: bool) -> Cell:
    """A day in figures in the order of its column, as one that reads one way."""
    found = DAY.fullmatch(cell.text.strip().casefold()) if cell.kind == "text" else None
    if found is None:
        return cell
    day, month = (found[1], found[2]) if is_day_first else (found[2], found[1])
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
    return Cell("text", f"{year}-{int(month):02}-{int(day):02}")
