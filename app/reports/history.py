"""History import: years of past periods in one file, through the checks that a monthly report goes through."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.domain.periods import Month
from app.domain.terms import Terms, terms_in_force
from app.extensions import db
from app.reading import Row, Sheet
from app.reports.asking import nil_reasons, places_of
from app.reports.checking import Problem, check
from app.reports.figures import period
from app.reports.finding import SEARCHED_ROWS, WrongFile, plain
from app.reports.template import Template, template_for

PARTNER, CONTRACT, MONTH, PARTY, DAYS = "partner", "contract", "month", "party", "days_reported"
PARTIES = ("partner", "client")
ROW = "Row of the imported file"


@dataclass(frozen=True)
class Period:
    """One report's worth of the file: what would be sent for a contract, month, kind and party."""

    contract: Contract
    month: Month
    kind: str
    party: str
    rows: list[dict]


@dataclass
class History:
    """The whole file: its periods, or everything that is wrong with it."""

    periods: list[Period] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    extracts: dict[int, list[list[str]]] = field(default_factory=dict)  # by contract id: heading and its own rows


@dataclass(frozen=True)
class _Book:
    """A contract with what its rows are checked against."""

    contract: Contract
    history: tuple[Terms, ...]
    places: tuple

    def templates(self, month: Month, party: str) -> Iterator[Template]:
        terms = terms_in_force(self.history, month)
        if terms is None:
            return
        reasons = dict(nil_reasons(*self.places, month))
        for kind, whose in terms.reports_due(CATALOGUE):
            if whose == party:
                yield template_for("history", month, kind, party, terms, CATALOGUE, reasons)


def examine(sheets: Sequence[Sheet]) -> History:
    """Check every row against its own contract's terms in its own month. Raises WrongFile for no history at all."""
    sheet, header, rows = _table(sheets)
    columns = {plain(cell.text): place for place, cell in enumerate(header.cells) if plain(cell.text)}
    books = _books()
    history = History()
    groups: dict[tuple[int, Month, str], list[Row]] = defaultdict(list)
    for row in rows:
        if found := _identify(row, columns, books, history.problems):
            groups[found].append(row)
    for (contract_id, month, party), members in sorted(groups.items()):
        book = books[contract_id]
        extract = history.extracts.setdefault(contract_id, [[ROW, *(cell.text for cell in header.cells)]])
        extract += [[str(row.number), *(cell.text for cell in row.cells)] for row in members]
        _examine_month(history, book, month, party, replace(sheet, rows=(header, *members)), columns)
    return history


def _examine_month(
    history: History, book: _Book, month: Month, party: str, sheet: Sheet, columns: Mapping[str, int]
) -> None:
    templates = [template for template in book.templates(month, party) if _is_given(template, sheet, columns)]
    if not templates:
        words = f"The contract {book.contract.reference} asks for none of these figures in {month}."
        history.problems.append(Problem(f"Row {sheet.rows[1].number}", words, sheet.rows[1].number))
    for template in templates:
        try:
            checked = check([sheet], template, book.contract.partner.number_style)
        except WrongFile as wrong:
            history.problems.append(Problem(f"Row {sheet.rows[1].number}", wrong.message, sheet.rows[1].number))
            continue
        history.problems += checked.problems
        for number, reason in checked.passed:
            history.problems.append(Problem(f"Row {number}", f"This row {reason}. Take it out of the file.", number))
        rows = [{**row, "days": _days(sheet, row["row"], columns, month, history.problems)} for row in checked.rows]
        history.periods.append(Period(book.contract, month, template.kind, party, rows))


def _table(sheets: Sequence[Sheet]) -> tuple[Sheet, Row, Sequence[Row]]:
    found = [table for sheet in sheets if (table := _table_of(sheet))]
    if len(found) > 1:
        names = " and ".join(f"“{sheet.name}”" for sheet, _, _ in found[:2])
        raise WrongFile(f"The sheets {names} both have the headings Month, Site and Queue. Put all rows on one sheet.")
    if found:
        return found[0]
    raise WrongFile(
        "No row has the headings Month, Site and Queue. A history file has one row per partner, month, site and "
        "queue, with the measures as columns: start from the template on this page."
    )


def _table_of(sheet: Sheet) -> tuple[Sheet, Row, Sequence[Row]] | None:
    for place, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        if {"month", "site", "queue"} <= {plain(cell.text) for cell in row.cells}:
            return sheet, row, sheet.rows[place + 1 :]
    return None


def _books() -> dict[int, _Book]:
    contracts = db.session.scalars(select(Contract).options(joinedload(Contract.partner))).all()
    return {
        contract.id: _Book(contract, terms_history(contract), places_of(contract.partner_id)) for contract in contracts
    }


def _identify(
    row: Row, columns: Mapping[str, int], books: Mapping[int, _Book], problems: list[Problem]
) -> tuple[int, Month, str] | None:
    """Which contract, month and party a row is about; what cannot be told goes to the problems."""
    contract = _contract(row, columns, [book.contract for book in books.values()], problems)
    written = row.cell(columns[MONTH])
    named = period(written)
    month = named if isinstance(named, Month) or named is None else Month.of(named)
    if month is None:
        words = f"“{written.text[:40]}” is no month. Type it as 2026-09."
        problems.append(Problem(f"Row {row.number}, month", words, row.number, columns[MONTH]))
    party = _text(row, columns, PARTY).casefold() or PARTIES[0]
    if party not in PARTIES:
        words = f"“{party[:40]}” is no party. Type partner or client."
        problems.append(Problem(f"Row {row.number}, party", words, row.number, columns[PARTY]))
        return None
    return (contract.id, month, party) if contract and month else None


def _contract(
    row: Row, columns: Mapping[str, int], contracts: Sequence[Contract], problems: list[Problem]
) -> Contract | None:
    partner, reference = _text(row, columns, PARTNER).casefold(), _text(row, columns, CONTRACT).casefold()
    named = [
        contract
        for contract in contracts
        if (not partner or partner in {contract.partner.code.casefold(), contract.partner.name.casefold()})
        and (not reference or reference in {contract.reference.casefold(), contract.name.casefold()})
    ]
    if len(named) == 1:
        return named[0]
    if not named:
        words = "No contract that you may see fits this partner and contract. Check their codes on the partners page."
    else:
        words = f"{len(named)} contracts fit. Fill in the columns Partner and Contract (its reference)."
    column = columns.get(PARTNER, columns.get(CONTRACT))
    problems.append(Problem(f"Row {row.number}, partner", words, row.number, column))
    return None


def _is_given(template: Template, sheet: Sheet, columns: Mapping[str, int]) -> bool:
    """Whether the file holds figures of this kind for these rows; a kind that it leaves out is not imported."""
    names = {name for column in template.columns for name in (plain(column.heading), column.key)}
    places = [columns[name] for name in names if name in columns]
    return any(not row.cell(place).is_blank for row in sheet.rows[1:] for place in places)


def _days(sheet: Sheet, number: int, columns: Mapping[str, int], month: Month, problems: list[Problem]) -> int | None:
    """Days that a row covers, when the file says so: 7 of 30."""
    if DAYS not in columns and "days reported" not in columns:
        return None
    place = columns.get(DAYS, columns.get("days reported"))
    text = next(row.cell(place).text.strip() for row in sheet.rows if row.number == number)
    if not text:
        return None
    if text.isascii() and text.isdigit() and 0 < int(text) <= month.days:
        return int(text)
    words = f"“{text[:20]}” days cannot have been reported in {month}. Type 1 to {month.days}, or leave it empty."
    problems.append(Problem(f"Row {number}, days reported", words, number, place))
    return None


def _text(row: Row, columns: Mapping[str, int], name: str) -> str:
    return row.cell(columns[name]).text.strip() if name in columns else ""


def months_of(periods: Iterable[Period]) -> tuple[Month, Month] | None:
    """The first and the last month."""
    months = sorted({each.month for each in periods})
    return (months[0], months[-1]) if months else None
