"""Reads a partner's own table by its mapping, in the form that the checks take: its own cells, under its own words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from app.domain.periods import Month
from app.formatting import month as month_in_words
from app.reading import BLANK, Cell, Row, column_letter
from app.reports import units
from app.reports.mapping.adding import added_up
from app.reports.mapping.column_map import (
    ANY_OTHER,
    CONTRACT,
    LEFT_OUT,
    MISTAKE,
    NO_FIGURES,
    PERIOD,
    PLACES,
    QUEUE,
    SITE,
    WHOLE_REPORT,
    ColumnMap,
    codes_of,
    role_of,
    typed_of,
)
from app.reports.mapping.layout import Layout
from app.reports.mapping.merges import without_merged_headings
from app.reports.tables.finding import Found, Meant, WrongFile
from app.reports.tables.periods import months_in, months_of_sheet, period_in
from app.reports.tables.problems import Problem
from app.reports.tables.surroundings import TOTAL, apart, notes_of_rows
from app.reports.template import REASON, Column, Template
from app.reports.wording import first_named

MOST_LOOKED_AT = 1_000  # rows, for a figure that is text: a table has them from its beginning


@dataclass(frozen=True)
class Table:
    """What the checks take; `undecided` are, by role, names in the sheet that nothing is known about, with their
    rows counted; `plain` is the table before rows were added up."""

    found: Found
    template: Template
    notes: tuple[str, ...]
    undecided: Mapping[str, Mapping[str, int]]
    style: str  # how its author writes numbers
    plain: Found
    problems: tuple[Problem, ...] = ()
    days: Mapping[int, int] = field(default_factory=dict)
    unsure: frozenset[int] = frozenset()  # rows whose sums lack a part

    def all_problems(self, checked: Iterable[Problem]) -> list[Problem]:
        """With those of single parts; a sum that lacks one is compared with nothing."""
        figures = {place for _, place in self.found.columns}
        rest = [each for each in checked if each.row not in self.unsure or each.column not in figures]
        return [*rest, *self.problems]


def read_by(chosen: ColumnMap, layout: Layout, template: Template, style: str) -> Table:
    """`style` is how numbers are written where the mapping does not say. Raises WrongFile when the sheet says that it
    is about another month."""
    style = chosen.style or style
    if chosen.fixed.get(PERIOD) == WHOLE_REPORT:
        _refuse_other_month(layout, template)
    template = replace(
        template,
        site_names={**template.site_names, **_names(chosen, SITE)},
        queue_names={**template.queue_names, **_names(chosen, QUEUE)},
    )
    found, passed = _of_the_report(chosen, layout, template, _found(chosen, layout, template))
    notes = (*_note_of_years(chosen, layout), *_note_of_style(found, style), *_notes(chosen, found, passed))
    undecided = _undecided(chosen, found, template)
    if not chosen.adds_up or template.contracts:
        return Table(found, template, notes, undecided, style, found)
    found, totals = apart(found, template)
    sums = added_up(found, template, style)
    notes = (*notes, *notes_of_rows(totals), *sums.notes)
    return Table(sums.found, template, notes, undecided, style, found, sums.problems, sums.days, sums.unsure)


def _of_the_report(chosen: ColumnMap, layout: Layout, template: Template, found: Found) -> tuple[Found, Counter[str]]:
    """Without the rows that the mapping leaves out, and why those were."""
    others = _of_other_months(found, template) if chosen.leaves_other_months else {}
    rows, passed = [], Counter[str]()
    for row in found.rows:
        reason = _left_out(chosen, row, template) or (layout.repeats_headings(row) and "the headings again")
        if reason := reason or others.get(row.number):
            passed[reason] += 1
        else:
            rows.append(row)
    return replace(found, rows=tuple(rows)), passed


def _of_other_months(found: Found, template: Template) -> dict[int, str]:
    """None where no row is of the report's month: that is another file."""
    place = found.places.get(template.period_heading)
    named = {row.number: found.read_period(row.cell(place)) for row in found.rows} if place is not None else {}
    months = {number: Month.of(each) if isinstance(each, date) else each for number, each in named.items() if each}
    if template.month not in months.values():
        return {}
    return {number: month_in_words(each) for number, each in months.items() if each and each != template.month}


def _found(chosen: ColumnMap, layout: Layout, template: Template) -> Found:
    headings = {heading.place: heading.text for heading in (*layout.headings, *filter(None, [layout.year]))}
    cells = tuple(_word(headings.get(place, "")) for place in range(max(headings) + 1))
    names = {PERIOD: template.period_heading, **PLACES, NO_FIGURES: REASON}
    places = {names[each.role]: each.heading.place for each in chosen.columns if each.role in names}
    by_role = {each.role: each for each in chosen.columns}
    columns = tuple(
        (_converted(column, by_role[role].unit), by_role[role].heading.place)
        for column in template.columns
        if (role := role_of(column)) in by_role
    )
    return Found(
        sheet=without_merged_headings(layout),
        header=Row(layout.last, cells),
        places=places,
        columns=columns,
        missing=(),
        doubled=(),
        unknown=tuple(heading.place for heading in chosen.left_out),
        rows=layout.rows,
        fixed={PLACES[role]: code for role, code in chosen.fixed.items() if role in PLACES},
        read_period=partial(period_in, template=template),
        where=layout.where,
        parts=layout.written,
    )


def _word(text: str) -> Cell:
    return Cell("text", text) if text else BLANK


def _converted(column: Column, written: str) -> Column:
    return replace(column, conversion=units.conversion(column.unit, written))


def _names(chosen: ColumnMap, role: str) -> dict[str, str]:
    """What the sheet writes for our codes."""
    return {name: code for name, code in chosen.names.get(role, {}).items() if code not in (LEFT_OUT, MISTAKE)}


def _left_out(chosen: ColumnMap, row: Row, template: Template) -> str:
    for role, codes in codes_of(template).items():
        column, names = chosen.of_role(role), chosen.names.get(role, {})
        written = row.cell(column.heading.place).text.strip() if column else ""
        other = "" if written in codes else names.get(ANY_OTHER, "")
        if written and names.get(written.casefold(), other) == LEFT_OUT:
            return f"“{written[:40]}”"
    return ""


def _note_of_years(chosen: ColumnMap, layout: Layout) -> Iterator[str]:
    months = chosen.of_role(PERIOD)
    if layout.year and months:
        years, letter = column_letter(layout.year.place), column_letter(months.heading.place)
        yield f"The years of column {years} were read with the months of column {letter}."


def _note_of_style(found: Found, style: str) -> Iterator[str]:
    texts = (row.cell(place).kind == "text" for row in found.rows[:MOST_LOOKED_AT] for _, place in found.columns)
    if style and any(texts):
        yield note_of_style(style)


def note_of_style(style: str) -> str:
    return f"Figures that are text were read as {style} is written."


def _notes(chosen: ColumnMap, found: Found, passed: Counter[str]) -> Iterator[str]:
    if passed:
        named = first_named([f"{what} ({count:,})" for what, count in passed.most_common()])
        many = "row was" if passed.total() == 1 else "rows were"
        yield f"{passed.total():,} {many} left out, as the mapping says: {named}."
    for column, place in found.columns:
        if column.conversion is not None:
            unit = units.LABELS[column.conversion.written]
            yield f"{column.name} was converted from {unit} to {column.takes} (column {column_letter(place)})."
    for role, code in chosen.fixed.items():
        if role in PLACES:
            yield f"Every row was read as of the {role} {code}, as the mapping says."


def _undecided(chosen: ColumnMap, found: Found, template: Template) -> dict[str, dict[str, int]]:
    undecided: dict[str, Counter[str]] = {role: Counter() for role in codes_of(template)}
    typed = typed_of(template)
    known = {role: {*typed[role], *chosen.names.get(role, {})} for role in undecided}
    columns = {role: column.heading.place for role in undecided if (column := chosen.of_role(role))}
    first = min(place for _, place in found.columns)
    for row in found.rows:
        if all(row.cell(place).is_blank for _, place in found.columns) or _is_total(row, first):
            continue
        for role, place in columns.items():
            written = row.cell(place).text.strip()
            if written and written.casefold() not in known[role]:
                undecided[role][written] += 1
                if role == CONTRACT:
                    break
    return {role: dict(names) for role, names in undecided.items() if names}


def _is_total(row: Row, first: int) -> bool:
    return any(cell.kind == "text" and TOTAL.match(cell.text.strip()) for cell in row.cells[:first])


def _refuse_other_month(layout: Layout, template: Template) -> None:
    """A sheet without a column of months often names its month above the table, or by its own name."""
    named = {month for text in layout.above for month in months_in(text)}
    named |= months_of_sheet(layout.sheet.name, template)
    if len(named) == 1 and template.month not in named:
        (other,), wanted = named, month_in_words(template.month, "long")
        words = f"This file names {month_in_words(other, 'long')} above its table or by its sheet; this page takes the "
        raise WrongFile(f"{words}figures of {wanted}.", Meant(month=other))
