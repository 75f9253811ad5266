"""Checks a filled-in table against what was asked: rows to send, or everything that is wrong, by cell."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from app.domain.periods import Month
from app.formatting import month as month_in_words
from app.reading import Row, Sheet
from app.reports.tables.as_written import as_written
from app.reports.tables.finding import Found, Meant, WrongFile, find_table
from app.reports.tables.lines import line_of, listened, reason_of
from app.reports.tables.percentages import percentages_beside
from app.reports.tables.problems import Problem, folded
from app.reports.tables.surroundings import apart, cell_too_many, notes_of_cells, notes_of_rows, notes_of_sheets
from app.reports.template import Asked, Template
from app.reports.wording import first_named

MISSING = "Missing row"
MOST_CODES = 8  # of what may be typed; the template has them all
MOST_PROBLEMS = 1_000  # that are told cell by cell; of the others those of one kind are told together


@dataclass
class Checked:
    """Rows as they would be sent (JSON), the problems, the table as its author wrote it, and how that was read."""

    rows: list[dict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    table: dict = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    passed: list[tuple[int, str]] = field(default_factory=list)  # rows that are none of the report's, and why
    columns: dict[str, int] = field(default_factory=dict)  # where each figure stands, by its key
    percentages: dict[str, dict[int, Decimal]] = field(default_factory=dict)  # not asked for, by metric and row
    warnings: list[dict] = field(default_factory=list)  # what has to be confirmed before it is sent
    personal: list[dict] = field(default_factory=list)  # columns that somebody has to leave out
    left_out: list[dict] = field(default_factory=list)  # such columns that the mapping leaves out
    told: dict[str, list[str]] = field(default_factory=dict)  # what reading said of a file that only a copy stays of
    place: Callable[[int, int], str] | None = None  # a cell's own place, where rows come from several sheets


def check(
    sheets: Sequence[Sheet],
    template: Template,
    number_style: str,
    table: Found | None = None,
    kept: Collection[tuple[str, int]] = (),
    with_sums: Callable[[Iterable[Problem]], list[Problem]] = list,
) -> Checked:
    """Everything at once; `table` is where a mapping found the figures, `with_sums` what it says of those that it added
    up; `kept` are rows of the file's sheets that are to be shown in any case.

    Raises WrongFile when it is another report.
    """
    whole = table or find_table(sheets, template)
    found, passed = apart(whole, template)
    _refuse_other_month(found, template)
    if not any(not row.cell(place).is_blank for row in whole.rows for _, place in whole.columns) and (
        template.live_queues and not any(reason_of(whole, row) for row in whole.rows)
    ):
        raise WrongFile(
            "The template is not filled in yet: it holds no figure. Fill it in, save it and upload it again."
        )
    checked = Checked(problems=list(_headings(found)), passed=passed)
    _read_rows(found, template, number_style, checked)
    checked.notes += [*notes_of_sheets(sheets, found), *found.sheet.notes]
    checked.notes += [*notes_of_rows(passed), *notes_of_cells(found, passed)]
    checked.columns = {column.key: place for column, place in found.columns}
    for key, place, values in percentages_beside(found, number_style):
        if checked.columns.setdefault(key, place) == place:
            checked.percentages[key] = values
    checked.problems = with_sums(checked.problems)
    checked.problems[MOST_PROBLEMS:] = folded(checked.problems[MOST_PROBLEMS:])
    wrong = {row for problem in checked.problems for row in (problem.row, *problem.spare)}
    typed = {row for sheet, row in kept if sheet == whole.sheet.name}
    checked.table = as_written(whole, wrong | typed, checked.notes, number_style)
    if whole.where is not None:
        _name_the_places(checked, whole)
    return checked


def _name_the_places(checked: Checked, found: Found) -> None:
    """Rows that come from several sheets stand in none of them by their number: places are told in words alone."""
    checked.place = found.place
    checked.problems = [replace(problem, row=None, column=None, beside=(), spare=()) for problem in checked.problems]
    checked.table |= {"rows": [], "joined": True}


def _read_rows(found: Found, template: Template, number_style: str, checked: Checked) -> None:
    """Fills in rows and problems."""
    given: dict[tuple, int] = {}
    columns = listened(found, number_style)
    unknown = 0  # rows that may be those of which others seem to be missing
    for row in found.rows:
        problems = cell_too_many(found, row)
        if problems:
            asked = None  # its cells stand under other headings than they were typed for
        elif _is_a_note(found, row, template):
            asked = None
            _day(found, row, template, problems)
        else:
            asked = _identify(found, row, template, given, problems)
            line = line_of(found, row, asked, columns, problems)
        checked.problems += problems
        unknown += asked is None
        if asked and not problems:
            checked.rows.append(line)
    checked.problems += _missing(template, given, unknown)


def _is_a_note(found: Found, row: Row, template: Template) -> bool:
    """Words in the place of the period, and no figure: all else that such a row lacks follows from that."""
    column = found.places.get(template.period_heading)
    if column is None or row.cell(column).is_blank or reason_of(found, row):
        return False
    is_no_period = found.read_period(row.cell(column)) is None
    return is_no_period and all(row.cell(place).is_blank for _, place in found.columns)


def _missing(template: Template, given: Collection[tuple], unknown: int) -> list[Problem]:
    """Rows that are not in the file; as many as have a wrong site, queue or period are named by that already."""
    missing = [asked for key, asked in template.asked.items() if key not in given]
    if len(missing) <= unknown:
        return []
    return [
        Problem(MISSING, f"{_named(asked)} is not in the file. Take its row from the template and fill it in.")
        for asked in missing
    ]


def _headings(found: Found) -> Iterator[Problem]:
    where = f"{f'Sheet {found.sheet.name}, row' if found.sheet.name else 'Row'} {found.header.number}"
    for heading in found.missing:
        yield Problem(
            where, f"The column “{heading}” is missing. Add it as it stands in the template.", found.header.number
        )
    for column in found.doubled:
        place = found.place(found.header.number, column)
        yield Problem(place, "This heading stands here twice. Keep one column.", found.header.number, column)


def _identify(found: Found, row: Row, template: Template, given: dict, problems: list[Problem]) -> Asked | None:
    """Which asked row this is; what is wrong with its site, queue or period goes to the problems."""
    site = _chosen(found, row, "Site", template.sites_as_typed, problems)
    queue = _chosen(found, row, "Queue", template.queues_as_typed, problems)
    day = _day(found, row, template, problems)
    if problems or site is None or queue is None:
        return None
    key = (site, queue, day)
    column = found.places.get("Site", found.columns[0][1])
    if key not in template.asked:
        when = f"on {day}" if day else f"in {month_in_words(template.month, 'long')}"
        reason = f"{site} does not work {queue} {when} under this contract."
        place = found.place(row.number, column)
        problems.append(Problem(place, f"{reason} Remove the row.", row.number, column, spare=(row.number,)))
        return None
    if key in given:
        words = f"{_named(template.asked[key])} stands in row {given[key]} already. Keep one of the two rows."
        both = (given[key], row.number)
        problems.append(Problem(found.place(row.number, column), words, row.number, column, spare=both))
        return None
    given[key] = row.number
    return template.asked[key]


def _chosen(found: Found, row: Row, heading: str, known: Mapping[str, str], problems: list[Problem]) -> str | None:
    """`known` are the codes by how they are typed without capitals."""
    if heading in found.fixed:
        return found.fixed[heading]
    column = found.places[heading]
    written = row.cell(column).text.strip()
    if code := known.get(written.casefold()):
        return code
    codes = first_named(list(dict.fromkeys(known.values())), MOST_CODES)
    if not written:
        words = f"The {heading.lower()} is empty. Type one of {codes}."
    else:
        close = get_close_matches(written.casefold(), known, 1)
        meant = f"Did you mean {known[close[0]]}?" if close else f"It takes {codes}."
        words = f"“{written[:40]}” is not a {heading.lower()} of this report. {meant}"
    spare = (row.number,) if written else ()
    problems.append(Problem(found.place(row.number, column), words, row.number, column, spare=spare))
    return None


def _day(found: Found, row: Row, template: Template, problems: list[Problem]) -> date | None:
    column = found.places.get(template.period_heading)
    if column is None:
        return None
    named = found.read_period(row.cell(column))
    month = Month.of(named) if isinstance(named, date) else named
    if month == template.month and (template.grain == "month" or isinstance(named, date)):
        return named if template.grain == "day" else None
    written = row.cell(column).text.strip()
    example = str(template.month.first if template.grain == "day" else template.month)
    is_other = month is not None and month != template.month
    if not written:
        words = f"The {template.period_heading.lower()} is empty. Type it as {example}."
    elif is_other:
        wanted = month_in_words(template.month, "long")
        words = f"{written} is not in {wanted}, which this report is for. Type {example} or remove the row."
    else:
        words = f"“{written[:40]}” is no {template.period_heading.lower()}. Type it as {example}."
    spare = (row.number,) if is_other else ()
    problems.append(Problem(found.place(row.number, column), words, row.number, column, spare=spare))
    return None


def _refuse_other_month(found: Found, template: Template) -> None:
    """A file in which every row names one other month is the wrong file, not a file full of mistakes."""
    column = found.places.get(template.period_heading)
    if column is None or not found.rows:
        return
    named = {found.read_period(row.cell(column)) for row in found.rows}
    months = {Month.of(each) if isinstance(each, date) else each for each in named}
    if len(months) == 1 and None not in months and template.month not in months:
        (other,), wanted = months, month_in_words(template.month, "long")
        words = f"This file is about {month_in_words(other, 'long')}; this page takes the {template.kind} report for "
        raise WrongFile(f"{words}{wanted}.", Meant(month=other))


def _named(asked: Asked) -> str:
    return ", ".join(filter(None, (asked.day and asked.day.isoformat(), asked.site, asked.queue)))
