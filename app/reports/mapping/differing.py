"""What changed between the layout that was mapped and the one in today's file, and what the mapping becomes in it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from typing import NamedTuple

from app.domain.periods import Month
from app.reading import column_letter
from app.reports import units
from app.reports.mapping.column_map import PERIOD, ColumnMap, Mapped, needed, role_of, roles_of
from app.reports.mapping.layout import LOOKED_AT, Heading, Layout
from app.reports.mapping.proposing import Known, propose
from app.reports.tables.headings import unit_of
from app.reports.tables.periods import months_of_sheet, period_in
from app.reports.template import Template

ALIKE = 0.6


class Carried(NamedTuple):
    """The mapping as it would hold for today's layout; `differences` is a sentence each, none when nothing changed."""

    layout: Layout
    chosen: ColumnMap
    differences: list[str]


def carry_over(remembered: ColumnMap, found: Iterable[Layout], template: Template, known: Known) -> Carried | None:
    """Into the table that is most like the remembered one; None when none is half like it."""
    carried = [_carried(remembered, layout, template, known) for layout in found]
    carried = [each for each in carried if _kept(each.chosen, remembered) * 2 >= len(remembered.columns)]
    carried.sort(
        key=lambda each: (len(each.differences), not _is_of(each, template), each.layout.sheet.name != remembered.sheet)
    )
    if not carried:
        return None
    best = carried[0]
    same = [each for each in carried if not each.differences]
    if len(same) > 1 and sum(_is_of(each, template) for each in same) != 1 and best.chosen.sheet != remembered.sheet:
        names = ", ".join(f"“{each.chosen.sheet}”" for each in same[:3])
        best.differences.append(f"The sheets {names} have the same headings. Choose the one that is meant.")
    return best


def _is_of(carried: Carried, template: Template) -> bool:
    """Whether a sheet says by its name or in its rows that it is about the report's month: some books have one each."""
    if template.month in months_of_sheet(carried.layout.sheet.name, template):
        return True
    column = carried.chosen.of_role(PERIOD)
    cells = [row.cell(column.heading.place) for row in carried.layout.rows[:LOOKED_AT]] if column else []
    named = [period_in(cell, template) for cell in cells]
    return any(template.month == (Month.of(each) if isinstance(each, date) else each) for each in named if each)


def _kept(chosen: ColumnMap, remembered: ColumnMap) -> int:
    today = {column.heading.bare for column in chosen.columns}
    return sum(column.heading.bare in today for column in remembered.columns)


def _carried(remembered: ColumnMap, layout: Layout, template: Template, known: Known) -> Carried:
    pairs = _paired(remembered, layout)
    taken = set(pairs.values())
    names = roles_of(template)
    proposed = _proposed(layout, {column.role for column in taken} | set(remembered.fixed), pairs, template, known)
    columns, differences = [], []
    for heading in layout.headings:
        if before := pairs.get(heading):
            columns.append(Mapped(heading, before.role, _unit(before, heading, template)))
            differences += _change(before, heading)
        else:
            columns.append(proposed.get(heading, Mapped(heading)))
            differences.append(_new(columns[-1], names))
    differences += _footnotes(pairs)
    for column in remembered.columns:
        if column not in taken:
            held = f" It held {names.get(column.role, 'a figure')}." if column.role else " It was left out."
            differences.append(
                f"The column “{column.heading.text}” ({column_letter(column.heading.place)}) is gone.{held}"
            )
    asked = {column.role for column in columns} | set(remembered.fixed)
    gone = {column.role for column in remembered.columns if column not in taken}
    for role in needed(template):
        if role not in asked and role not in gone:
            differences.append(f"{names[role]} is asked for now, and was not when the columns were mapped.")
    columns = [each if not each.role or each.role in names else Mapped(each.heading) for each in columns]
    return Carried(layout, replace(remembered, sheet=layout.sheet.name, columns=tuple(columns)), differences)


def _proposed(
    layout: Layout, mapped: Collection[str], pairs: Collection[Heading], template: Template, known: Known
) -> dict[Heading, Mapped]:
    """What new columns may be of what no column is said to be."""
    if len(pairs) == len(layout.headings) or set(roles_of(template)) <= set(mapped):
        return {}
    (best,) = propose([layout], template, known)
    return {
        each.heading: each
        for each in best.chosen.columns
        if each.role and each.role not in mapped and each.heading not in pairs
    }


def _unit(before: Mapped, today: Heading, template: Template) -> str:
    """As it was chosen; where the heading names another unit now, that one."""
    asked = {role_of(column): column.unit for column in template.columns}.get(before.role)
    said = unit_of(today.words)
    return before.unit if asked is None or said == unit_of(before.heading.words) else units.named(asked, said)


def _paired(remembered: ColumnMap, layout: Layout) -> dict[Heading, Mapped]:
    """Today's headings and the columns that they were: the very same, then moved, then with another footnote, then
    renamed in their place."""
    pairs: dict[Heading, Mapped] = {}
    for is_same in (_equal, _moved, _rewritten, _renumbered, _renamed):
        left = [column for column in remembered.columns if column not in pairs.values()]
        for heading in layout.headings:
            if heading in pairs:
                continue
            same = [column for column in left if is_same(column.heading, heading)]
            if same:
                pairs[heading] = same[0]
                left.remove(same[0])
    return pairs


def _equal(before: Heading, today: Heading) -> bool:
    return before == today


def _moved(before: Heading, today: Heading) -> bool:
    return before.words == today.words


def _rewritten(before: Heading, today: Heading) -> bool:
    return before.bare == today.bare and before.place == today.place


def _renumbered(before: Heading, today: Heading) -> bool:
    return before.bare == today.bare


def _renamed(before: Heading, today: Heading) -> bool:
    likeness = SequenceMatcher(None, " ".join(before.bare), " ".join(today.bare)).ratio()
    return before.place == today.place and likeness >= ALIKE


def _new(today: Mapped, names: Mapping[str, str]) -> str:
    what = f"proposed for {names[today.role]}" if today.role else "left out unless you choose it"
    return f"The column “{today.heading.text}” ({column_letter(today.heading.place)}) is new. It is {what}."


def _change(before: Mapped, today: Heading) -> list[str]:
    letter = column_letter(today.place)
    changes = []
    if before.heading.bare != today.bare:
        changes.append(f"“{before.heading.text}” reads “{today.text}” now ({letter}).")
    if before.heading.place != today.place:
        changes.append(f"“{today.text}” moved from column {column_letter(before.heading.place)} to {letter}.")
    return changes


def _footnotes(pairs: Mapping[Heading, Mapped]) -> Iterator[str]:
    """One sentence for all headings that differ in footnotes, capitals or spaces alone: a note often stands in many."""
    drifted = [
        (before.heading, today)
        for today, before in pairs.items()
        if before.heading.words != today.words and before.heading.bare == today.bare
    ]
    if drifted:
        (before, today), letters = drifted[0], ", ".join(column_letter(today.place) for _, today in drifted)
        yield f"“{before.text}” reads “{today.text}” now. Only footnotes differ so ({letters})."
