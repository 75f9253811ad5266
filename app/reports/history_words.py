"""A history in words of somebody else: one mapping says what the columns are for all contracts of the file."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from app.domain.periods import Month
from app.reading import Cell, Row, Sheet
from app.reports.checking import Checked, Problem, check
from app.reports.history_books import Book, codes_in_sight, template_of_all
from app.reports.mapping.applying import Table, read_by
from app.reports.mapping.column_map import (
    CONTRACT,
    DAYS,
    NOT_THERE,
    PERIOD,
    PLACES,
    ColumnMap,
    role_of,
)
from app.reports.mapping.differing import Carried, carry_over
from app.reports.mapping.headings import likeness
from app.reports.mapping.layout import MOST_SHEETS, MOST_TABLES, Layout, layouts
from app.reports.mapping.periods import DAY, day_first, period_in
from app.reports.mapping.proposing import Known, Proposal, propose
from app.reports.mapping.rearranging import joined, laid_down, spread
from app.reports.mapping.understanding import SURE, Unmapped, sketch_of, table_by, undecided_names
from app.reports.surroundings import apart
from app.reports.template import Template

LEAST_RECOGNISED = 2
NOT_IN_THE_FILE = "Not in the imported file"


@dataclass(frozen=True)
class Words:
    """What is known before a file is seen: `memory` is how columns were headed in any report."""

    books: Mapping[int, Book]
    memory: Mapping[tuple[str, ...], str]
    remembered: Sequence[ColumnMap]

    @property
    def known(self) -> Known:
        return Known(codes_in_sight(list(self.books.values())), self.memory)

    @property
    def template(self) -> Template:
        return template_of_all(self.books.values())


def tables_in(sheets: Sequence[Sheet], template: Template, known: Known) -> list[Layout]:
    """As they may be read: several sheets as one, months and figures as they are asked for; then as they stand."""
    found = layouts(sheets, known.words, MOST_SHEETS)
    laid = [_rearranged(layout, partial(_figure_named, template)) for layout in found]
    changed = [each for each in laid if each.where]
    candidates = [*joined(laid), *changed, *found][:MOST_TABLES]
    return [each for each in candidates if each.headings and each.rows]


def _rearranged(layout: Layout, figure_named: Callable[[str], str]) -> Layout:
    down = laid_down(layout) or layout
    return spread(down, figure_named) or down


def _figure_named(template: Template, text: str) -> str:
    return next((each.key for each in template.columns if likeness((text,), each.key, each.name) >= SURE), "")


def propose_words(found: Sequence[Layout], template: Template, known: Known) -> Proposal | None:
    """The table that is likeliest to be a history; a table that names its months is likelier."""
    proposals = propose(found, template, known)
    best = min(
        proposals,
        key=lambda each: (-(each.recognised + (each.chosen.of_role(PERIOD) is not None)), -len(each.layout.rows)),
        default=None,
    )
    return best if best is not None and best.recognised >= LEAST_RECOGNISED else None


def understand_words(sheets: Sequence[Sheet], words: Words, chosen: ColumnMap | None) -> "MappedColumns | None":
    """The history as `chosen`, or what was remembered, reads it; None when nothing here could be one. Raises
    Unmapped."""
    template, known = words.template, words.known
    found = tables_in(sheets, template, known)
    carried = _carried(found, template, [chosen] if chosen else words.remembered)
    if carried is None:
        if (best := propose_words(found, template, known)) is None:
            return None
        decided = _with_known(best.chosen, known)
        names = undecided_names(decided, best.layout, template)
        raise Unmapped(sketch_of(found, best.layout, decided, names))
    carried = carried._replace(chosen=_with_known(carried.chosen, known))
    table = table_by(carried, found, template, "")
    return MappedColumns(carried.chosen, carried.layout, table, known)


def _carried(found: Sequence[Layout], template: Template, remembered: Sequence[ColumnMap]) -> Carried | None:
    carried = [each for kept in remembered if (each := carry_over(kept, found, template))]
    carried.sort(key=lambda each: len(each.differences))
    if not carried:
        return None
    alike = [each for each in carried if not each.differences]
    if len({each.chosen.fixed.get(CONTRACT) for each in alike}) > 1:
        names = " and ".join(sorted(str(each.chosen.fixed.get(CONTRACT)) for each in alike)[:3])
        alike[0].differences.append(f"The same headings were mapped for {names}. Say whose figures these are.")
    return carried[0]


def _with_known(chosen: ColumnMap, known: Known) -> ColumnMap:
    """What Accord itself calls a contract, site or queue needs nobody to say so."""
    names = {role: {**codes, **chosen.names.get(role, {})} for role, codes in known.codes.items()}
    return replace(chosen, names=names)


class MappedColumns:
    """The table of a file, and what its rows are by the mapping."""

    is_ours = False

    def __init__(self, chosen: ColumnMap, layout: Layout, table: Table, known: Known) -> None:
        self.chosen, self.layout, self.known = chosen, layout, known
        found, _ = apart(table.found, table.template)
        self.rows = [row for row in found.rows if any(not row.cell(place).is_blank for _, place in found.columns)]
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
        checked = check([table.found.sheet], table.template, style, table.found)
        checked.problems = table.all_problems(checked.problems)
        self.covered |= {number: days for number, days in table.days.items() if days < template.month.days}
        absent = {column.key for column in template.columns if self.chosen.fixed.get(role_of(column)) == NOT_THERE}
        for row in checked.rows:
            if not row["nil"]:
                row["unavailable"] |= dict.fromkeys(sorted(absent), NOT_IN_THE_FILE)
        return checked

    def days(self, number: int, month: Month, problems: list[Problem]) -> int | None:
        text = next((self._text(row, DAYS) for row in self.rows if row.number == number), "")
        if not text:
            return self.covered.get(number)
        if text.isascii() and text.isdigit() and 0 < int(text) <= month.days:
            return int(text)
        row = next(row for row in self.rows if row.number == number)
        words = f"“{text[:20]}” days cannot have been reported in {month}. Type 1 to {month.days}, or leave it empty."
        problems.append(Problem(self._where(row, DAYS), words))
        return None

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
        named = period_in(_ordered(cell, bool(self.is_day_first)), self._any_template)
        if named is None:
            words = f"“{cell.text[:40]}” is no month. Write it as 2026-09 or Sep 2026."
            problems.append(Problem(self._where(row, PERIOD), words))
        return Month.of(named) if isinstance(named, date) else named

    @property
    def _any_template(self) -> Template:
        """Days are not read in the light of a month: a history has many."""
        return Template("", Month(1, 1), "", "partner", "month", (), ())

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


def own_share(chosen: ColumnMap, book: Book, known: Known, is_only: bool) -> ColumnMap:
    """What a partner may keep of a mapping: nothing that another partner's rows say."""
    names: dict[str, dict[str, str]] = {}
    for role, said in chosen.names.items():
        codes: Collection[str] = {book.code} if role == CONTRACT else set(book.names(role).values())
        theirs = known.codes.get(role, {})
        names[role] = {
            written: code
            for written, code in said.items()
            if theirs.get(written) != code and (code in codes or (is_only and role != CONTRACT) or written == "*")
        }
    return replace(chosen, names={role: said for role, said in names.items() if said})
