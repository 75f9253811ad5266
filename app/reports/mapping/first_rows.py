"""The first rows of a partner's table as they would be read: Accord's codes and figures, or what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from app.domain.periods import Month
from app.reading import Cell, Row
from app.reports.mapping.column_map import (
    NO_FIGURES,
    PERIOD,
    WHOLE_REPORT,
    ColumnMap,
    codes_of,
    role_of,
    roles_of,
    typed_of,
)
from app.reports.mapping.layout import Layout
from app.reports.tables.figures import NotAFigure, figure
from app.reports.tables.periods import period_in
from app.reports.template import Template
from app.reports.units import conversion


@dataclass(frozen=True)
class Shown:
    """One cell; `is_wrong` when it would be refused as it stands."""

    text: str
    is_wrong: bool = False


def shown_roles(chosen: ColumnMap, template: Template) -> dict[str, str]:
    """Roles by their headings: all that a report asks for, and of a history what the file holds."""
    said = {each.role for each in chosen.columns} | {PERIOD, *codes_of(template)}
    return {
        role: heading
        for role, heading in roles_of(template).items()
        if role != NO_FIGURES and (not template.contracts or role in said)
    }


def first_rows(chosen: ColumnMap, layout: Layout, template: Template, style: str) -> Iterator[tuple[int, list[Shown]]]:
    """Row numbers and a cell for each of the roles that are shown."""
    readers = {role_of(column): column for column in template.columns}
    for row in _of_the_month(chosen, layout, template) or layout.rows:
        cells = []
        for role in shown_roles(chosen, template):
            mapped = chosen.of_role(role)
            if mapped is None:
                cells.append(Shown(_fixed(chosen, role, template)))
            elif role in readers:
                column = readers[role]
                column = replace(column, conversion=conversion(column.unit, mapped.unit))
                cells.append(_figure(row.cell(mapped.heading.place), column, style))
            else:
                cells.append(_place(row.cell(mapped.heading.place), role, chosen, template))
        yield row.number, cells


def _of_the_month(chosen: ColumnMap, layout: Layout, template: Template) -> list[Row]:
    """Where those of other months are left out."""
    months = chosen.of_role(PERIOD)
    if not chosen.leaves_other_months or months is None:
        return []
    named = ((row, period_in(row.cell(months.heading.place), template)) for row in layout.rows)
    return [row for row, each in named if (Month.of(each) if isinstance(each, date) else each) == template.month]


def _fixed(chosen: ColumnMap, role: str, template: Template) -> str:
    code = chosen.fixed.get(role, "")
    return str(template.month) if code == WHOLE_REPORT and role == PERIOD else code


def _figure(cell: Cell, column, style: str) -> Shown:
    if cell.is_blank:
        return Shown("")
    try:
        return Shown(f"{figure(cell, column, style):f}")
    except NotAFigure:
        return Shown(cell.text, is_wrong=True)


def _place(cell: Cell, role: str, chosen: ColumnMap, template: Template) -> Shown:
    written = cell.text.strip()
    if role == PERIOD:
        named = period_in(cell, template)
        return Shown(str(named or written), is_wrong=named is None)
    if (codes := codes_of(template).get(role)) is None:
        return Shown(written)
    code = {**typed_of(template)[role], **chosen.names.get(role, {})}.get(written.casefold())
    return Shown(code if code in codes else written, is_wrong=code not in codes)
