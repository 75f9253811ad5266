"""A history in our own words: one row per contract, month, site and queue, with the measures as columns."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.contracts.models import Contract
from app.domain.periods import Month
from app.reading import Cell, Row, Sheet
from app.reports.histories.books import Book, unlikely_days
from app.reports.tables.checking import Checked, Problem, check
from app.reports.tables.figures import period
from app.reports.tables.finding import SEARCHED_ROWS, WrongFile, plain
from app.reports.tables.periods import month_of
from app.reports.template import REASON, Column, Template

PARTNER, CONTRACT, MONTH, PARTY, DAYS = "partner", "contract", "month", "party", "days_reported"
YEAR = "year"
PARTIES = ("partner", "client")
OURS = {PARTNER, CONTRACT, MONTH, PARTY, DAYS, "days reported", YEAR, "site", "queue", plain(REASON), ""}


class OurColumns:
    """Raises WrongFile when the sheets hold no such table, or two."""

    is_ours = True

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheet, self.header, self.rows = _table(sheets)
        self.style = ""  # how the file writes numbers, where that is not how its partner does
        self.read_from = {self.sheet.name}
        self.read_places: set[int] = set()
        self.told_of: dict[int, dict[str, None]] = defaultdict(dict)
        self.headings = [cell.text for cell in self.header.cells]
        self.columns = {plain(text): place for place, text in enumerate(self.headings) if plain(text)}
        if YEAR in self.columns:
            self.rows = [self._with_year(row) for row in self.rows]
        self.by_number = {row.number: row for row in self.rows}
        self.missing: set[str] = set()  # headings of a kind of report that it has figures of
        self.is_checked = False  # a row at least: its contract and month are understood

    def identify(self, row: Row, books: Mapping[int, Book], problems: list[Problem]) -> tuple[int, Month, str] | None:
        """Which contract, month and party a row is about; what cannot be told goes to the problems."""
        contract = self._contract(row, [book.contract for book in books.values()], problems)
        written = row.cell(self.columns[MONTH])
        named = period(written)
        month = named if isinstance(named, Month) or named is None else Month.of(named)
        if month is None:
            words = f"“{written.text[:40]}” is no month. Type it as 2026-09."
            problems.append(Problem(f"Row {row.number}, month", words, row.number, self.columns[MONTH]))
        party = self._text(row, PARTY).casefold() or PARTIES[0]
        if party not in PARTIES:
            words = f"“{party[:40]}” is no party. Type partner or client."
            problems.append(Problem(f"Row {row.number}, party", words, row.number, self.columns[PARTY]))
            return None
        return (contract.id, month, party) if contract and month else None

    def check(self, template: Template, book: Book, rows: Sequence[Row]) -> Checked | None:
        """None for a kind of which the rows hold no figure: it is not imported."""
        self.is_checked = True
        if not self._is_given(template, rows):
            return None
        self.missing |= {each.heading for each in template.columns if not each.is_optional and not self._places(each)}
        style = self.style or book.contract.partner.number_style
        checked = check([replace(self.sheet, rows=(self.header, *rows))], template, style)
        self.read_places |= set(checked.columns.values())
        self.told_of[book.contract.id] |= dict.fromkeys(each for each in checked.notes if each not in self.sheet.notes)
        return checked

    @property
    def lacks_figures(self) -> bool:
        """A figure that is asked for may stand there under a heading that is not ours. A mapping takes every row for
        the partner's own, so the client's are never read by one."""
        is_mixed = any(self._text(row, PARTY).casefold() == "client" for row in self.rows)
        return self.is_checked and not is_mixed and (bool(self.missing) or not self.read_places)

    def figures(self, template: Template) -> Iterator[tuple[Column, Cell]]:
        """Every cell in which a figure of the template may stand."""
        for column in template.columns:
            yield from ((column, row.cell(place)) for place in self._places(column) for row in self.rows)

    def days(self, number: int, month: Month, problems: list[Problem]) -> int | None:
        """Days that a row covers, when the file says so: 7 of 30."""
        place = self.columns.get(DAYS, self.columns.get("days reported"))
        text = self.by_number[number].cell(place).text.strip() if place is not None else ""
        if place is None or not text:
            return None
        if not (words := unlikely_days(text, month)):
            return int(text)
        problems.append(Problem(f"Row {number}, days reported", words, number, place))
        return None

    def place(self, row: Row) -> str:
        return str(row.number)

    def notes(self, contract_id: int, *, is_only: bool) -> Sequence[str]:
        """Every row is read as it stands, or refused; of the whole sheet only where all of it is one contract's."""
        of_the_sheet = self.sheet.notes if is_only else ()
        return [*of_the_sheet, *self.told_of[contract_id], *self._left_out()]

    def _left_out(self) -> Iterator[str]:
        left = [
            heading.strip()
            for place, heading in enumerate(self.headings)
            if place not in self.read_places
            and plain(heading) not in OURS
            and any(not row.cell(place).is_blank for row in self.rows)
        ]
        if left:
            yield f"Columns that are not asked for were left out: {', '.join(left)}."

    def _with_year(self, row: Row) -> Row:
        """Its month with the year that stands in a column of its own: 2025 and 9 are 2025-09."""
        place = self.columns[MONTH]
        named = month_of(row.cell(self.columns[YEAR]).text, row.cell(place).text)
        cells = [Cell("text", str(named)) if named and at == place else cell for at, cell in enumerate(row.cells)]
        return replace(row, cells=tuple(cells))

    def _contract(self, row: Row, contracts: Sequence[Contract], problems: list[Problem]) -> Contract | None:
        partner, reference = self._text(row, PARTNER).casefold(), self._text(row, CONTRACT).casefold()
        named = [
            contract
            for contract in contracts
            if (not partner or partner in {contract.partner.code.casefold(), contract.partner.name.casefold()})
            and (not reference or reference in {contract.reference.casefold(), contract.name.casefold()})
        ]
        if len(named) == 1:
            return named[0]
        if not named:
            words = (
                "No contract that you may see fits this partner and contract. Check their codes on the partners page."
            )
        else:
            words = f"{len(named)} contracts fit. Fill in the columns Partner and Contract (its reference)."
        column = self.columns.get(PARTNER, self.columns.get(CONTRACT))
        problems.append(Problem(f"Row {row.number}, partner", words, row.number, column))
        return None

    def _is_given(self, template: Template, rows: Sequence[Row]) -> bool:
        places = {place for column in template.columns for place in self._places(column)}
        return any(not row.cell(place).is_blank for row in rows for place in places)

    def _places(self, column: Column) -> set[int]:
        return {self.columns[name] for name in (plain(column.heading), column.key) if name in self.columns}

    def _text(self, row: Row, name: str) -> str:
        return row.cell(self.columns[name]).text.strip() if name in self.columns else ""


def has_our_columns(sheets: Sequence[Sheet]) -> bool:
    return any(_table_of(sheet) for sheet in sheets)


def _table(sheets: Sequence[Sheet]) -> tuple[Sheet, Row, Sequence[Row]]:
    found = [table for sheet in sheets if (table := _table_of(sheet))]
    if len(found) > 1:
        names = " and ".join(f"“{sheet.name}”" for sheet, _, _ in found[:2])
        raise WrongFile(f"The sheets {names} both have the headings Month, Site and Queue. Put all rows on one sheet.")
    if found:
        return found[0]
    raise WrongFile(
        "No row has the headings Month, Site and Queue. A history file has one row per partner, month, site and "
        "queue, with the measures as columns, as this page says."
    )


def _table_of(sheet: Sheet) -> tuple[Sheet, Row, Sequence[Row]] | None:
    for place, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        if {"month", "site", "queue"} <= {plain(cell.text) for cell in row.cells}:
            return sheet, row, sheet.rows[place + 1 :]
    return None
