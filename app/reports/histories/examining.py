"""History import: years of past periods in one file, through the checks that a monthly report goes through."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.contracts.models import Contract
from app.domain.periods import Month
from app.formatting import month as month_name
from app.reading import Row, Sheet
from app.reports.histories.books import Book, books_in_sight
from app.reports.histories.columns import OurColumns
from app.reports.histories.weighing import Weighed, weigh
from app.reports.tables.checking import MISSING, Checked, Problem
from app.reports.tables.finding import WrongFile
from app.reports.template import Template

ROW = "Row of the imported file"
Group = tuple[int, Month, str]  # contract, month and party


class Source(Protocol):
    """A file's table, and how its rows are understood: in our words, or by a mapping."""

    rows: Sequence[Row]
    headings: Sequence[str]
    is_ours: bool
    read_from: Collection[str]  # names of sheets

    def identify(self, row: Row, books: Mapping[int, Book], problems: list[Problem]) -> Group | None: ...
    def check(self, template: Template, book: Book, rows: Sequence[Row]) -> Checked | None: ...
    def days(self, number: int, month: Month, problems: list[Problem]) -> int | None: ...
    def place(self, row: Row) -> str: ...
    def notes(self, contract_id: int, *, is_only: bool) -> Sequence[str]: ...


@dataclass(frozen=True)
class Period:
    """One report's worth of the file: what would be sent for a contract, month, kind and party."""

    contract: Contract
    month: Month
    kind: str
    party: str
    rows: list[dict]
    warnings: list[dict] = field(default_factory=list)


@dataclass
class History:
    """The whole file: its periods, or everything that is wrong with it."""

    periods: list[Period] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    extracts: dict[int, list[list[str]]] = field(default_factory=dict)  # by contract id: heading and its own rows
    notes: dict[int, list[str]] = field(default_factory=dict)  # by contract id: how its rows were read

    @property
    def warnings(self) -> list[dict]:
        """Of all periods, each said with its contract and month."""
        return [
            {"about": f"{each.contract.partner.name}, {each.kind}, {month_name(each.month)}", **_said(warning)}
            for each in self.periods
            for warning in each.warnings
        ]


def _said(warning: dict) -> dict:
    return {name: warning[name] for name in ("rule", "place", "words")}


def examine(sheets: Sequence[Sheet], source: Source | None = None, said: Sequence[str] = ()) -> History:
    """Check every row against its own contract's terms in its own month; `said` is what reading told of the file.
    Raises WrongFile for no history at all."""
    source = source or OurColumns(sheets)
    if not source.rows:
        raise WrongFile("This file has headings and no figures beneath them. Fill in at least one row.")
    books = books_in_sight()
    history = History()
    groups: dict[Group, list[Row]] = defaultdict(list)
    for row in source.rows:
        if found := source.identify(row, books, history.problems):
            groups[found].append(row)
    unknown = len(source.rows) - sum(map(len, groups.values()))
    weighed: list[Weighed] = []
    for (contract_id, month, party), members in sorted(groups.items()):
        extract = history.extracts.setdefault(contract_id, [[ROW, *source.headings]])
        extract += [[source.place(row), *(cell.text for cell in row.cells)] for row in members]
        weighed += _examine_month(history, source, books[contract_id], month, party, members)
    history.problems = list(dict.fromkeys(_without_unknown(history.problems, unknown)))  # of several kinds of report
    is_only = len(history.extracts) == 1
    for contract_id in history.extracts:
        notes = source.notes(contract_id, is_only=is_only)
        history.notes[contract_id] = [*_of_the_file(sheets, source, said, is_only=is_only), *notes]
    if not history.problems:
        weigh(weighed)
    return history


def _of_the_file(sheets: Sequence[Sheet], source: Source, said: Sequence[str], *, is_only: bool) -> Sequence[str]:
    """What was not read, or not as it looks. Where several contracts share a file its sheets are counted alone: their
    names may be another partner's."""
    unread = [f"The sheet “{sheet.name}” was not read." for sheet in sheets if sheet.name not in source.read_from]
    if is_only:
        return [*said, *unread]
    count = len(unread) + sum(note.startswith("The hidden sheet") for note in said)
    return [f"Sheets of the file that were not read: {count}."] if count else []


def _without_unknown(problems: list[Problem], unknown: int) -> list[Problem]:
    """Missing rows are named already by as many whose month or contract is not understood."""
    others = [problem for problem in problems if problem.place != MISSING]
    return problems if len(problems) - len(others) > unknown else others


def _examine_month(
    history: History, source: Source, book: Book, month: Month, party: str, members: Sequence[Row]
) -> Iterable[Weighed]:
    first, given = members[0].number, False
    for template in book.templates(month, party):
        try:
            checked = source.check(template, book, members)
        except WrongFile as wrong:
            checked = Checked(problems=[Problem(f"Row {first}", wrong.message, first)])
        if checked is None:
            continue
        given = True
        history.problems += checked.problems
        if source.is_ours:
            for number, reason in checked.passed:
                history.problems.append(
                    Problem(f"Row {number}", f"This row {reason}. Take it out of the file.", number)
                )
        rows = [{**row, "days": source.days(row["row"], month, history.problems)} for row in checked.rows]
        period = Period(book.contract, month, template.kind, party, rows)
        history.periods.append(period)
        yield Weighed(book, template, checked, rows, period.warnings)
    if not given:
        words = f"The contract {book.contract.reference} asks for none of these figures in {month_name(month)}."
        history.problems.append(Problem(f"Row {first}", words, first))
