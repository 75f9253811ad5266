"""Proposes what each column of a partner's own sheet is, for a person to look at and change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from app.domain.periods import Month
from app.reports import units
from app.reports.mapping.column_map import (
    CONTRACT,
    DAYS,
    NO_FIGURES,
    PERIOD,
    WHOLE_REPORT,
    ColumnMap,
    codes_of,
    role_of,
    unmapped,
)
from app.reports.mapping.layout import Heading, Layout, is_clock, is_figure
from app.reports.tables.figures import says_percent
from app.reports.tables.headings import SHARE, SURE, is_average, likeness, unit_of
from app.reports.tables.number_styles import another_style
from app.reports.tables.periods import month_alone, months_in, months_of_sheet, period_in
from app.reports.tables.surroundings import is_total
from app.reports.template import Template

LIKE_ENOUGH = 0.5
LOOKED_AT = 60
REMEMBERED, KNOWN_VALUES = 3.0, 2.0
MONTH_AS_A_NUMBER = len("202509")
NAMES = {DAYS: "Days reported"}


@dataclass(frozen=True)
class Known:
    """What Accord knows before it sees a file: codes and names of sites and queues, and how this partner headed
    columns before, by their bare words; `style` is how it writes numbers as far as is set."""

    codes: Mapping[str, Mapping[str, str]]  # by role: what may be written, without capitals, and the code
    memory: Mapping[tuple[str, ...], str]
    style: str = ""

    @property
    def words(self) -> frozenset[str]:
        return frozenset(word for names in self.codes.values() for word in names)


@dataclass(frozen=True)
class Proposal:
    """`recognised` counts the places and figures that something speaks for; any table may have dates and remarks."""

    layout: Layout
    chosen: ColumnMap
    recognised: int


def propose(found: Iterable[Layout], template: Template, known: Known) -> list[Proposal]:
    """One for each table, the likeliest first; some books have a sheet for each month."""
    proposals = [_proposal(layout, template, known) for layout in found]
    return sorted(
        proposals,
        key=lambda each: (-each.recognised, _is_of_another_month(each.layout, template), -len(each.layout.rows)),
    )


def _is_of_another_month(layout: Layout, template: Template) -> bool:
    named = {month for text in layout.above for month in months_in(text)}
    named |= months_of_sheet(layout.sheet.name, template)
    return bool(named) and template.month not in named and not template.contracts


def _proposal(layout: Layout, template: Template, known: Known) -> Proposal:
    rows = list(islice((row for row in layout.rows if layout.holds_figures(row) and not is_total(row)), LOOKED_AT))
    scored = sorted(_scores(layout, rows, template, known), key=lambda each: -each[0])
    roles: dict[str, tuple[int, str]] = {}
    for _, role, place, unit in scored:
        if role not in roles and place not in {taken for taken, _ in roles.values()}:
            roles[role] = (place, unit)
    fixed = {}
    for role, codes in codes_of(template).items():
        if role not in roles and len(codes) == 1:
            fixed[role] = codes[0]
    is_of_one_month = template.grain == "month" and not template.contracts
    if PERIOD not in roles and is_of_one_month and not any(map(_says_month, layout.headings)):
        fixed[PERIOD] = WHOLE_REPORT
    named = _named(layout, roles, template)
    by_day = template.grain == "month" and any(isinstance(each, date) and each.day > 1 for each in named)
    months = {Month.of(each) if isinstance(each, date) else each for each in named}
    others = not template.contracts and template.month in months and len(months) > 1
    style = _style(layout, roles, template, known)
    chosen = replace(
        unmapped(layout).with_roles(roles), fixed=fixed, adds_up=by_day, leaves_other_months=others, style=style
    )
    return Proposal(layout, chosen, len(set(roles) - {PERIOD, DAYS, NO_FIGURES}))


def _style(layout: Layout, roles: Mapping[str, tuple[int, str]], template: Template, known: Known) -> str:
    """Only where it is another than the one that is set."""
    read = [(column, roles[role_of(column)]) for column in template.columns if role_of(column) in roles]
    columns = [(column, place) for column, (place, unit) in read if unit != units.CLOCK]
    cells = ((column, row.cell(place)) for row in layout.rows for column, place in columns)
    return another_style(cells, known.style) if known.style else ""


def _says_month(heading: Heading) -> bool:
    """Whoever has a column of months in words that nobody understands is asked, and not taken at their word."""
    return likeness(heading.words, PERIOD, "Month") >= SURE


def _named(layout: Layout, roles: Mapping[str, tuple[int, str]], template: Template) -> list[Month | date]:
    """The months or days that rows name, from the first to the last."""
    if PERIOD not in roles:
        return []
    rows = layout.rows[:: max(1, len(layout.rows) // LOOKED_AT)]
    named = (period_in(row.cell(roles[PERIOD][0]), template) for row in rows)
    return [each for each in named if each]


def _scores(layout: Layout, rows: Sequence, template: Template, known: Known) -> Iterator[tuple[float, str, int, str]]:
    """(how likely, role, place, unit) of whatever is likely enough."""
    for heading in layout.headings:
        cells = [cell for row in rows if not (cell := row.cell(heading.place)).is_blank]
        texts = [cell.text.strip().casefold() for cell in cells if cell.kind in ("text", "number")]
        for role in (*codes_of(template), PERIOD, NO_FIGURES, *((DAYS,) if template.contracts else ())):
            score = likeness(heading.words, role, NAMES.get(role, role))
            if role == CONTRACT and len(template.contracts) == 1:
                score = 0.0
            if role in known.codes and texts:
                share = sum(text in known.codes[role] for text in texts) / len(texts)
                score = KNOWN_VALUES + share if share >= 0.5 else score if _is_wordy(cells) else 0.0
            if role == PERIOD:
                score = KNOWN_VALUES if _names_months(cells, template) else 0.0
            if known.memory.get(heading.bare) == role:
                score += REMEMBERED
            if score >= LIKE_ENOUGH:
                yield score, role, heading.place, units.AS_ASKED
        yield from _of_figures(heading, cells, template, known)


def _of_figures(heading: Heading, cells: Sequence, template: Template, known: Known) -> Iterator:
    """A share is never proposed for a count, nor words for a figure."""
    said = unit_of(heading.words)
    if cells and not any(is_figure(cell) for cell in cells):
        return
    if not said and sum(map(is_clock, cells)) * 2 > len(cells):
        said = units.CLOCK
    is_share = said == SHARE or sum(map(says_percent, cells)) * 2 > len(cells)
    for column in template.columns:
        if is_share != (column.unit == "percent") or (said in units.TIMES and column.unit not in units.TIMES):
            continue
        if column.unit in units.TIMES and not column.is_stated and is_average(heading.words):
            continue
        score = likeness(heading.words, column.key, column.name)
        if known.memory.get(heading.bare) == role_of(column):
            score += REMEMBERED
        if score >= LIKE_ENOUGH:
            yield score, role_of(column), heading.place, units.named(column.unit, said)


def _is_wordy(cells: Sequence) -> bool:
    return any(cell.kind == "text" and not is_figure(cell) for cell in cells)


def _names_months(cells: Sequence, template: Template) -> bool:
    """Half of the cells name a month or a day, which figures and codes do not do by chance; of numbers such as 202509,
    and of names without a year, all have to."""
    named = [period_in(cell, template) is not None for cell in cells]
    if template.grain == "month" and any(month_alone(cell.text) is not None for cell in cells):
        return all(named)
    if any(cell.kind == "number" for cell in cells):
        return all(named) and all(len(cell.text) == MONTH_AS_A_NUMBER for cell in cells)
    return bool(named) and sum(named) * 2 >= len(named)
