"""The rows of a forecast, pasted or from a file: read one by one, checked, and every one that is wrong is named."""

import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import xlsxwriter

from app.contracts.models import Contract
from app.domain.periods import Month
from app.forecasts.issuing import DOUBLED, Place, doubled, overlap
from app.formatting import month as month_name
from app.reading import BLANK, Cell, Unreadable, read
from app.reports.tables.figures import NotAFigure, figure, period
from app.reports.template import Column

COLUMNS = ("Month or day", "Site", "Queue", "Forecast")
WHEN = {"month", "day", "date", "month or day"}
MOST_ROWS = 5_000
FIGURE = Column("forecast", "Forecast", "count", "")


class Row(NamedTuple):
    """`number` is that of the line or of the spreadsheet's row."""

    number: int
    when: Cell
    site: str
    queue: str
    value: Cell
    is_month: bool = False  # the heading says so: a workbook knows only days


class Problem(NamedTuple):
    row: int
    column: str
    words: str


def rows_in_text(text: str) -> list[Row]:
    """A line is a month or day and a number, or with tabs or semicolons between month or day, site, queue, number."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in re.split(r"[\t;]", line)]
        if len(parts) == 1:
            parts = line.strip().split(None, 1)
        if len(parts) < 3:
            parts = [parts[0], "", "", *parts[1:]]
        when, site, queue, value = (*parts, "")[:4]
        rows.append(Row(number, _text(when.rstrip(",:")), site, queue, _text(value)))
    return rows


def rows_in_file(filename: str, content: bytes) -> list[Row]:
    """Raises Unreadable."""
    heading, *body = read(filename, content).sheets[0].rows
    places = {" ".join(cell.text.split()).casefold(): place for place, cell in enumerate(heading.cells)}
    when = next((places[name] for name in places if name in WHEN), None)
    if when is None or "forecast" not in places:
        raise Unreadable(f"The first row must hold the headings of the template: {', '.join(COLUMNS)}.")
    if not 0 < len(body) <= MOST_ROWS:
        raise Unreadable(f"The file has {len(body)} rows below its headings; from 1 to {MOST_ROWS} go in at once.")
    site, queue = places.get("site", -1), places.get("queue", -1)
    return [
        Row(
            row.number,
            row.cell(when),
            row.cell(site).text.strip() if site >= 0 else "",
            row.cell(queue).text.strip() if queue >= 0 else "",
            row.cell(places["forecast"]),
            places.get("month") == when,
        )
        for row in body
    ]


def written(values: Mapping[Place, Mapping[str, Decimal]], style: str) -> str:
    """As rows_in_text reads it back, in the partner's way of writing numbers."""
    return "\n".join(
        "\t".join((when, *(place if any(place) else ()), f"{value:f}".replace(".", style[-2])))
        for place, by_time in sorted(values.items())
        for when, value in sorted(by_time.items())
    )


class Checker:
    """Collects the values of the rows, and what is wrong with each."""

    def __init__(
        self, contract: Contract, wants_days: bool, earlier: Mapping[str, Collection[Place]], style: str
    ) -> None:
        self.contract, self.wants_days, self.earlier, self.style = contract, wants_days, earlier, style
        self.sites = {site.code for site in contract.partner.sites}
        self.queues = {queue.code for queue in contract.partner.queues}
        self.grains: dict[str, dict[Place, int]] = {}
        self.values: dict[Place, dict[str, Decimal]] = {}
        self.problems: list[Problem] = []

    def check(self, rows: Iterable[Row]) -> "Checker":
        for row in rows:
            found = list(self._problems(row))
            self.problems += [Problem(row.number, column, words) for column, words in found]
            if not found and (when := self._when(row)):
                place = row.site, row.queue
                self.grains.setdefault(when[:7], {})[place] = len(when)
                self.values.setdefault(place, {})[when] = self._value(row)
        return self

    def _problems(self, row: Row) -> Iterator[tuple[str, str]]:
        when = self._when(row)
        yield from self._about_when(when)
        if row.site and row.site not in self.sites:
            yield (
                "Site",
                f"There is no site “{row.site}”. Write one of {', '.join(sorted(self.sites))}, or leave it empty.",
            )
        if row.queue and row.queue not in self.queues:
            yield "Queue", f"There is no queue “{row.queue}”. Write one of {', '.join(sorted(self.queues))}, or none."
        if when and (words := self._clash(when, (row.site, row.queue))):
            yield COLUMNS[0], words
        if row.value.is_blank:
            yield "Forecast", "There is no number. Write how many are expected, or delete the row."
            return
        try:
            self._value(row)
        except NotAFigure as wrong:
            yield "Forecast", str(wrong)

    def _about_when(self, when: str | None) -> Iterator[tuple[str, str]]:
        if when is None:
            yield COLUMNS[0], "This is neither a month such as 2026-12 nor a day such as 2026-12-01."
            return
        month = Month.parse(when[:7])
        if not self.contract.covers(month):
            yield COLUMNS[0], f"{month_name(month)} is outside the contract."
        if self.wants_days and len(when) == 7:
            yield COLUMNS[0], "The terms hold each day against its forecast, so write days, such as 2026-12-01."

    def _clash(self, when: str, place: Place) -> str:
        """What would count twice: the same time, a month beside its days, a place beside all of them."""
        if when in self.values.get(place, {}):
            return f"{when} stands here more than once for the same place."
        here = self.grains.get(when[:7], {})
        if here.get(place, len(when)) != len(when):
            return f"{when[:7]} stands here as a month and by the day. Leave one of them."
        if any(overlap(place, other) for other in here):
            return DOUBLED
        if any(overlap(place, other) for other in self.earlier.get(when[:7], ())):
            return doubled(when[:7])
        return ""

    def _when(self, row: Row) -> str | None:
        found = period(row.when)
        if found is None:
            return None
        return str(Month.of(found)) if row.is_month and isinstance(found, date) else str(found)

    def _value(self, row: Row) -> Decimal:
        return figure(row.value, FIGURE, self.style)


def template(months: Sequence[Month], places: Sequence[Place], wants_days: bool) -> bytes:
    """The months, or their days, of every place, ready to be filled in."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Forecast")
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.set_column(0, len(COLUMNS) - 1, 18)
        sheet.freeze_panes(1, 0)
        days = [f"{month}-{day:02d}" for month in months for day in range(1, month.days + 1)]
        times = days if wants_days else [*map(str, months)]
        for number, (place, when) in enumerate(((place, when) for place in places for when in times), 1):
            sheet.write_row(number, 0, (when, *place))
    return target.getvalue()


def _text(text: str) -> Cell:
    return Cell("text", text) if text else BLANK
