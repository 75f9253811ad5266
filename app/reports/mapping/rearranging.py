"""Tables read otherwise than they stand: months laid down, names of figures as headings, sheets of one kind joined."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from app.domain.periods import Month
from app.reading import BLANK, Cell, Row, Sheet
from app.reports.mapping.layout import Heading, Layout, Place, is_figure
from app.reports.mapping.years import MONTH, dated_rows, year_and_month
from app.reports.tables.headings import UNIT_OF, cleaned
from app.reports.tables.periods import month_named
from app.reports.wording import first_named

FIGURE, SHEET = "Figure", "Sheet"
LEAST_MONTHS, LEAST_FIGURES = 2, 2
MOST_FIGURES, MOST_FIGURES_BESIDE = 60, 0.5
LOOKED_AT = 400


def dated(layout: Layout) -> Layout | None:
    """One column of months out of one of years and one of months; None when there are no two such."""
    if (found := year_and_month(layout)) is None:
        return None
    year, month = found
    kept = [each for each in layout.headings if each not in found]
    lines = (
        ([cell, *(row.cell(each.place) for each in kept)], [layout.place(row.number, e.place) for e in (month, *kept)])
        for row, cell in dated_rows(layout, year, month)
    )
    return _put_together(layout, [(MONTH,), *(each.words for each in kept)], lines)


def laid_down(layout: Layout) -> Layout | None:
    """A row for each month whose columns stand side by side; None when they do not. Figures beside them are totals."""
    months = {heading.place: month for heading in layout.headings if (month := _month_of(heading.words))}
    if len(set(months.values())) < LEAST_MONTHS:
        return None
    first = min(months)
    labels = [
        each
        for each in layout.headings
        if each.place not in months
        and (each.place < first or _share(layout.rows, each, is_figure) <= MOST_FIGURES_BESIDE)
    ]
    figures: dict[tuple[str, ...], dict[Month, int]] = {}
    for heading in layout.headings:
        if month := months.get(heading.place):
            figures.setdefault(_beside_the_month(heading.words), {}).setdefault(month, heading.place)
    words = [heading.words for heading in labels]
    words += [(MONTH,), *(rest or (layout.sheet.name or FIGURE,) for rest in figures)]
    return _put_together(layout, words, _by_month(layout, labels, figures))


def _by_month(layout: Layout, labels: Sequence[Heading], figures: dict) -> Iterator[tuple[list[Cell], list[Place]]]:
    for row in layout.rows:
        for month in sorted({month for places in figures.values() for month in places}):
            places = [at.get(month) for at in figures.values()]
            cells = [BLANK if place is None else row.cell(place) for place in places]
            if all(cell.is_blank for cell in cells):
                continue
            first = next(place for place in places if place is not None)
            columns = [*(label.place for label in labels), first, *(first if at is None else at for at in places)]
            beside = [*(row.cell(label.place) for label in labels), Cell("date", month.first.isoformat())]
            yield [*beside, *cells], [layout.place(row.number, column) for column in columns]


def spread(layout: Layout, figure_named: Callable[[str], str]) -> Layout | None:
    """A column for each figure that a row names; None when rows do not. `figure_named` says which a text names."""
    rows = [row for row in layout.rows if any(is_figure(row.cell(heading.place)) for heading in layout.headings)]
    values = [each for each in layout.headings if _share(rows, each, is_figure) > 0.5]
    named = {each: {figure_named(text) for text in _written(rows, each)} - {""} for each in layout.headings}
    naming = max(layout.headings, key=lambda each: len(named[each]), default=None)
    if len(values) != 1 or naming is None or naming is values[0] or len(named[naming]) < LEAST_FIGURES:
        return None
    labels = [each for each in layout.headings if each not in (naming, values[0])]
    texts = list(dict.fromkeys(text for row in rows if (text := cleaned(row.cell(naming.place).text))))
    if len(texts) > MOST_FIGURES:
        return None
    held = _held(rows, labels)
    about = [label for label in labels if _depends_on(rows, held, label, naming)]
    kept = [label for label in labels if label not in about]
    units = {
        cleaned(row.cell(naming.place).text): cleaned(row.cell(label.place).text)
        for label in about
        for row in rows
        if row.cell(label.place).text.strip().casefold() in UNIT_OF
    }
    heads = [(text, units[text]) if text in units else (text,) for text in texts]
    found = _by_names(layout, zip(rows, held, strict=True), kept, naming, values[0], texts)
    return found and _put_together(layout, [*(label.words for label in kept), *heads], found)


def _held(rows: Sequence[Row], labels: Sequence[Heading]) -> list[dict[Heading, Cell]]:
    """What each row's labels say: one holds until the next is written beneath it."""
    above = dict.fromkeys(labels, BLANK)
    found = []
    for row in rows:
        written = {label: row.cell(label.place) for label in labels}
        above = {label: above[label] if cell.is_blank else cell for label, cell in written.items()}
        found.append(above)
    return found


def _by_names(
    layout: Layout,
    rows: Iterable[tuple[Row, dict[Heading, Cell]]],
    kept: Sequence[Heading],
    naming: Heading,
    value: Heading,
    texts: Sequence[str],
) -> list[tuple[list[Cell], list[Place]]] | None:
    """None when a figure is named twice of the same place and month."""
    found: dict[tuple[str, ...], tuple[list[Cell], list[Place]]] = {}
    for row, held in rows:
        name = cleaned(row.cell(naming.place).text)
        if not name:
            continue
        labels = [held[label] for label in kept]
        here = layout.place(row.number, value.place)
        places = [*(layout.place(row.number, each.place) for each in kept), *(here for _ in texts)]
        blank = ([*labels, *(BLANK for _ in texts)], places)
        cells, places = found.setdefault(tuple(cell.text for cell in labels), blank)
        at = len(kept) + texts.index(name)
        if not cells[at].is_blank:
            return None
        cells[at], places[at] = row.cell(value.place), here
    return list(found.values())


def joined(found: Sequence[Layout]) -> list[Layout]:
    """One table of those that have the same headings on sheets of their own, with a column that names the sheet."""
    alike: dict[frozenset, list[Layout]] = defaultdict(list)
    for layout in found:
        alike[frozenset(heading.bare for heading in layout.headings)].append(layout)
    return [_as_one(same) for same in alike.values() if len({each.sheet.name for each in same}) > 1]


def _as_one(same: Sequence[Layout]) -> Layout:
    headings = same[0].headings
    names = list(dict.fromkeys(each.sheet.name for each in same))
    title = first_named(names)
    found = (pair for layout in same for pair in _of_one_sheet(layout, headings))
    return _put_together(same[0], [(SHEET,), *(heading.words for heading in headings)], found, title)


def _of_one_sheet(layout: Layout, headings: Sequence[Heading]) -> Iterator[tuple[list[Cell], list[Place]]]:
    left = list(layout.headings)
    places = []
    for heading in headings:
        own = (
            next(each for each in left if each.bare == heading.bare)
            if any(e.bare == heading.bare for e in left)
            else None
        )
        if own is not None:
            left.remove(own)
        places.append(own.place if own else None)
    name = Cell("text", layout.sheet.name)
    for row in layout.rows:
        if not layout.repeats_headings(row):
            cells = [BLANK if place is None else row.cell(place) for place in places]
            yield [name, *cells], [layout.place(row.number, place or 0) for place in (0, *places)]


def _put_together(layout: Layout, words: Sequence[tuple[str, ...]], found, title: str | None = None) -> Layout:
    rows, origins = [], []
    for number, (cells, places) in enumerate(found, 1):
        rows.append(Row(number, tuple(cells)))
        origins.append(places)
    sheet = Sheet(layout.sheet.name if title is None else title, tuple(rows), layout.sheet.notes)
    headings = tuple(Heading(place, each) for place, each in enumerate(words))
    where = lambda row, column: origins[row - 1][min(column, len(headings) - 1)]  # noqa: E731
    about = {"first": 0, "last": 0, "months": 0, "year": None, "written": ()}
    return replace(layout, sheet=sheet, headings=headings, rows=tuple(rows), where=where, **about)


def _month_of(words: Sequence[str]) -> Month | None:
    """Also where the year stands in a row of its own above the months."""
    alone = (month_named(word) for word in reversed(words))
    if month := next(filter(None, alone), None):
        return month
    years = [word for word in words if word.isdecimal() and len(word) == 4]
    return next((month for year in years for word in words if (month := month_named(f"{word} {year}"))), None)


def _beside_the_month(words: Sequence[str]) -> tuple[str, ...]:
    if whole := [word for word in words if month_named(word)]:
        return tuple(word for word in words if word not in whole)
    return tuple(word for word in words if not word.isdecimal() and not month_named(f"{word} 2000"))


def _written(rows: Sequence[Row], heading: Heading) -> frozenset[str]:
    return frozenset(cleaned(row.cell(heading.place).text).casefold() for row in rows[:LOOKED_AT])


def _share(rows: Sequence[Row], heading: Heading, is_so) -> float:
    cells = [row.cell(heading.place) for row in rows[:LOOKED_AT] if not row.cell(heading.place).is_blank]
    return sum(map(is_so, cells)) / len(cells) if cells else 0.0


def _depends_on(rows: Sequence[Row], held: Sequence[dict[Heading, Cell]], label: Heading, naming: Heading) -> bool:
    """Whether a column says something of the figure, such as its unit or target, rather than of the row."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for row, said in zip(rows, held, strict=True):
        by_name[row.cell(naming.place).text].add(said[label].text)
    return all(len(texts) == 1 for texts in by_name.values()) and len(set.union(*by_name.values())) > 1
