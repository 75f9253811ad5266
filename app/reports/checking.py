"""Checks a filled-in table against what was asked: rows to send, or everything that is wrong, by cell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from app.domain.periods import Month
from app.formatting import month as month_in_words
from app.reading import Row, Sheet
from app.reports.figures import NotAFigure, figure
from app.reports.finding import Found, WrongFile, find_table
from app.reports.surroundings import apart, notes_of_cells, notes_of_rows, notes_of_sheets, without_heading
from app.reports.template import REASON, Asked, Template

MOST_PROBLEMS = 1_000
MOST_ROWS_SHOWN = 400


@dataclass(frozen=True)
class Problem:
    """One thing to put right; `row` and `column` are None when it belongs to no cell."""

    place: str
    words: str
    row: int | None = None
    column: int | None = None

    def to_document(self) -> dict:
        return {"place": self.place, "words": self.words, "row": self.row, "column": self.column}


@dataclass
class Checked:
    """Rows as they would be sent (JSON), the problems, the table as its author wrote it, and how that was read."""

    rows: list[dict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    table: dict = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    passed: list[tuple[int, str]] = field(default_factory=list)  # rows that are none of the report's, and why


def check(sheets: Sequence[Sheet], template: Template, number_style: str, table: Found | None = None) -> Checked:
    """Everything at once; `table` is where a mapping found the figures. Raises WrongFile when it is another report."""
    whole = table or find_table(sheets, template)
    found, passed = apart(whole, template)
    _refuse_other_month(found, template)
    if not any(not row.cell(place).is_blank for row in whole.rows for _, place in whole.columns) and (
        template.live_queues and not any(_reason(whole, row) for row in whole.rows)
    ):
        raise WrongFile(
            "The template is not filled in yet: it holds no figure. Fill it in, save it and upload it again."
        )
    checked = Checked(problems=list(_headings(found)), passed=passed)
    given: dict[tuple, int] = {}
    stray: list[tuple[int, int]] = []
    for row in found.rows:
        problems = list(_unheaded(found, row, stray))
        asked = _identify(found, row, template, given, problems)
        line = _line(found, row, asked, number_style, problems)
        checked.problems += problems
        if asked and not problems:
            checked.rows.append(line)
    checked.problems += [
        Problem("Missing row", f"{_named(asked)} is not in the file. Take its row from the template and fill it in.")
        for key, asked in template.asked.items()
        if key not in given
    ]
    checked.notes += [*notes_of_sheets(sheets, found.sheet), *found.sheet.notes]
    checked.notes += [*notes_of_rows(passed), *notes_of_cells(stray)]
    checked.table = _as_written(whole, checked)
    if len(checked.problems) > MOST_PROBLEMS:
        more = len(checked.problems) - MOST_PROBLEMS
        checked.problems[MOST_PROBLEMS:] = [Problem("And more", f"{more:,} further cells are wrong in the same way.")]
    return checked


def _headings(found: Found) -> Iterator[Problem]:
    where = f"{f'Sheet {found.sheet.name}, row' if found.sheet.name else 'Row'} {found.header.number}"
    for heading in found.missing:
        yield Problem(
            where, f"The column “{heading}” is missing. Add it as it stands in the template.", found.header.number
        )
    for column in found.doubled:
        place = found.place(found.header.number, column)
        yield Problem(place, "This heading stands here twice. Keep one column.", found.header.number, column)


def _unheaded(found: Found, row: Row, stray: list[tuple[int, int]]) -> Iterator[Problem]:
    """In a text table a cell too many has shifted the others; in a workbook somebody has reckoned beside the table."""
    for place in without_heading(found, row):
        if found.sheet.name:
            stray.append((row.number, place))
        elif place >= len(found.header.cells):
            words = (
                f"This row has {len(row.cells)} cells, and there are {len(found.header.cells)} headings. Perhaps a "
                "figure or a text holds the character that separates the columns: write it without."
            )
            yield Problem(f"Row {row.number}", words, row.number, place)
            return


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
        reason = f"{site} does not work {queue} in {month_in_words(template.month, 'long')} under this contract."
        problems.append(Problem(found.place(row.number, column), f"{reason} Remove the row.", row.number, column))
        return None
    if key in given:
        words = f"{_named(template.asked[key])} stands in row {given[key]} already. Keep one of the two rows."
        problems.append(Problem(found.place(row.number, column), words, row.number, column))
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
    if not written:
        words = f"The {heading.lower()} is empty. Type one of {_listed(known.values())}."
    else:
        close = get_close_matches(written.casefold(), known, 1)
        meant = f"Did you mean {known[close[0]]}?" if close else f"It takes {_listed(known.values())}."
        words = f"“{written[:40]}” is not a {heading.lower()} of this report. {meant}"
    problems.append(Problem(found.place(row.number, column), words, row.number, column))
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
    if not written:
        words = f"The {template.period_heading.lower()} is empty. Type it as {example}."
    elif month is not None and month != template.month:
        wanted = month_in_words(template.month, "long")
        words = f"{written} is not in {wanted}, which this report is for. Type {example} or remove the row."
    else:
        words = f"“{written[:40]}” is no {template.period_heading.lower()}. Type it as {example}."
    problems.append(Problem(found.place(row.number, column), words, row.number, column))
    return None


def _line(found: Found, row: Row, asked: Asked | None, number_style: str, problems: list[Problem]) -> dict:
    """The row as it would be sent; every cell is looked at, also when the row is not one of this report's."""
    reason = _reason(found, row)
    cells = [(column, place, row.cell(place)) for column, place in found.columns]
    nil = bool(asked and asked.nil_reason and all(cell.is_blank for _, _, cell in cells))
    values: dict[bool, dict[str, Decimal]] = {False: {}, True: {}}
    for column, place, cell in cells:
        try:
            if not cell.is_blank:
                values[column.is_stated][column.key] = figure(cell, column, number_style)
            elif not (nil or reason or column.is_optional):
                raise NotAFigure(
                    f"The cell is empty. Type the figure, 0 if there was none, or say under “{REASON}” why."
                )
        except NotAFigure as wrong:
            problems.append(Problem(found.place(row.number, place), str(wrong), row.number, place))
    problems += _parts(found, row, values[False])
    return {
        "row": row.number,
        "site": asked.site if asked else "",
        "queue": asked.queue if asked else "",
        "day": asked.day.isoformat() if asked and asked.day else None,
        "measures": {key: f"{value:f}" for key, value in values[False].items()},
        "stated": {key: f"{value:f}" for key, value in values[True].items()},
        "note": reason or (asked.nil_reason if nil else ""),
        "nil": nil,
    }


def _parts(found: Found, row: Row, values: dict[str, Decimal]) -> Iterator[Problem]:
    """A part is never more than its whole: the nearest one that this report holds."""
    for column, place in found.columns:
        if not column.part_of or column.key not in values:
            continue
        part, whole = values[column.key], next((key for key in column.part_of if key in values), None)
        if whole is not None and part > values[whole]:
            name = next(each.name for each, _ in found.columns if each.key == whole)
            words = f"{column.name} ({part:f}) is more than {name} ({values[whole]:f}), which it is a part of."
            yield Problem(found.place(row.number, place), f"{words} Put one of the two right.", row.number, place)


def _refuse_other_month(found: Found, template: Template) -> None:
    """A file in which every row names one other month is the wrong file, not a file full of mistakes."""
    column = found.places.get(template.period_heading)
    if column is None or not found.rows:
        return
    named = [found.read_period(row.cell(column)) for row in found.rows]
    months = {Month.of(each) if isinstance(each, date) else each for each in named}
    if len(months) == 1 and None not in months and template.month not in months:
        other, wanted = month_in_words(months.pop(), "long"), month_in_words(template.month, "long")
        raise WrongFile(f"This file is about {other}; this page takes the {template.kind} report for {wanted}.")


def _as_written(found: Found, checked: Checked) -> dict:
    """The author's own table, so that marks can stand in its cells."""
    width = max((len(found.header.cells), *(len(row.cells) for row in found.rows)), default=0)
    wrong = {problem.row for problem in checked.problems}
    shown = found.rows if len(found.rows) <= MOST_ROWS_SHOWN else [row for row in found.rows if row.number in wrong]
    return {
        "sheet": found.sheet.name,
        "header": found.header.number,
        "headings": [found.header.cell(place).text for place in range(width)],
        "rows": [[row.number, [_shown(row.cell(place)) for place in range(width)]] for row in shown[:MOST_ROWS_SHOWN]],
        "left_out": [found.header.cell(place).text for place in found.unknown],
        "notes": checked.notes,
        "numbers": [place for _, place in found.columns],
    }


def _shown(cell) -> str:
    if cell.kind == "percent":
        return f"{(Decimal(cell.text) * 100).normalize():f} %"
    return cell.text[:200]


def _reason(found: Found, row: Row) -> str:
    return row.cell(found.places[REASON]).text.strip()[:500] if REASON in found.places else ""


def _named(asked: Asked) -> str:
    return ", ".join(filter(None, (asked.day and asked.day.isoformat(), asked.site, asked.queue)))


def _listed(names: Iterable[str]) -> str:
    codes = list(dict.fromkeys(names))
    return f"{', '.join(codes[:8])}{' …' if len(codes) > 8 else ''}"
