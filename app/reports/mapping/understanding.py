"""Between reading a file and checking it: whether it speaks Accord's words, a partner's known ones, or new ones."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.reading import Sheet
from app.reports.mapping.applying import Table, read_by
from app.reports.mapping.column_map import NO_FIGURES, PERIOD, ColumnMap, wrongs
from app.reports.mapping.differing import Carried, carry_over
from app.reports.mapping.layout import MOST_SHEETS, MOST_TABLES, Layout, layouts
from app.reports.mapping.merges import with_merged_words
from app.reports.mapping.proposing import Known, Proposal, propose
from app.reports.mapping.rearranging import joined
from app.reports.mapping.sketch import MOST_NAMES, Proposed, Sketch, first_of
from app.reports.mapping.years import with_years
from app.reports.tables.finding import Meant, WrongFile, find_table, has_headings, is_a_template
from app.reports.tables.headings import PIVOT, SURE, likeness
from app.reports.tables.periods import month_named
from app.reports.template import Template

NO_STYLE = ""  # where no figure is read
MONTHS_ASIDE = 3


class Unmapped(Exception):
    """The file has a table whose columns a person has to confirm first."""

    def __init__(self, sketch: Sketch) -> None:
        super().__init__("columns to confirm")
        self.sketch = sketch


def speaks_our_words(sheets: Sequence[Sheet], template: Template) -> bool:
    """Whether the file is Accord's template, or has all the headings of it. Raises WrongFile for another report's."""
    if is_a_template(sheets, template):
        return True
    try:
        return not find_table(sheets, template).missing
    except WrongFile:
        return False


def understand(
    sheets: Sequence[Sheet],
    template: Template,
    known: Known,
    remembered: ColumnMap | None,
    style: str,
    *,
    anew: bool = False,
) -> Table:
    """The table as the remembered mapping reads it. Raises Unmapped when a person has to decide first, or wants to
    decide `anew`, and WrongFile when there is nothing that could be this report."""
    found = tables_in(sheets, known)
    carried = carry_over(remembered, found, template, known) if remembered else None
    if carried is None:
        _propose(found, sheets, template, known)
    return table_by(carried, found, template, style, anew=anew)


def tables_in(sheets: Sequence[Sheet], known: Known) -> list[Layout]:
    """Those of each sheet, and sheets that are read as one because each is named after a site or queue."""
    found = [with_years(with_merged_words(each)) for each in layouts(sheets, known.words, MOST_SHEETS)]
    one = [each for each in joined(found) if _is_named_after(each, known.words)]
    return [*one, *found[:MOST_TABLES]]


def _is_named_after(layout: Layout, words: frozenset[str]) -> bool:
    names = {row.cell(0).text.strip().casefold() for row in layout.rows}
    return len(names & words) * 2 >= len(names)


def table_by(carried: Carried, found: Sequence[Layout], template: Template, style: str, *, anew: bool = False) -> Table:
    """Raises Unmapped when anything differs from what was said before."""
    complete = is_complete(carried.chosen, template)
    table = read_by(carried.chosen, carried.layout, template, style) if complete else None
    if table is None or carried.differences or table.undecided or anew:
        raise Unmapped(_changed(found, carried, table, template))
    return replace(table, notes=(*table.notes, *_tables_beside(found, carried.layout)))


def _tables_beside(found: Sequence[Layout], read: Layout) -> Iterator[str]:
    """Of the sheet that is read; other sheets are told by their names."""
    for layout in found:
        if layout.where is None and layout.sheet.name == read.sheet.name and layout.first != read.first:
            yield f"Another table of this sheet was not read: its headings stand in row {layout.first}."


def undecided_names(chosen: ColumnMap, layout: Layout, template: Template) -> dict[str, dict[str, int]]:
    """The names in the whole sheet that a person has to say something about; none before there are figures."""
    if not any(":" in each.role for each in chosen.columns):
        return {}
    plainly = replace(chosen, adds_up=False)
    return dict(read_by(plainly, layout, template, NO_STYLE).undecided)


def is_complete(chosen: ColumnMap, template: Template) -> bool:
    roles = [(each.role, each.heading.place) for each in chosen.columns if each.role]
    return not any(wrongs(chosen, roles, template))


def _changed(found: Sequence[Layout], carried: Carried, table: Table | None, template: Template) -> Sketch:
    names = table.undecided if table else undecided_names(carried.chosen, carried.layout, template)
    new = [
        f"“{name[:40]}” stands where the {role} does, and the mapping does not say what it is."
        for role, written in names.items()
        for name in list(written)[:MOST_NAMES]
    ]
    return sketch_of(found, carried.layout, carried.chosen, names, [*carried.differences, *new])


def _propose(found: Sequence[Layout], sheets: Sequence[Sheet], template: Template, known: Known) -> None:
    """Always raises: Unmapped with a proposal, or WrongFile."""
    for layout in found:
        if any(PIVOT.intersection(heading.bare) for heading in layout.headings):
            raise WrongFile(_pivot(layout))
    proposals = propose(found, template, known)
    if not proposals or not proposals[0].recognised:
        _refuse(found, sheets, template)
    best = proposals[0]
    if words := _unsupported(best, template):
        raise WrongFile(words)
    if not any(":" in each.role for each in best.chosen.columns) and any(map(has_headings, best.layout.heading_rows)):
        find_table(sheets, template)
    raise Unmapped(sketch_of_all(found, proposals, template))


def _refuse(found: Sequence[Layout], sheets: Sequence[Sheet], template: Template) -> None:
    for layout in found:
        if _months_aside(layout) >= MONTHS_ASIDE:
            raise WrongFile(_aside(layout))
    headings = tuple(heading.text for layout in found for heading in layout.headings)
    try:
        find_table(sheets, template)
    except WrongFile as wrong:
        raise WrongFile(wrong.message, wrong.meant or Meant(headings=headings)) from wrong
    words = "This is not the template of this report. Download the template on this page and fill it in."
    raise WrongFile(words, Meant(headings=headings))


def _unsupported(best: Proposal, template: Template) -> str:
    """Why a table that is recognised cannot be mapped, and what to do; empty when it can."""
    roles = {each.role for each in best.chosen.columns} - {"", PERIOD, NO_FIGURES}
    if best.layout.months >= MONTHS_ASIDE:
        return _aside(best.layout)
    if any(":" in role for role in roles):
        return ""
    if _months_aside(best.layout) >= MONTHS_ASIDE:
        return _aside(best.layout)
    for heading in best.layout.headings:
        said = {
            row.cell(heading.place).text for row in best.layout.rows[:200] if row.cell(heading.place).kind == "text"
        }
        measures = {c.key for c in template.columns for text in said if likeness((text,), c.key, c.name) >= SURE}
        if len(measures) > 1:
            return (
                f"{_where(best.layout)} holds the name of a figure in each row (column “{heading.text}”). Accord "
                "takes one row per site and queue with a column per figure: make a pivot table of it, or fill in the "
                "template."
            )
    return ""


def _months_aside(layout: Layout) -> int:
    return max(layout.months, sum(month_named(heading.text) is not None for heading in layout.headings))


def _aside(layout: Layout) -> str:
    return (
        f"{_where(layout)} has its months side by side. Accord takes one month, with a row per site and queue and a "
        "column per figure: upload a sheet like that, or fill in the template."
    )


def _pivot(layout: Layout) -> str:
    return (
        f"{_where(layout)} is a pivot table in compact form: its sites and queues stand in one column. Show it in "
        "tabular form with all item labels repeated, so that each has a column, or fill in the template."
    )


def _where(layout: Layout) -> str:
    return f"The sheet “{layout.sheet.name}”" if layout.sheet.name else "The table"


def sketch_of_all(found: Sequence[Layout], proposals: Sequence[Proposal], template: Template) -> Sketch:
    """With the first proposal in front, and of the other tables what is asked when one of them is chosen."""
    best, *others = [
        (each.layout, Proposed(each.chosen, undecided_names(each.chosen, each.layout, template)))
        for number, each in enumerate(proposals)
        if not number or each.recognised
    ]
    sketch = sketch_of(found, best[0], *best[1])
    return replace(sketch, others={list(found).index(layout): proposed for layout, proposed in others})


def sketch_of(
    found: Sequence[Layout], layout: Layout, chosen: ColumnMap, names: dict, differences: Sequence[str] = ()
) -> Sketch:
    return Sketch([first_of(each) for each in found], list(found).index(layout), chosen, differences, names)
